import { findPersonal } from '../redact/patterns.ts'
import { block, spanOf, warn, type Copy, type GuardContext, type Rule, type Subject, type Trouble } from './rule.ts'

const address = /\b(?:https?:\/\/|www\.)[^\s<>"']+|(?<![@\p{L}\p{N}.-])(?:[a-z0-9-]+\.)+(?:com|net|org|info|biz|shop|store|online|site|app|dev|io|co|ai|me|ly|gl|eu|uk|nl|de|fr|es|it|be|at|ch|dk|se|no|fi|pl|pt|ie|us|ca|au|nz|example|test)\b(?:\/[^\s<>"']*)?/giu // prettier-ignore

/** No link, e-mail address or phone number but those of the business, of its evidence, and those it allowed. */
export const links: Rule = {
  name: 'links',
  version: 1,
  what: 'Links, e-mail addresses and phone numbers are known ones',
  why: 'An invented address sends readers, or their data, to strangers',
  check: (subject) => [...buttons(subject), ...subject.copies.flatMap((copy) => inText(copy, subject))],
}

function buttons(subject: Subject): Trouble[] {
  return subject.body.blocks.flatMap((item, index) =>
    item.kind === 'button' ? unknown({ where: `blocks.${index}.url` }, item.url, null, subject) : [],
  )
}

function inText(copy: Copy, subject: Subject): Trouble[] {
  const { emails, phones } = subject.context.allowed
  const pages = [...copy.text.matchAll(address)].flatMap((match) =>
    unknown(copy, match[0].replace(/[.,;:!?)]+$/, ''), spanOf(match), subject),
  )
  const contacts = findPersonal(copy.text).filter(({ kind, start, end }) => {
    const found = copy.text.slice(start, end)
    if (kind === 'EMAIL') return !emails.some((email) => email.toLowerCase() === found.toLowerCase())
    return kind === 'PHONE' && !phones.some((phone) => digits(phone) === digits(found))
  })
  const strangers = contacts.map(({ kind, start, end }) => {
    const what = kind === 'EMAIL' ? 'e-mail address' : 'phone number'
    return block(
      copy,
      { start, end },
      `This ${what} is not one of the business's`,
      'Use an allowed one, or leave it out',
    )
  })
  return [...pages, ...strangers]
}

const digits = (phone: string): string => phone.replace(/\D/g, '')

function unknown(copy: { where: string }, url: string, span: Trouble['span'], subject: Subject): Trouble[] {
  const parsed = URL.parse(/^[a-z][a-z+.-]*:/i.test(url) ? url : `https://${url}`)
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== '') {
    return [block(copy, span, 'This is no web address that may be clicked', 'Use an https address')]
  }
  const pages = allowedPages(
    subject.context,
    subject.evidence.flatMap((item) => item.url ?? []),
  )
  if (pages.some((page) => pageOf(page) === pageOf(parsed))) return []
  const site = subject.context.business.site
  if (site !== undefined && new URL(site).host === parsed.host) {
    return [warn(copy, span, 'No evidence names this page of your site', 'Open it before you approve')]
  }
  return [
    block(
      copy,
      span,
      `${parsed.host} is not among the allowed links`,
      'Link to a page of the evidence or of your site',
    ),
  ]
}

const allowedPages = ({ business, allowed }: GuardContext, ofEvidence: readonly string[]): URL[] =>
  [...allowed.urls, ...ofEvidence, ...(business.site === undefined ? [] : [business.site])].flatMap(
    (url) => URL.parse(url) ?? [],
  )

/** A page without what only measures the visit. */
function pageOf(url: URL): string {
  const query = new URLSearchParams([...url.searchParams].filter(([name]) => !name.startsWith('utm_')))
  query.sort()
  return `${url.host}${url.pathname.replace(/\/$/, '')}?${query.toString()}`
}

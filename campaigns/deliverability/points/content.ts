import { fail, pass, unknown, warn, worstOf, type Finding } from '../finding.ts'
import type { Message } from '../../channel.ts'
import { formOf } from '../../render/text.ts'
import { inWords, type Point, type Subject } from '../point.ts'
import { rehearsed, rehearsedTexts, type RehearsedText } from '../rehearsal.ts'
import { sizeOf } from '#rag/form-size.ts'
import { forms } from '#rag/forms.ts'

/** Gmail cuts a message off there. */
const largestHtml = 102 * 1024

/** Each message as it leaves: a text part, small enough, links that can be trusted, no gap where a name should be. */
export const content: Point = {
  id: 'content',
  what: 'The messages themselves are in order',
  outside: false,
  run: async (subject) => {
    if (subject.definition === null) return unknown('No campaign was named.', 'millrace preflight CAMPAIGN')
    const [mails, texts] = [await rehearsed(subject), await rehearsedTexts(subject)]
    const findings = [...mails, ...texts].flatMap((one) => {
      if ('blocked' in one) return [fail(`${one.stepKey} cannot be rendered: ${one.blocked}.`, 'Mend its copy.')]
      return 'channel' in one ? ofText(one, subject) : ofMail(one.stepKey, one.message, subject)
    })
    if (findings.length > 0) return worstOf(findings)
    const parts = mails.length > 0 ? 'text part, size, links and gaps' : 'size, links and gaps'
    return pass(`${mails.length + texts.length} messages: ${parts} are in order.`)
  },
}

function ofMail(key: string, { html, text, subject: line }: Message, subject: Subject): Finding[] {
  const size = Buffer.byteLength(html)
  const urls = [...html.matchAll(/href="([^"]+)"/g)].flatMap(([, url = '']) => (/^(mailto|tel):/.test(url) ? [] : [url.replaceAll('&amp;', '&')])) // prettier-ignore
  return [
    ...(text.trim() === '' ? [fail(`${key} has no text part.`, 'Mend its copy.')] : []),
    ...(size > largestHtml ? [fail(`${key} has ${Math.ceil(size / 1024)} KB: Gmail cuts it off.`, 'Shorten it.')] : []),
    ...gaps(key, `${line}\n${text}`),
    ...where(key, urls, subject),
  ]
}

function ofText(one: Extract<RehearsedText, { message: unknown }>, subject: Subject): Finding[] {
  const { stepKey: key, channel, message } = one
  const words = [message.headline, message.text, ...message.buttons.map(({ label }) => label)].join('\n')
  const size = sizeOf(message.text, forms[formOf[channel]])
  const urls = [...(message.text.match(/https?:\/\/\S+/g) ?? []), ...message.buttons.map(({ url }) => url)]
  return [
    ...(size.isOver ? [fail(`${key} has ${size.words} by ${inWords([channel])}.`, 'Shorten it.')] : []),
    ...gaps(key, words),
    ...where(key, urls, subject),
  ]
}

const gaps = (key: string, words: string): Finding[] => [
  ...(/\{\{|\}\}|\{%|\[(name|first name|todo)\]|lorem ipsum/i.test(words) ? [fail(`${key} has a placeholder in it.`, 'Write what belongs there.')] : []),
  ...(/\b(undefined|null|NaN)\b/.test(words) ? [warn(`${key} may show a value that is missing.`, 'Read its preview.')] : []),
] // prettier-ignore

function where(key: string, urls: readonly string[], subject: Subject): Finding[] {
  const targets = urls.map((url) => new URL(url))
  const own = new URL(subject.links.publicUrl)
  const plain = targets.find(({ protocol, host }) => protocol !== 'https:' && host !== own.host)
  const foreign = [...new Set(targets.map(({ host }) => host))].filter((host) => host !== own.host && !isOwn(host, subject)) // prettier-ignore
  return [
    ...(plain ? [warn(`${key} leads to ${plain.host} without https.`, 'Use https.')] : []),
    ...(foreign.length > 0 ? [warn(`${key} leads to ${foreign.join(', ')}.`, 'Lead to your own domain: strangers’ names are judged with yours.')] : []),
  ] // prettier-ignore
}

const isOwn = (host: string, { domain, ownHosts }: Subject): boolean =>
  [domain, ...ownHosts].some((own) => host === own || host.endsWith(`.${own}`))

import { fail, pass, unknown, warn, worstOf, type Finding } from '../finding.ts'
import type { Message } from '../../channel.ts'
import type { Point, Subject } from '../point.ts'
import { rehearsed } from '../rehearsal.ts'

/** Gmail cuts a message off there. */
const largestHtml = 102 * 1024

/** Each message as it leaves: a text part, small enough, links that can be trusted, no gap where a name should be. */
export const content: Point = {
  id: 'content',
  what: 'The messages themselves are in order',
  outside: false,
  run: async (subject) => {
    if (subject.definition === null) return unknown('No campaign was named.', 'millrace preflight CAMPAIGN')
    const messages = await rehearsed(subject)
    const findings = messages.flatMap((one) =>
      'blocked' in one
        ? [fail(`${one.stepKey} cannot be rendered: ${one.blocked}.`, 'Mend its copy.')]
        : looked(one.stepKey, one.message, subject),
    )
    return findings.length === 0 ? pass(`${messages.length} messages: text part, size, links and gaps are in order.`) : worstOf(findings) // prettier-ignore
  },
}

function looked(key: string, { html, text, subject: line }: Message, subject: Subject): Finding[] {
  const size = Buffer.byteLength(html)
  const hosts = [...html.matchAll(/href="([^"]+)"/g)].flatMap(([, url]) => (/^(mailto|tel):/.test(url ?? '') ? [] : [new URL((url ?? '').replaceAll('&amp;', '&'))])) // prettier-ignore
  const own = new URL(subject.links.publicUrl)
  const plain = hosts.filter(({ protocol, host }) => protocol !== 'https:' && host !== own.host)
  const foreign = [...new Set(hosts.map(({ host }) => host))].filter(
    (host) => host !== own.host && !isOwn(host, subject),
  )
  return [
    ...(text.trim() === '' ? [fail(`${key} has no text part.`, 'Mend its copy.')] : []),
    ...(size > largestHtml ? [fail(`${key} has ${Math.ceil(size / 1024)} KB: Gmail cuts it off.`, 'Shorten it.')] : []),
    ...(/\{\{|\}\}|\{%|\[(name|first name|todo)\]|lorem ipsum/i.test(`${line}\n${text}`) ? [fail(`${key} has a placeholder in it.`, 'Write what belongs there.')] : []),
    ...(/\b(undefined|null|NaN)\b/.test(`${line}\n${text}`) ? [warn(`${key} may show a value that is missing.`, 'Read its preview.')] : []),
    ...(plain.length > 0 ? [warn(`${key} leads to ${plain[0]!.host} without https.`, 'Use https.')] : []),
    ...(foreign.length > 0 ? [warn(`${key} leads to ${foreign.join(', ')}.`, 'Lead to your own domain: strangers’ names are judged with yours.')] : []),
  ] // prettier-ignore
}

const isOwn = (host: string, { domain, ownHosts }: Subject): boolean =>
  [domain, ...ownHosts].some((own) => host === own || host.endsWith(`.${own}`))

import { fail, pass, unknown, warn, worstOf, type Finding } from '../finding.ts'
import { leavesTheHouse } from '../outlet.ts'
import type { Point, Subject } from '../point.ts'
import { rehearsed } from '../rehearsal.ts'

/** RFC 2369 and RFC 8058: the way out stands in every message's headers, and DKIM signs both of them. */
export const listUnsubscribe: Point = {
  id: 'list-unsubscribe',
  what: 'Every message offers to leave with one click',
  outside: false,
  run: async (subject) => {
    const messages = (await rehearsed(subject)).flatMap((one) => ('message' in one ? [one.message] : []))
    if (subject.definition !== null && messages.length === 0)
      return unknown('No message of this campaign could be rendered.', 'Mend its copy.')
    const lacking = messages.filter(({ headers }) => !headers['List-Unsubscribe'] || headers['List-Unsubscribe-Post'] !== 'List-Unsubscribe=One-Click') // prettier-ignore
    if (lacking.length > 0)
      return fail('A message lacks List-Unsubscribe or its One-Click.', 'Tell whoever keeps Millrace.')
    return worstOf([links(subject, messages[0]?.headers['List-Unsubscribe'] ?? null), signed(subject)])
  },
}

function links({ links: { publicUrl }, outlet }: Subject, header: string | null): Finding {
  const evidence = header === null ? `Messages carry both headers; their links lead to ${publicUrl}.` : `Both headers are there: ${header}.` // prettier-ignore
  if (!leavesTheHouse(outlet)) return pass(`${evidence} Mail stays on this machine, and so may they.`)
  if (!publicUrl.startsWith('https:'))
    return fail(`${evidence} Mail programs follow https alone (RFC 8058).`, 'Set PUBLIC_URL to an https address.')
  return pass(evidence)
}

function signed({ received, outlet }: Subject): Finding {
  if (!leavesTheHouse(outlet)) return pass('Nothing is signed on the way to a sink.')
  if (!received)
    return unknown(
      'Whether DKIM signs both headers shows in a message that arrived, and none was read.',
      'Send yourself a message and read it: millrace preflight --message FILE.',
    )
  const both = received.dkim.some(
    ({ result, headers }) =>
      result === 'pass' && headers.includes('list-unsubscribe') && headers.includes('list-unsubscribe-post'),
  )
  return both
    ? pass('DKIM signs both.')
    : warn('DKIM does not sign both headers: Gmail then offers no button.', 'Add them to what your mail server signs.')
}

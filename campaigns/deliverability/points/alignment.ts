import { fail, pass, unknown } from '../finding.ts'
import type { Point } from '../point.ts'

/** Alignment on a message that arrived: whoever signed, or takes the bounces, is the domain readers see. */
export const alignment: Point = {
  id: 'alignment',
  what: 'What readers see as the sender is who signed',
  outside: true,
  run: ({ received, domain }) => {
    if (!received)
      return unknown(
        'No message that arrived was read in the last 30 days.',
        'Send yourself a message and read it: millrace preflight --message FILE.',
      )
    const { dmarc } = received
    if (dmarc === null || dmarc.result === 'temperror')
      return unknown('Whether the message that arrived is aligned could not be worked out.', 'Read it again.')
    const by = [dmarc.dkim && `DKIM of ${dmarc.dkim}`, dmarc.spf && `SPF of ${dmarc.spf}`].filter(Boolean)
    if (by.length > 0) return pass(`A message from ${domain} that arrived is aligned by ${by.join(' and ')}.`)
    return fail(
      `The message from ${domain} that arrived is aligned by neither DKIM nor SPF.`,
      `Have your mail server sign as ${domain}, or take bounces at a name below it.`,
    )
  },
}

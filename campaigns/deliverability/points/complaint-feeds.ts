import { selectLastHeard } from '../../queries/deliverability-evidence.ts'
import { pass, unknown } from '../finding.ts'
import type { Point } from '../point.ts'

const dayMs = 24 * 3_600_000

/** Complaints reach us: a provider that tells of them was heard within a day. */
export const complaintFeeds: Point = {
  id: 'complaint-feeds',
  what: 'Complaints and bounces are heard of',
  outside: true,
  run: async ({ db, clock, outlet, webhooks }) => {
    if (outlet.kind !== 'resend')
      return unknown(
        'Nothing here reads the feedback loops of Yahoo and Microsoft.',
        'Enrol at Yahoo CFL and Microsoft JMRP, and read what they send yourself.',
      )
    if (!webhooks.includes('resend'))
      return unknown('Resend tells nobody here of complaints and bounces.', 'Set RESEND_WEBHOOK_SECRET.')
    const heard = await selectLastHeard(db, new Date(clock().getTime() - 30 * dayMs))
    if (heard && clock().getTime() - heard.getTime() <= dayMs)
      return pass(`Resend was last heard at ${heard.toISOString()}.`)
    return unknown(
      heard ? `Resend was last heard at ${heard.toISOString()}.` : 'Resend has told nothing yet.',
      'Send yourself a message, and wait for its delivery to be told.',
    )
  },
}

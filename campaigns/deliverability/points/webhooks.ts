import { selectLastHeard } from '../../queries/deliverability-evidence.ts'
import { pass, unknown } from '../finding.ts'
import type { Point } from '../point.ts'

const dayMs = 24 * 3_600_000

/** A signed word of each provider that mail leaves by was taken lately. */
export const webhooks: Point = {
  id: 'webhooks',
  what: 'Providers’ callbacks arrive, signed',
  outside: true,
  run: async ({ db, clock, outlet, webhooks: taken }) => {
    if (outlet.kind !== 'resend') return pass('SMTP calls nobody back.')
    if (!taken.includes('resend')) return unknown('Callbacks of Resend are not taken.', 'Set RESEND_WEBHOOK_SECRET.')
    const heard = await selectLastHeard(db, new Date(clock().getTime() - 7 * dayMs))
    return heard
      ? pass(`A signed callback was taken at ${heard.toISOString()}.`)
      : unknown('No signed callback was taken in 7 days.', 'Have Resend send a test to /webhooks/resend.')
  },
}

import { countSuppressed } from '../../queries/deliverability-evidence.ts'
import { pass, unknown } from '../finding.ts'
import type { Point } from '../point.ts'

/** Whoever left, bounced or complained is not written to, here or at the provider. */
export const suppression: Point = {
  id: 'suppression',
  what: 'Who left stays left, here and at the provider',
  outside: false,
  run: async ({ db, outlet }) => {
    const here = `${await countSuppressed(db, 'email')} addresses are suppressed here, and every claim asks again.`
    if (outlet.kind === 'resend')
      return unknown(
        `${here} Resend’s own list is not compared with it.`,
        'Look at it in Resend: an address there that is not here gets nothing, and is not told of.',
      )
    return pass(`${here} There is no other list: SMTP keeps none.`)
  },
}

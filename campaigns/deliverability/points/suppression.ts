import { countSuppressed } from '../../queries/deliverability-evidence.ts'
import { pass, unknown } from '../finding.ts'
import { channelsAsked, type Point } from '../point.ts'

/** Whoever left, bounced or complained is not written to, here or at the provider. */
export const suppression: Point = {
  id: 'suppression',
  what: 'Who left stays left, here and at the provider',
  outside: false,
  run: async (subject) => {
    const { db, outlet } = subject
    const channels = channelsAsked(subject)
    const here = `${await countSuppressed(db, [...channels, 'all'])} addresses are suppressed here, and every claim asks again.`
    if (!channels.includes('email')) return pass(`${here} Word of providers comes by their callbacks.`)
    if (outlet.kind === 'resend')
      return unknown(
        `${here} Resend’s own list is not compared with it.`,
        'Look at it in Resend: an address there that is not here gets nothing, and is not told of.',
      )
    return pass(`${here} There is no other list: SMTP keeps none.`)
  },
}

import type { DeliveryId } from '#kernel/ids.ts'
import type { Outcome } from '../channel.ts'
import type { Result } from '../queries/deliveries.ts'

/** How often a message is tried: one the other side defers, and one that only waited for a channel that was down. */
export const attemptLimits = { message: 6, channel: 20 } as const

const firstPauseMs = 60_000
const longestPauseMs = 4 * 3_600_000

/** The pause before the next try, in milliseconds: doubling from a minute to four hours, never less than asked for. */
export const pauseAfter = (attempts: number, afterMs = 0): number =>
  Math.max(afterMs, Math.min(longestPauseMs, firstPauseMs * 2 ** attempts))

/**
 * What an outcome means for the ledger. `attempts` counts the tries before this one. Nothing that may have been
 * accepted is tried again: `unclear` is `unknown` here, unless the channel can be asked the same again.
 */
export function resultOf(row: { id: DeliveryId; attempts: number }, outcome: Outcome, at: Date): Result {
  const result = { id: row.id, reason: null, providerId: null, dueAt: null, tried: true, deferred: false }
  if (outcome.kind === 'sent') return { ...result, state: 'sent', providerId: outcome.providerId }
  if (outcome.kind === 'unclear') return { ...result, state: 'unknown', reason: outcome.why }
  if (outcome.kind === 'undeliverable' || outcome.kind === 'unwanted')
    return { ...result, state: 'failed', reason: outcome.why }
  if (outcome.kind === 'later') return { ...result, state: 'planned', reason: outcome.why, dueAt: at, tried: false }
  if (outcome.kind === 'stop')
    return { ...result, state: 'planned', reason: outcome.why, dueAt: new Date(at.getTime() + pauseAfter(0)) }
  if (outcome.kind === 'refused') {
    return { ...result, state: outcome.addressDead ? 'bounced' : 'failed', reason: outcome.why }
  }
  const attempts = row.attempts + 1
  if (attempts >= attemptLimits[outcome.scope]) {
    return { ...result, state: 'failed', reason: `gave up after ${attempts} tries: ${outcome.why}` }
  }
  const dueAt = new Date(at.getTime() + pauseAfter(row.attempts, outcome.afterMs))
  return { ...result, state: 'planned', reason: outcome.why, dueAt, deferred: outcome.scope === 'message' }
}

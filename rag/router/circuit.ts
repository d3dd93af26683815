import type { RecentCall } from '../queries/model-calls.ts'
import type { RouterPolicy } from './policy.ts'

const counted = new Set(['unavailable', 'timeout', 'rate-limited'])

/**
 * The models not to ask now, judged by their recent calls (newest first): for a while after the last of several
 * failures in a row, as long as a rate limit asked to wait, and longer after a key was refused.
 */
export function openCircuits(
  calls: readonly RecentCall[],
  { circuit }: Pick<RouterPolicy, 'circuit'>,
  now: Date,
): Set<string> {
  const byModel = Map.groupBy(calls, (call) => call.model)
  return new Set([...byModel].filter(([, own]) => isOpen(own, circuit, now)).map(([model]) => model))
}

function isOpen(calls: readonly RecentCall[], circuit: RouterPolicy['circuit'], now: Date): boolean {
  const [last] = calls
  if (!last) return false
  const ago = now.getTime() - last.finishedAt.getTime()
  if (last.outcome === 'auth') return ago < circuit.authCooldownMs
  if (last.outcome === 'rate-limited' && ago < (last.retryAfterMs ?? 0)) return true
  const sinceSuccess = calls.findIndex((call) => !counted.has(call.outcome))
  const failures = calls
    .slice(0, sinceSuccess === -1 ? calls.length : sinceSuccess)
    .filter((call) => now.getTime() - call.finishedAt.getTime() < circuit.windowMs)
  return failures.length >= circuit.failures && ago < circuit.cooldownMs
}

/** How far back calls matter to the circuits. */
export const circuitMemoryMs = ({ circuit }: Pick<RouterPolicy, 'circuit'>): number =>
  Math.max(circuit.windowMs, circuit.cooldownMs, circuit.authCooldownMs)

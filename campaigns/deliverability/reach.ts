import type { Breaker } from './breaker.ts'
import { capOf, hourly, totalOf, type WarmUp } from './warm-up.ts'

/** What binds a sending domain at a moment. */
export type Binding = {
  warmUp: WarmUp
  /** The way back from a bad name, while somebody is on it. `total` is null before anything may leave again. */
  recovery: { total: number | null } | null
  breakers: ReadonlyMap<string, Breaker>
}

/** What a provider may get: null where nothing limits it, or why it gets nothing, until then or until a person says so. */
export type Limit = { daily: number; why: string } | { closed: string; until: Date | null } | null

/** Whether anything limits anybody: where not, a claim asks no further. */
export const isFree = ({ warmUp, recovery, breakers }: Binding): boolean =>
  warmUp.graduated !== null &&
  recovery === null &&
  [...breakers.values()].every(({ state }) => state === 'go' || state === 'hold')

/** Most messages of a day, all providers together; null where the domain is past its warm-up. */
export function dayTotal({ warmUp, recovery }: Binding): number | null {
  if (recovery !== null) return recovery.total ?? 0
  return warmUp.graduated === null ? totalOf(warmUp) : null
}

/** What binds a provider. */
export function limitOf(binding: Binding, provider: string): Limit {
  if (binding.recovery?.total === null) return { closed: 'sending is stopped until its causes are mended', until: null }
  const breaker = binding.breakers.get(provider)
  if (breaker?.state === 'stop') return { closed: `stopped for this provider: ${breaker.why}`, until: null }
  if (breaker?.state === 'pause') return { closed: `paused for this provider: ${breaker.why}`, until: breaker.until }
  const total = dayTotal(binding)
  const why = binding.recovery === null ? 'warm-up' : 'recovery'
  const halved = breaker?.state === 'halve'
  if (total !== null) {
    const daily = capOf(total, provider)
    return { daily: halved ? Math.floor(daily / 2) : daily, why }
  }
  return halved ? { daily: breaker.mostADay ?? 0, why: `halved for this provider: ${breaker.why}` } : null
}

/** Messages of a provider that are due, and what it had already. */
export type Demand = { provider: string; due: number; today: number; thisHour: number }

/** How many of a provider's due messages may leave now, how many later today; the rest waits for tomorrow. */
export type Share = {
  provider: string
  now: number
  later: number
  why: string
  closedUntil: Date | null
  isClosed: boolean
}

/**
 * Shares out what is due. Never more than a provider's day or hour, and never more than the day or hour of all of them;
 * none borrows of another. The larger providers come first.
 * @param had what left already today and in this hour, all providers together
 */
export function shareOut(
  binding: Binding,
  demands: readonly Demand[],
  had: { today: number; thisHour: number },
): Share[] {
  const total = dayTotal(binding)
  let roomToday = total === null ? Infinity : Math.max(0, total - had.today)
  let roomNow = total === null ? Infinity : Math.max(0, hourly(total) - had.thisHour)
  const inOrder = demands.toSorted((one, other) => other.due - one.due || (one.provider < other.provider ? -1 : 1))
  return inOrder.map(({ provider, due, today, thisHour }) => {
    const limit = limitOf(binding, provider)
    const closing = limit !== null && 'closed' in limit
    if (closing) return { provider, now: 0, later: 0, why: limit.closed, closedUntil: limit.until, isClosed: true }
    const dayLeft = limit === null ? Infinity : Math.max(0, limit.daily - today)
    const hourLeft = limit === null ? Infinity : Math.max(0, hourly(limit.daily) - thisHour)
    const ofToday = Math.min(due, dayLeft, roomToday)
    const now = Math.min(ofToday, hourLeft, roomNow)
    roomToday -= ofToday
    roomNow -= now
    return { provider, now, later: ofToday - now, why: limit?.why ?? 'warm-up', closedUntil: null, isClosed: false }
  })
}

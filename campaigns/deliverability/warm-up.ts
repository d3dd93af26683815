import type { BigProvider } from './mailbox-provider.ts'

/** Most messages on each day of the ramp, all providers together (each well below the ramps that mail services publish). */
export const dailyTotals = [
  50, 100, 200, 350, 500, 750, 1_000, 1_500, 2_000, 3_000, 4_000, 5_500, 7_500, 10_000,
] as const

/** What of a day each provider may get, in percent; any other single domain gets `otherShare`. None borrows of another. */
const shares: Readonly<Record<BigProvider, number>> = { gmail: 40, microsoft: 20, yahoo: 15, apple: 5 }
const otherShare = 5
const leastOfOthers = 5

/** A day's messages leave over at least this many hours. */
export const spreadHours = 8

/** Most messages of a day to a provider, of a total. */
export function capOf(total: number, provider: string): number {
  if (Object.hasOwn(shares, provider)) return Math.floor((total * shares[provider as BigProvider]) / 100)
  return Math.min(total, Math.max(leastOfOthers, Math.floor((total * otherShare) / 100)))
}

/** Most messages of an hour, of a day's: an eighth, and one at least. */
export const hourly = (daily: number): number => Math.ceil(daily / spreadHours)

/** How far a domain is. `step` is the day of the ramp, from 1. Days are those of the business zone, `YYYY-MM-DD`. */
export type WarmUp = {
  step: number
  cleanDays: number
  onDay: string
  lastSentOn: string | null
  graduated: string | null
}

export const cold = (today: string): WarmUp => ({
  step: 1,
  cleanDays: 0,
  onDay: today,
  lastSentOn: null,
  graduated: null,
})

export const totalOf = ({ step }: Pick<WarmUp, 'step'>): number => dailyTotals[step - 1] ?? dailyTotals[13]

const idleDays = 30
const stepAfterIdling = 3

/**
 * Closes the day that was counted, when another has come. A day without trouble on which half of what the providers
 * mailed to might have got was sent goes one step on; one with trouble is done again. Whoever never fills the caps is
 * past it after 14 clean days, and whoever was idle for more than 30 days goes back to the third.
 * @param day.sent what was sent on `onDay`, by provider
 * @param day.troubled whether a breaker tripped on it
 */
export function closeDay(
  state: WarmUp,
  today: string,
  day: { sent: ReadonlyMap<string, number>; troubled: boolean },
): WarmUp {
  if (state.graduated !== null || state.onDay >= today) return state
  const count = [...day.sent.values()].reduce((sum, n) => sum + n, 0)
  const lastSentOn = count > 0 ? state.onDay : state.lastSentOn
  const idle = lastSentOn !== null && daysBetween(lastSentOn, today) > idleDays
  if (idle) return { ...state, step: Math.min(state.step, stepAfterIdling), cleanDays: 0, onDay: today, lastSentOn }
  if (count === 0) return { ...state, onDay: today }
  if (day.troubled) return { ...state, cleanDays: 0, onDay: today, lastSentOn }
  const allowed = [...day.sent.keys()].reduce((sum, provider) => sum + capOf(totalOf(state), provider), 0)
  const step = count * 2 >= Math.min(allowed, totalOf(state)) ? state.step + 1 : state.step
  const cleanDays = state.cleanDays + 1
  return { ...ended(step, cleanDays), cleanDays, onDay: today, lastSentOn }
}

function ended(step: number, cleanDays: number): Pick<WarmUp, 'step' | 'graduated'> {
  if (step > dailyTotals.length) return { step: dailyTotals.length, graduated: 'all 14 days of the ramp were sent' }
  if (cleanDays >= dailyTotals.length) return { step, graduated: '14 days were clean' }
  return { step, graduated: null }
}

const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

import type { Queryable } from '#kernel/db.ts'
import { exponentOf } from '#kernel/money.ts'
import { latestRates, type Leg, type Need } from './queries/fx-rates.ts'

/** Business minor units for one minor unit of a currency on a day; null where no rate is known. */
export type Rates = (currency: string, day: string) => number | null

/**
 * The rates of a batch to the business currency: of that day, or the latest of the seven days before (weekends and
 * holidays have none); directly, inverted, or through a third currency that both are quoted in.
 */
export async function ratesTo(db: Queryable, business: string, needs: readonly Need[]): Promise<Rates> {
  const foreign = new Map(needs.filter((need) => need.currency !== business).map((need) => [keyOf(need), need]))
  const known = new Map<string, number>()
  if (foreign.size > 0) {
    for (const leg of await latestRates(db, [...foreign.values()], [business])) known.set(keyOf(leg), leg.rate)
    const missing = [...foreign.values()].filter((need) => !known.has(keyOf(need)))
    if (missing.length > 0) for (const [key, rate] of await crossed(db, business, missing)) known.set(key, rate)
  }
  return (currency, day) => {
    const rate = currency === business ? 1 : known.get(keyOf({ currency, day }))
    return rate === undefined ? null : rate * 10 ** (exponentOf(business) - exponentOf(currency))
  }
}

/** Rates through a third currency, the first in the alphabet that serves, so that the answer is always the same. */
async function crossed(db: Queryable, business: string, missing: readonly Need[]): Promise<Map<string, number>> {
  const days = [...new Set(missing.map((need) => need.day))]
  const there = await latestRates(db, missing, null)
  const others = [...new Set(there.map((leg) => leg.other))]
  const ours = others.length === 0 ? [] : await latestRates(db, days.map((day) => ({ currency: business, day })), others) // prettier-ignore
  const back = new Map(ours.map((leg) => [`${leg.day} ${leg.other}`, leg.rate]))
  const found = new Map<string, number>()
  for (const leg of there.toSorted((a: Leg, b: Leg) => (a.other < b.other ? -1 : 1))) {
    const rate = back.get(`${leg.day} ${leg.other}`)
    if (rate !== undefined && !found.has(keyOf(leg))) found.set(keyOf(leg), leg.rate / rate)
  }
  return found
}

const keyOf = ({ currency, day }: Need): string => `${currency} ${day}`

import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import type { IdentifierId, RecordId } from '#kernel/ids.ts'
import type { Canonical } from '../canon.ts'
import { dayIn } from '../cleanse/instant.ts'
import type { Rates } from '../fx.ts'
import type { IdentifierRef } from '../identifiers.ts'

/** One thing a record said. `externalId` is the record's own. */
export type Said<T extends Canonical = Canonical> = { canon: T; recordId: RecordId; externalId: string }

/** What the writers of one batch share. */
export type Writing = {
  tx: Tx
  clock: Clock
  source: string
  zone: string
  rates: Rates
  idOf: (ref: IdentifierRef) => IdentifierId
  /** Identifiers of which nothing was written before. */
  fresh: ReadonlySet<IdentifierId>
}

/** Keeps one statement for each key: the one that knew most, the later of equals. */
export function newestOf<T>(all: readonly T[], keyOf: (one: T) => string, knows: (one: T) => number): T[] {
  const newest = new Map<string, T>()
  for (const one of all) {
    const before = newest.get(keyOf(one))
    if (before === undefined || knows(one) >= knows(before)) newest.set(keyOf(one), one)
  }
  return [...newest.values()]
}

/** The rate of a day; rows without one were set aside before. */
export function rateOf(rates: Rates, currency: string, day: string): number {
  const rate = rates(currency, day)
  if (rate === null) throw new Error(`No rate for ${currency} on ${day}: such a row belongs in quarantine`)
  return rate
}

/** The day on which something is valued, in the business zone. */
export const valuedOn = (at: Date, zone: string): string => dayIn(at, zone)

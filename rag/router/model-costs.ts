import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { exponentOf } from '#kernel/money.ts'
import { recordCosts, type NewCost } from '#ingest/costs.ts'
import { dollarRate, spendByVendor, type VendorSpend } from '../queries/model-calls.ts'
import { budgetDay } from './recorded-call.ts'

type Deps = { db: Db; clock: Clock; currency: string }

/** `waiting`: nothing was written, since no rate from dollars is known for the day; run it again when there is one. */
export type ModelCosts = { kind: 'recorded'; written: number } | { kind: 'waiting'; why: string }

/**
 * Writes what models cost on a UTC day to the business's costs, a row a vendor, in US cents. A call costs less than a
 * cent, so a row holds the whole cents by which the vendor's running total grew that day: what is left over counts on
 * a later day, and nothing is lost or rounded up. Repeat it as often as you like.
 */
export async function recordModelCosts(deps: Deps, input: { at: Date }): Promise<ModelCosts> {
  const { from, to } = budgetDay(input.at)
  const day = from.toISOString().slice(0, 10)
  const spend = await spendByVendor(deps.db, from, to)
  const rows = spend.filter((row) => centsOf(row) > 0)
  if (rows.length === 0) return { kind: 'recorded', written: 0 }
  const rate = deps.currency === 'USD' ? 1 : await dollarRate(deps.db, deps.currency, day)
  if (rate === null) {
    const why = `No rate from USD to ${deps.currency} is known for the week to ${day}: add one to the rates and record again`
    return { kind: 'waiting', why }
  }
  const rateMinor = rate * 10 ** (exponentOf(deps.currency) - 2)
  const costs = rows.map((row) => costOf(row, day, rateMinor))
  const { written } = await deps.db.transaction((tx) => recordCosts(tx, deps.clock, costs))
  return { kind: 'recorded', written }
}

const centsOf = ({ before, through }: VendorSpend): number => Math.floor(through / 10_000) - Math.floor(before / 10_000)

const costOf = (row: VendorSpend, day: string, rateMinor: number): NewCost => ({
  source: 'model-calls',
  externalId: `${row.vendor}:${day}`,
  kind: 'model',
  day,
  currency: 'USD',
  amountMinor: centsOf(row),
  rateMinor,
})

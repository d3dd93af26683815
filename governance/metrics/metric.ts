import type { Month } from './calendar.ts'

/** What a period covers: days of the zone, `to` exclusive; what is known at `asOf` counts. Money is in `currency`. */
export type Period = { from: string; to: string; zone: string; currency: string; asOf: Date }

/**
 * What figures are made of. gross, net: paid orders of the period. customer: people acquired in the period;
 * paid-customer: those of channels with ad spend. margin, active: everything those people bought to date, by month of
 * acquisition. ads, overhead: costs of the period.
 */
export type Part = 'gross' | 'net' | 'customer' | 'paid-customer' | 'margin' | 'active' | 'ads' | 'overhead'

/** Rows of one part, added up. `month` is when it happened, or the month of acquisition where `activity` says when. */
export type Group = {
  part: Part
  month: Month
  channel: string | null
  activity: Month | null
  amountMinor: number
  count: number
}

/** What of a metric a figure shows: all of the period, one month (of acquisition), one channel, one month after. */
export type Scope = { month: Month | null; channel: string | null; offset: number | null }

export type Parameters = {
  /** What is left of net revenue after the cost of goods, in percent; 100 = before cost of goods. */
  grossMarginPercent: number
  /** How old a touch may be, in days before the first order, to have brought the person. */
  touchWindowDays: number
}

export const standardParameters: Parameters = { grossMarginPercent: 100, touchWindowDays: 90 }

export type Unit = 'money' | 'count' | 'ratio' | 'months' | 'share'

/** A figure's value in its unit (money in minor units), or why there is none: never a zero that stands for unknown. */
export type Value = { value: number } | { value: null; why: string }

export type Context = { parameters: Parameters; zone: string; asOf: Date; scope: Scope }

/**
 * A versioned definition. `value` is a pure function of groups, so that a report (groups from one pass over the data)
 * and an opened figure (groups from its rows) cannot disagree. Change `revision` with every change of meaning.
 */
export type Metric = {
  name: string
  label: string
  revision: number
  unit: Unit
  formula: string
  parts: readonly Part[]
  uses: readonly string[]
  takes: readonly (keyof Parameters)[]
  value: (groups: readonly Group[], context: Context) => Value
}

/** Adds up a part: amounts and counts. */
export function sumOf(groups: readonly Group[], ...parts: Part[]): { amount: bigint; count: number } {
  const chosen = groups.filter((group) => parts.includes(group.part))
  const inexact = chosen.find((group) => !Number.isSafeInteger(group.amountMinor))
  if (inexact) throw new Error(`The amounts of ${inexact.month} are too large to be added exactly`)
  return {
    amount: chosen.reduce((sum, group) => sum + BigInt(group.amountMinor), 0n),
    count: chosen.reduce((sum, group) => sum + group.count, 0),
  }
}

export const missingSpend = 'missing: no spend is recorded'
export const noCustomers = 'no customer was acquired'
export const spendWithoutCustomers = 'spend without customers'

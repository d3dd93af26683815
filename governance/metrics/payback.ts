import { addMonths, isFinished, monthsBetween, type Month } from './calendar.ts'
import { dividedBy } from './division.ts'
import { marginFactor, marginScale } from './lifetime-value.ts'
import {
  missingSpend, noCustomers, sumOf, type Context, type Group, type Metric, type Value,
} from './metric.ts' // prettier-ignore

/**
 * Payback: the first month in which what an acquired customer has brought, on average and cumulatively, covers what
 * getting one cost. Who stopped buying stays in the average, so the margin is survival-adjusted as it was observed.
 * Month 1 is the calendar month of acquisition; a month counts for a cohort once it is over.
 */
export const paybackMonths: Metric = {
  name: 'payback-months',
  label: 'Payback',
  revision: 1,
  unit: 'months',
  formula:
    'first n with Σ k≤n (gross margin in month k ÷ all people acquired whose month k is over) ≥ loaded CAC; month 1 is the calendar month of acquisition; each monthly mean rounded to a minor unit',
  parts: ['margin', 'customer', 'ads', 'overhead'],
  uses: ['gross-margin', 'loaded-cac'],
  takes: [],
  value: (groups, context) => {
    const spend = sumOf(groups, 'ads', 'overhead')
    const customers = sumOf(groups, 'customer').count
    if (customers === 0) return { value: null, why: noCustomers }
    if (spend.count === 0) return { value: null, why: missingSpend }
    if (spend.amount <= 0n) return { value: null, why: 'nothing was spent' }
    return firstCovered(monthlyMargins(groups, context), dividedBy(spend.amount, BigInt(customers)))
  },
}

function firstCovered(margins: readonly number[], costMinor: number): Value {
  if (margins.length === 0) return { value: null, why: 'the first month is not over yet' }
  let earned = 0
  for (const [index, margin] of margins.entries()) {
    earned += margin
    if (earned >= costMinor) return { value: index + 1 }
  }
  if (earned <= 0) return { value: null, why: 'the margin is not above zero' }
  return { value: null, why: `not paid back within the ${margins.length} months seen` }
}

/** The mean margin of an acquired customer in each month after acquisition, as far as any cohort has been seen. */
export function monthlyMargins(groups: readonly Group[], context: Context): number[] {
  const sizes = sizesByCohort(groups)
  const earned = earnedByOffset(groups)
  const margins: number[] = []
  for (let offset = 0; ; offset += 1) {
    const seen = [...sizes.keys()].filter((cohort) => isFinished(addMonths(cohort, offset), context.zone, context.asOf))
    if (seen.length === 0) return margins
    const size = seen.reduce((sum, cohort) => sum + (sizes.get(cohort) ?? 0), 0)
    const amount = seen.reduce((sum, cohort) => sum + (earned.get(`${cohort}+${offset}`) ?? 0n), 0n)
    margins.push(dividedBy(amount * marginFactor(context.parameters), BigInt(size) * marginScale))
  }
}

function sizesByCohort(groups: readonly Group[]): Map<Month, number> {
  const sizes = new Map<Month, number>()
  for (const group of groups) {
    if (group.part === 'customer') sizes.set(group.month, (sizes.get(group.month) ?? 0) + group.count)
  }
  return sizes
}

/** Keyed `cohort+offset`. What came before the first net-positive order counts in the first month. */
function earnedByOffset(groups: readonly Group[]): Map<string, bigint> {
  const earned = new Map<string, bigint>()
  for (const group of groups) {
    if (group.part !== 'margin' || group.activity === null) continue
    const key = `${group.month}+${Math.max(0, monthsBetween(group.month, group.activity))}`
    earned.set(key, (earned.get(key) ?? 0n) + BigInt(group.amountMinor))
  }
  return earned
}

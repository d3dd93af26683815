import { dividedBy } from './division.ts'
import {
  missingSpend, spendWithoutCustomers, sumOf, type Context, type Group, type Metric, type Part, type Value,
} from './metric.ts' // prettier-ignore

/** Ad spend: null, not zero, when no row says what was spent. */
export const adSpend: Metric = {
  name: 'ad-spend',
  label: 'Ad spend',
  revision: 1,
  unit: 'money',
  formula: 'Σ cost rows of ads dated in the period, each rounded to a minor unit of the business currency',
  parts: ['ads'],
  uses: [],
  takes: [],
  value: (groups, context) => spendOf(groups, ['ads'], context),
}

/** All marketing costs: ads, salaries, tools, agency, creative, incentives, and whatever else the cost rows name. */
export const loadedSpend: Metric = {
  name: 'loaded-spend',
  label: 'Marketing costs, loaded',
  revision: 1,
  unit: 'money',
  formula:
    'Σ all cost rows dated in the period (ads, salaries, tools, agency, creative, incentives, model calls, provider fees)',
  parts: ['ads', 'overhead'],
  uses: ['ad-spend'],
  takes: [],
  value: (groups, context) => spendOf(groups, ['ads', 'overhead'], context),
}

/** Blended CAC: ad spend over all new customers, whoever brought them. */
export const blendedCac: Metric = {
  name: 'blended-cac',
  label: 'CAC, blended',
  revision: 1,
  unit: 'money',
  formula: 'ad spend ÷ all new customers, rounded to a minor unit, halves away from zero',
  parts: ['ads', 'customer'],
  uses: ['ad-spend', 'new-customers'],
  takes: [],
  value: (groups, context) => costOfEach(groups, ['ads'], 'customer', context),
}

/** Paid CAC: ad spend over the new customers of the channels it was spent on; of one channel, that channel's. */
export const paidCac: Metric = {
  name: 'paid-cac',
  label: 'CAC, paid',
  revision: 1,
  unit: 'money',
  formula: 'ad spend ÷ new customers of the channels with ad spend, rounded to a minor unit, halves away from zero',
  parts: ['ads', 'paid-customer'],
  uses: ['ad-spend', 'new-customers'],
  takes: [],
  value: (groups, context) => costOfEach(groups, ['ads'], 'paid-customer', context),
}

/** Loaded CAC: everything marketing cost over all new customers. */
export const loadedCac: Metric = {
  name: 'loaded-cac',
  label: 'CAC, loaded',
  revision: 1,
  unit: 'money',
  formula: 'all marketing costs ÷ all new customers, rounded to a minor unit, halves away from zero',
  parts: ['ads', 'overhead', 'customer'],
  uses: ['loaded-spend', 'new-customers'],
  takes: [],
  value: (groups, context) => costOfEach(groups, ['ads', 'overhead'], 'customer', context),
}

function spendOf(groups: readonly Group[], parts: Part[], context: Context): Value {
  const { amount, count } = sumOf(groups, ...parts)
  return count === 0 ? { value: null, why: missing(context) } : { value: dividedBy(amount, 1n) }
}

function costOfEach(groups: readonly Group[], spends: Part[], customer: Part, context: Context): Value {
  const spend = sumOf(groups, ...spends)
  const customers = sumOf(groups, customer).count
  if (spend.count === 0) return { value: null, why: missing(context) }
  if (spend.amount <= 0n) return { value: null, why: 'nothing was spent' }
  if (customers === 0) return { value: null, why: spendWithoutCustomers }
  return { value: dividedBy(spend.amount, BigInt(customers)) }
}

const missing = ({ scope }: Context): string => (scope.channel ? `${missingSpend} for ${scope.channel}` : missingSpend)

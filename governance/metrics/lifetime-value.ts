import { dividedBy } from './division.ts'
import { missingSpend, noCustomers, sumOf, type Context, type Group, type Metric, type Parameters } from './metric.ts'

/** Gross margin: what the business keeps of net revenue. The setting that LTV and payback stand on. */
export const grossMargin: Metric = {
  name: 'gross-margin',
  label: 'Gross margin to date',
  revision: 1,
  unit: 'money',
  formula:
    'net revenue to date of the people acquired in the period × grossMarginPercent ÷ 100, rounded to a minor unit',
  parts: ['margin'],
  uses: ['revenue-net', 'new-customers'],
  takes: ['grossMarginPercent'],
  value: (groups, context) => ({ value: dividedBy(marginOf(groups, context), marginScale) }),
}

/**
 * LTV, historic: what each acquired customer has brought to date, not a forecast. At a margin of 100 % it is before
 * cost of goods, and says so.
 */
export const ltvHistoric: Metric = {
  name: 'ltv-historic',
  label: 'LTV, historic',
  revision: 1,
  unit: 'money',
  formula:
    'gross margin to date of the people acquired in the period ÷ their number, rounded to a minor unit, halves away from zero',
  parts: ['margin', 'customer'],
  uses: ['gross-margin', 'new-customers'],
  takes: [],
  value: (groups, context) => {
    const customers = sumOf(groups, 'customer').count
    if (customers === 0) return { value: null, why: noCustomers }
    return { value: dividedBy(marginOf(groups, context), BigInt(customers) * marginScale) }
  },
}

/** LTV:CAC of one cohort: historic margin per customer over the loaded cost of getting one. */
export const ltvToCac: Metric = {
  name: 'ltv-to-cac',
  label: 'LTV : CAC',
  revision: 1,
  unit: 'ratio',
  formula:
    'historic LTV ÷ loaded CAC of the same people, that is their gross margin to date ÷ all marketing costs of the period; two decimals, halves away from zero',
  parts: ['margin', 'customer', 'ads', 'overhead'],
  uses: ['ltv-historic', 'loaded-cac'],
  takes: [],
  value: (groups, context) => {
    const spend = sumOf(groups, 'ads', 'overhead')
    if (sumOf(groups, 'customer').count === 0) return { value: null, why: noCustomers }
    if (spend.count === 0) return { value: null, why: missingSpend }
    if (spend.amount <= 0n) return { value: null, why: 'nothing was spent' }
    return { value: dividedBy(marginOf(groups, context), spend.amount * marginScale, 2) }
  },
}

/** Percent with two decimals: margins are kept in hundredths of a percent, as whole numbers. */
export const marginScale = 10_000n

export const marginFactor = (parameters: Parameters): bigint => BigInt(Math.round(parameters.grossMarginPercent * 100))

const marginOf = (groups: readonly Group[], { parameters }: Context): bigint =>
  sumOf(groups, 'margin').amount * marginFactor(parameters)

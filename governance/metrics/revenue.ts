import { dividedBy } from './division.ts'
import { sumOf, type Metric } from './metric.ts'

/** Gross revenue: what was paid, tax included, for paid orders by the day of the order. */
export const revenueGross: Metric = {
  name: 'revenue-gross',
  label: 'Revenue, gross',
  revision: 1,
  unit: 'money',
  formula:
    'Σ gross of paid orders ordered in the period; each in the business currency at the rate of its order, rounded to a minor unit, halves away from zero',
  parts: ['gross'],
  uses: [],
  takes: [],
  value: (groups) => ({ value: dividedBy(sumOf(groups, 'gross').amount, 1n) }),
}

/**
 * Net revenue: cash, restated. An annual prepayment counts whole when paid; a refund months later lowers the month of
 * its order, at that order's rate. A full refund nets to zero, since its tax share goes back too; a lost dispute
 * takes the whole disputed amount.
 */
export const revenueNet: Metric = {
  name: 'revenue-net',
  label: 'Revenue, net',
  revision: 1,
  unit: 'money',
  formula:
    'Σ (gross − tax − refunds × (1 − tax ÷ gross) − lost disputes − fees) of paid orders ordered in the period; what was taken later counts for the order, at the order’s rate; each amount rounded to a minor unit, halves away from zero',
  parts: ['net'],
  uses: [],
  takes: [],
  value: (groups) => ({ value: dividedBy(sumOf(groups, 'net').amount, 1n) }),
}

/** Orders: how many were paid. */
export const orders: Metric = {
  name: 'orders',
  label: 'Orders',
  revision: 1,
  unit: 'count',
  formula: 'count of paid orders ordered in the period, refunded or not',
  parts: ['gross'],
  uses: [],
  takes: [],
  value: (groups) => ({ value: sumOf(groups, 'gross').count }),
}

import { addMonths, isFinished } from './calendar.ts'
import { dividedBy } from './division.ts'
import { noCustomers, sumOf, type Metric } from './metric.ts'

/** Retention n: the share of a month's new customers who bought, net of refunds, in the n-th calendar month after. */
export const retention: Metric = {
  name: 'retention',
  label: 'Retention',
  revision: 1,
  unit: 'share',
  formula:
    'people acquired in the month with a net-positive paid order in the n-th month after ÷ people acquired in the month; four decimals; none while that month is not over',
  parts: ['active', 'customer'],
  uses: ['new-customers'],
  takes: [],
  value: (groups, { scope, zone, asOf }) => {
    if (scope.month === null || scope.offset === null) return { value: null, why: 'retention is of one month’s cohort' }
    const size = sumOf(groups, 'customer').count
    if (size === 0) return { value: null, why: noCustomers }
    if (!isFinished(addMonths(scope.month, scope.offset), zone, asOf)) return { value: null, why: 'not over yet' }
    return { value: dividedBy(BigInt(sumOf(groups, 'active').count), BigInt(size), 4) }
  },
}

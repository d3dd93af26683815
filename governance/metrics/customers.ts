import { sumOf, type Metric } from './metric.ts'

/** The channel that brought a person: the last touch that was not direct, before their first order. */
export const acquisitionChannel: Metric = {
  name: 'acquisition-channel',
  label: 'Channel of acquisition',
  revision: 1,
  unit: 'count',
  formula:
    'channel of the last touch that was not direct, of any identifier of the person, at or before the first net-positive paid order and at most touchWindowDays old; else the channel of the earliest profile that names one (one that is not direct first); else direct. A message sent, delivered or opened is no touch',
  parts: ['customer'],
  uses: [],
  takes: ['touchWindowDays'],
  value: (groups) => ({ value: sumOf(groups, 'customer').count }),
}

/** New customers: people, after identity resolution, whose first net-positive paid order is in the period. */
export const newCustomers: Metric = {
  name: 'new-customers',
  label: 'New customers',
  revision: 1,
  unit: 'count',
  formula: 'count of people whose first paid order with net revenue above zero was ordered in the period',
  parts: ['customer'],
  uses: ['revenue-net', 'acquisition-channel'],
  takes: [],
  value: (groups) => ({ value: sumOf(groups, 'customer').count }),
}

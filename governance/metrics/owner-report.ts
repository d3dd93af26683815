import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { selectDoubts, selectGroups, type Doubts } from '../queries/report.ts'
import { readWhole } from '../queries/valuation.ts'
import { adSpend, blendedCac, loadedCac, loadedSpend, paidCac } from './acquisition-cost.ts'
import { addMonths, checkPeriod, isFinished, monthsOf, type Month } from './calendar.ts'
import { newCustomers } from './customers.ts'
import { figureOf, wholePeriod, type Figure } from './figure.ts'
import { ltvHistoric, ltvToCac } from './lifetime-value.ts'
import type { Group, Metric, Period, Scope } from './metric.ts'
import { paybackMonths } from './payback.ts'
import { registerMetrics, type MetricVersions } from './register.ts'
import { retention } from './retention.ts'
import { orders, revenueGross, revenueNet } from './revenue.ts'

/** Days of the business zone, `to` exclusive; without `asOf`, what is known now. */
export type ReportPeriod = Omit<Period, 'asOf'> & { asOf?: Date }

export type ChannelRow = { channel: string; spend: Figure; newCustomers: Figure; paidCac: Figure; ltv: Figure }
export type MonthRow = {
  month: Month
  /** Whether the month is over and wholly within the period: a month cut short is no comparison. */
  finished: boolean
  gross: Figure
  net: Figure
  orders: Figure
  newCustomers: Figure
  spend: Figure
}
/** People acquired in a month; `retention[n]` is the n-th month after (0 = the month itself). */
export type CohortRow = { cohort: Month; size: Figure; ltv: Figure; retention: Figure[] }

export type OwnerReport = {
  asOf: Date
  period: Period
  grossMarginPercent: number
  figures: Figure[]
  byChannel: ChannelRow[]
  months: MonthRow[]
  cohorts: CohortRow[]
  /** What the figures leave out or assume, in words. */
  notes: string[]
}

const headline = [
  newCustomers, revenueNet, revenueGross, orders, blendedCac, paidCac, loadedCac, ltvHistoric, ltvToCac, paybackMonths,
  adSpend, loadedSpend,
] // prettier-ignore

type Draw = (metric: Metric, scope?: Partial<Scope>) => Figure

/**
 * The owner's report: one pass over the data, every number with the version of the metric that made it and an id that
 * opens its rows. Customers, LTV and payback are of the people acquired in the period. Nothing is forecast: LTV is
 * historic. Throws UsageError for a period that is none.
 */
export async function ownerReport(deps: { db: Db; clock: Clock }, input: ReportPeriod): Promise<OwnerReport> {
  checkPeriod(input)
  const period: Period = { ...input, asOf: input.asOf ?? deps.clock() }
  const versions = await registerMetrics(deps, { by: 'millrace' })
  const reading = { ...period, touchWindowDays: versions.parameters.touchWindowDays }
  const { groups, doubts } = await readWhole(deps.db, async (tx) => ({
    groups: await selectGroups(tx, reading),
    doubts: await selectDoubts(tx, reading),
  }))
  const draw: Draw = (metric, scope) =>
    figureOf({ metric, scope: { ...wholePeriod, ...scope } }, groups, period, versions)
  return {
    asOf: period.asOf,
    period,
    grossMarginPercent: versions.parameters.grossMarginPercent,
    figures: headline.map((metric) => draw(metric)),
    byChannel: channelsOf(groups).map((channel) => channelRow(draw, channel)),
    months: monthsOf(period.from, period.to).map((month) => monthRow(draw, period, month)),
    cohorts: cohortsOf(groups).map((cohort) => cohortRow(draw, period, cohort)),
    notes: notesOn(doubts, versions),
  }
}

const channelsOf = (groups: readonly Group[]): string[] =>
  [...new Set(groups.flatMap(({ part, channel }) => (channel && ['ads', 'customer'].includes(part) ? [channel] : [])))]
    .toSorted() // prettier-ignore

const cohortsOf = (groups: readonly Group[]): Month[] =>
  [...new Set(groups.flatMap(({ part, month }) => (part === 'customer' ? [month] : [])))].toSorted()

const channelRow = (draw: Draw, channel: string): ChannelRow => ({
  channel,
  spend: draw(adSpend, { channel }),
  newCustomers: draw(newCustomers, { channel }),
  paidCac: draw(paidCac, { channel }),
  ltv: draw(ltvHistoric, { channel }),
})

const monthRow = (draw: Draw, { from, to, zone, asOf }: Period, month: Month): MonthRow => ({
  month,
  finished: from <= `${month}-01` && `${addMonths(month, 1)}-01` <= to && isFinished(month, zone, asOf),
  gross: draw(revenueGross, { month }),
  net: draw(revenueNet, { month }),
  orders: draw(orders, { month }),
  newCustomers: draw(newCustomers, { month }),
  spend: draw(adSpend, { month }),
})

function cohortRow(draw: Draw, { zone, asOf }: Period, cohort: Month): CohortRow {
  const shares: Figure[] = []
  for (let offset = 0; offset === 0 || isFinished(addMonths(cohort, offset - 1), zone, asOf); offset += 1) {
    shares.push(draw(retention, { month: cohort, offset }))
  }
  return {
    cohort,
    size: draw(newCustomers, { month: cohort }),
    ltv: draw(ltvHistoric, { month: cohort }),
    retention: shares,
  }
}

const say = (count: number, words: string): string[] => (count === 0 ? [] : [`${count} ${words}`])

function notesOn(doubts: Doubts, { parameters }: MetricVersions): string[] {
  const { grossMarginPercent: percent } = parameters
  return [
    'LTV is historic: what customers have brought to date, not a forecast',
    percent === 100
      ? 'LTV and payback are before cost of goods: set the gross margin to see them after'
      : `LTV and payback are at a gross margin of ${percent} %`,
    ...say(doubts.unvalued, 'refunds, disputes or fees in a third currency are left out: they have no rate'),
    ...say(doubts.orphans, 'refunds, disputes or fees name an order that is not known yet, and are left out'),
    ...say(
      doubts.pendingDisputes,
      doubts.pendingDisputes === 1
        ? 'dispute is undecided, and counts only when lost'
        : 'disputes are undecided, and count only when lost',
    ),
    ...say(
      doubts.foreignRates,
      'orders were valued in another business currency than this report’s: its totals mix them',
    ),
  ]
}

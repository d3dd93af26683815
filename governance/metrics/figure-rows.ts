import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { UsageError } from '#kernel/errors.ts'
import { selectOpened, type FigureRow, type Selection } from '../queries/figure-rows.ts'
import { readWhole } from '../queries/valuation.ts'
import { addMonths, checkPeriod, type Month } from './calendar.ts'
import { figureOf, parseFigureId, type Figure, type FigureTarget } from './figure.ts'
import type { Group, Part, Period } from './metric.ts'
import type { ReportPeriod } from './owner-report.ts'
import { registerMetrics } from './register.ts'

export type { FigureRow } from '../queries/figure-rows.ts'

export type Column = { key: keyof FigureRow; label: string }

export type FigureRows = {
  /** The figure, computed anew from these rows and nothing else. */
  figure: Figure
  total: Figure['value']
  /** What each part adds: amounts in minor units, and how many orders, customers or costs it counts. */
  parts: { part: Part; amountMinor: number; count: number }[]
  columns: Column[]
  rows: FigureRow[]
  rowCount: number
  asOf: Date
}

const columns: Column[] = [
  { key: 'day', label: 'Day' },
  { key: 'part', label: 'Part' },
  { key: 'kind', label: 'What' },
  { key: 'source', label: 'Source' },
  { key: 'externalId', label: 'Id at the source' },
  { key: 'recordId', label: 'Source record' },
  { key: 'orderId', label: 'Order' },
  { key: 'personId', label: 'Person' },
  { key: 'channel', label: 'Channel' },
  { key: 'costKind', label: 'Cost' },
  { key: 'because', label: 'Channel known by' },
  { key: 'amountMinor', label: 'Amount' },
]

/**
 * Opens a figure: the orders, refunds, disputes, fees, customers and costs it was made of, each with its source
 * record, a page at a time (500 unless told), and the figure computed from all of them. Throws UsageError for an id
 * that names no figure.
 */
export async function figureRows(
  deps: { db: Db; clock: Clock },
  id: string,
  input: ReportPeriod,
  page: { limit: number; offset: number } = { limit: 500, offset: 0 },
): Promise<FigureRows> {
  checkPeriod(input)
  const target = parseFigureId(id)
  if (!target) throw new UsageError(`"${id}" is no figure of the report`)
  const period: Period = { ...input, asOf: input.asOf ?? deps.clock() }
  const versions = await registerMetrics(deps, { by: 'millrace' })
  const reading = { ...period, touchWindowDays: versions.parameters.touchWindowDays }
  const selection = selectionOf(target)
  const { groups, rows } = await readWhole(deps.db, (tx) => selectOpened(tx, reading, selection, page))
  const figure = figureOf(target, groups, period, versions)
  const rowCount = groups.reduce((sum, group) => sum + group.rows, 0)
  return { figure, total: figure.value, parts: partsOf(target, groups), columns, rows, rowCount, asOf: period.asOf }
}

const firstOf = (month: Month): string => `${month}-01`

function selectionOf({ metric, scope }: FigureTarget): Selection {
  const activity = scope.month !== null && scope.offset !== null ? addMonths(scope.month, scope.offset) : null
  return {
    parts: metric.parts,
    month: scope.month && firstOf(scope.month),
    channel: scope.channel,
    activity: activity && firstOf(activity),
  }
}

const partsOf = ({ metric }: FigureTarget, groups: readonly Group[]): FigureRows['parts'] =>
  metric.parts.map((part) => {
    const own = groups.filter((group) => group.part === part)
    return {
      part,
      amountMinor: own.reduce((sum, group) => sum + group.amountMinor, 0),
      count: own.reduce((sum, group) => sum + group.count, 0),
    }
  })

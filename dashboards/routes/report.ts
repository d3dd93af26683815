import { stringify } from 'csv-stringify/sync'
import { figureRows } from '#governance/metrics/figure-rows.ts'
import { changesInFigures } from '#governance/metrics/identity-changes.ts'
import { ownerReport } from '#governance/metrics/owner-report.ts'
import type { Period } from '#governance/metrics/metric.ts'
import { recordedPeriod } from '#governance/metrics/recorded-period.ts'
import { UsageError } from '#kernel/errors.ts'
import type { Pages } from '../pages.ts'
import { cellOf, figureView } from '../views/figure.ts'
import { reportView } from '../views/report.ts'
import { placeIn, type Router } from './route.ts'

const pageSize = 50
const changesShown = 5
const rowsExported = 1_000_000

type Query = (name: string) => string | undefined

/** The owner's report, every number of it opened, and its rows as CSV. */
export function reportRoutes(router: Router, pages: Pages): void {
  const { db, clock, business } = pages

  const periodOf = async (query: Query): Promise<Period> => {
    const { zone, currency } = business
    const { from, to } = await recordedPeriod({ db, clock }, zone)
    return { zone, currency, from: query('from') || from, to: query('to') || to, asOf: momentOf(query) ?? clock() }
  }

  router.get('/report', 'report.view', async ({ page, query }) => {
    const report = await ownerReport({ db, clock }, await periodOf(query))
    const changes = await changesInFigures(db, changesShown)
    return page('Owner’s report', reportView(report, business.name, changes))
  })

  router.get('/report/figures/:id', 'report.view', async ({ page, query, param, may }) => {
    const period = await periodOf(query)
    const offset = placeIn(query('offset'))
    const opened = await figureRows({ db, clock }, param('id'), period, { limit: pageSize, offset })
    return page(opened.figure.label, figureView({ opened, period, offset, pageSize, may }))
  })

  router.get('/report/rows/:id', 'report.view', async ({ context, query, param }) => {
    const all = { limit: rowsExported, offset: 0 }
    const { columns, rows } = await figureRows({ db, clock }, param('id'), await periodOf(query), all)
    const cells = rows.map((row) => columns.map(({ key }) => cellOf(key, row[key], business.currency)))
    // A cell that a spreadsheet would run as a formula is escaped.
    const csv = stringify([columns.map(({ label }) => label), ...cells], { escape_formulas: true })
    context.header('content-disposition', `attachment; filename="${param('id').replaceAll(/[^\w.-]/g, '-')}.csv"`)
    return context.body(csv, 200, { 'content-type': 'text/csv; charset=utf-8' })
  })
}

function momentOf(query: Query): Date | null {
  const asked = query('asOf')
  if (asked === undefined || asked === '') return null
  const moment = new Date(asked)
  if (Number.isNaN(moment.getTime()))
    throw new UsageError(`"${asked}" is no moment: leave asOf away for what is known now`)
  return moment
}

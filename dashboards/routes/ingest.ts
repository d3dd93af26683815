import { correctQuarantined, openQuarantinedRow, quarantinedRow } from '#ingest/quarantine-desk.ts'
import { dismissQuarantined, quarantineReport } from '#ingest/quarantine.ts'
import { replaySource, sourceFor } from '#ingest/replay.ts'
import { ingestStatus } from '#ingest/status.ts'
import { UsageError } from '#kernel/errors.ts'
import { parseId } from '#kernel/ids.ts'
import type { Pages } from '../pages.ts'
import { ingestView } from '../views/ingest.ts'
import { quarantineView, rowView } from '../views/quarantine.ts'
import { plural } from '../views/words.ts'
import { placeIn, type FormRequest, type Router } from './route.ts'

const pageSize = 50
const list = '/ingest/quarantine'
const gone = 'This row does not wait any more.'

/** Where data comes from and how it stands, and the rows that could not be read. */
export function ingestRoutes(router: Router, pages: Pages): void {
  const { db, clock, business, ingest, openSource } = pages

  router.get('/ingest', 'quarantine.view', async ({ page }) =>
    page('Data', ingestView({ sources: await ingestStatus({ db, clock }), at: clock(), zone: business.zone })),
  )

  router.get(list, 'quarantine.view', async ({ page, query, visitor, may }) => {
    const [source, reason] = [query('source') || undefined, query('reason') || undefined]
    const offset = placeIn(query('offset'))
    const report = await quarantineReport(db, { source, reason, offset, limit: pageSize })
    const view = { report, source, reason, offset, pageSize, zone: business.zone, csrf: visitor.csrf, may }
    return page('Quarantine', quarantineView(view))
  })

  // A row may be about somebody: opening it is an act, and stands in the audit chain.
  router.post(`${list}/:id/open`, 'quarantine.view', async (request) => {
    const id = idOf(request)
    const opened = id && (await openQuarantinedRow({ ...ingest, db, clock }, { id, by: request.visitor.user.id }))
    if (opened?.kind !== 'opened') return request.back(list, opened ? `${opened.why}.` : gone)
    return request.page('A row in quarantine', rowView({ ...opened, ...wordsFor(request), trouble: null }))
  })

  router.post(`${list}/:id/correct`, 'ingest.run', async (request) => {
    const id = idOf(request)
    const row = id && (await quarantinedRow(db, id))
    if (!row) return request.back(list, gone)
    const text = request.form['text'] ?? ''
    const why = request.form['why']?.trim() || 'corrected at the desk'
    const formats = await sourceFor(db, openSource, row.source, row.reading)
    const done = await correctQuarantined(ingest, formats, { id: row.id, text, by: request.visitor.user.id, why })
    if (done.kind === 'gone') return request.back(list, `${done.why}.`)
    if (done.kind === 'taken in')
      return request.back(list, `${plural(done.rows, 'row')} taken in. The original is kept.`)
    const view = { row, text, garbled: false, columns: null, ...wordsFor(request), trouble: done }
    return request.page('A row in quarantine', rowView(view))
  })

  router.post(`${list}/:id/dismiss`, 'ingest.run', async (request) => {
    const id = idOf(request)
    const why = request.form['why']?.trim() ?? ''
    if (!id) return request.back(list, gone)
    if (why === '') return request.back(list, 'Say why nobody needs the row: it is kept with it.')
    const dismissed = await dismissQuarantined({ db, clock }, { ids: [id], by: request.visitor.user.id, why }).then(
      () => true,
      (fault: unknown) => {
        if (fault instanceof UsageError) return false
        throw fault
      },
    )
    return request.back(list, dismissed ? 'Dismissed. The row and the reason are kept.' : gone)
  })

  router.post('/ingest/replay', 'ingest.run', async ({ form, back }) => {
    const source = form['source'] ?? ''
    const here = `${list}?source=${encodeURIComponent(source)}`
    const reports = await replaySource(ingest, openSource, source)
    const sum = (of: 'received' | 'quarantined'): number => reports.reduce((total, report) => total + report[of], 0)
    const [read, waiting] = [sum('received'), sum('quarantined')]
    return back(here, `${plural(read, 'row')} read again: ${read - waiting} are in, ${waiting} still wait.`)
  })

  const wordsFor = ({ visitor, may }: FormRequest) => ({ csrf: visitor.csrf, may, zone: business.zone })
}

const idOf = ({ param }: FormRequest) => parseId<'quarantined'>(param('id'))

import { DateTime } from 'luxon'
import {
  calendarOf, dropCopy, markPublished, moveCopy, planCopy, type Entry, type Planned, type PlacementId,
} from '#campaigns/calendar/calendar.ts' // prettier-ignore
import { calendarCsv, calendarIcs } from '#campaigns/calendar/files.ts'
import { readInstant } from '#ingest/cleanse/instant.ts'
import type { Hash } from '#kernel/ids.ts'
import { forms, type FormName } from '#rag/forms.ts'
import type { Pages } from '../pages.ts'
import { calendarView } from '../views/calendar.ts'
import { showCopy } from './copy.ts'
import type { FormRequest, PageRequest, Router } from './route.ts'

const noMoment = 'Say when: a day and a time.'

/** The calendar of copy that a person publishes. */
export function calendarRoutes(router: Router, pages: Pages): void {
  const { clock } = pages
  const { zone } = pages.business
  const monthOf = ({ query }: PageRequest): DateTime => {
    const asked = DateTime.fromFormat(query('month') ?? '', 'yyyy-MM', { zone })
    return (asked.isValid ? asked : DateTime.fromJSDate(clock(), { zone })).startOf('month')
  }
  const entriesOf = (month: DateTime): Promise<Entry[]> =>
    calendarOf(pages.db, { from: month.toJSDate(), to: month.plus({ months: 1 }).toJSDate(), at: clock() })
  const dueIn = ({ form }: FormRequest): Date | null => readInstant(form['due'] ?? '', ['iso'], zone)

  const show = async (request: PageRequest): Promise<Response> => {
    const month = monthOf(request)
    const { visitor, may, entered } = request
    return request.page('Calendar', calendarView({ entries: await entriesOf(month), month: month.toFormat('yyyy-MM'), entered, zone, csrf: visitor.csrf, may })) // prettier-ignore
  }
  const told = ({ back, again }: FormRequest, done: Planned, words: string): Response | Promise<Response> =>
    done.kind === 'refused' ? again(show, `${done.why}.`) : back('/calendar', words)

  router.get('/calendar', 'campaign.view', show)

  router.get('/calendar/export.csv', 'campaign.view', async (request) => {
    const form = request.query('form') ?? ''
    const name: FormName = Object.hasOwn(forms, form) ? (form as FormName) : 'linkedin'
    request.context.header('content-disposition', `attachment; filename="calendar-${name}.csv"`)
    const csv = calendarCsv(await entriesOf(monthOf(request)), name, zone)
    return request.context.body(csv, 200, { 'content-type': 'text/csv; charset=utf-8' })
  })

  router.get('/calendar/copy.ics', 'campaign.view', async (request) => {
    request.context.header('content-disposition', 'attachment; filename="copy.ics"')
    const ics = calendarIcs(await entriesOf(monthOf(request)), { site: pages.publicUrl, at: clock() })
    return request.context.body(ics, 200, { 'content-type': 'text/calendar; charset=utf-8' })
  })

  router.post('/calendar', 'campaign.release', async (request) => {
    const [dueAt, copy] = [dueIn(request), request.form['copy'] ?? '']
    const ofCopy = (page: PageRequest) => showCopy(pages, page, copy)
    if (!dueAt) return request.again(ofCopy, noMoment)
    const done = await planCopy(pages, { copy: copy as Hash, dueAt, by: request.visitor.user.id })
    if (done.kind === 'refused') return request.again(ofCopy, `${done.why}.`)
    return request.back(`/calendar?month=${DateTime.fromJSDate(dueAt, { zone }).toFormat('yyyy-MM')}`, 'Planned.')
  })

  router.post('/calendar/:id/move', 'campaign.release', async (request) => {
    const dueAt = dueIn(request)
    return dueAt ? told(request, await moveCopy(pages, { ...named(request), dueAt }), 'Moved.') : request.again(show, noMoment) // prettier-ignore
  })

  router.post('/calendar/:id/published', 'campaign.release', async (request) =>
    told(request, await markPublished(pages, { ...named(request), url: request.form['url'] ?? '' }), 'Noted.'),
  )

  router.post('/calendar/:id/drop', 'campaign.release', async (request) =>
    told(request, await dropCopy(pages, named(request)), 'Taken off the calendar.'),
  )
}

const named = ({ param, visitor }: FormRequest) => ({ id: param('id') as PlacementId, by: visitor.user.id })

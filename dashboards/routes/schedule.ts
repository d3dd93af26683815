import { addSchedule, listSchedules, pauseSchedule, resumeSchedule, startSchedule } from '#campaigns/schedule/schedules.ts' // prettier-ignore
import { startable } from '#campaigns/schedule/startable.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { number } from '../campaign-form/fields.ts'
import { cronOf, fieldNames } from '../schedule-form.ts'
import { schedulesView } from '../views/schedule.ts'
import { plural } from '../views/words.ts'
import type { PageRequest, Router } from './route.ts'

const here = '/schedules'

/** Timetables: when campaigns start by themselves, and what came of it. */
export function scheduleRoutes(router: Router, pages: Pages): void {
  const { db, business } = pages

  const show = async ({ page, visitor, may, entered }: PageRequest): Promise<Response> => {
    const [schedules, campaigns] = await Promise.all([listSchedules(pages), startable(db)])
    const actors = schedules.flatMap((one) => [
      one.pausedBy ?? 'millrace',
      ...one.runs.map(({ startedBy }) => startedBy),
    ])
    const named = await actorNames(db, actors)
    return page('Timetables', schedulesView({ schedules, campaigns, named, entered, zone: business.zone, csrf: visitor.csrf, may })) // prettier-ignore
  }

  router.get(here, 'campaign.view', show)

  router.post(here, 'campaign.release', async ({ form, back, again, visitor }) => {
    const cron = cronOf(form)
    if (cron === null) return again(show, 'Say at what time it starts, or write a timetable of your own.')
    const definition = {
      name: form['name']?.trim() || undefined,
      campaign: form['campaign'],
      cron,
      zone: form['zone']?.trim() || business.zone,
      graceMinutes: number(form, 'grace'),
    }
    const done = await addSchedule(pages, { definition, by: visitor.user.id, called: fieldNames })
    return done.kind === 'refused' ? again(show, `${done.why}.`) : back(here, `Set: ${done.definition.name}.`)
  })

  router.post('/schedules/:name/pause', 'campaign.rollback', async ({ form, back, again, visitor, param }) => {
    const reason = form['reason'] ?? ''
    const done = await pauseSchedule(pages, { name: param('name'), by: visitor.user.id, reason })
    return done.kind === 'refused' ? again(show, `${done.why}.`) : back(here, 'Paused. Nothing starts by it.')
  })

  router.post('/schedules/:name/resume', 'campaign.release', async ({ back, visitor, param }) => {
    const done = await resumeSchedule(pages, { name: param('name'), by: visitor.user.id })
    return back(here, done.kind === 'refused' ? `${done.why}.` : 'It goes on with its next start.')
  })

  router.post('/schedules/:name/run', 'campaign.release', async ({ back, visitor, param }) => {
    const done = await startSchedule(pages, { name: param('name'), by: visitor.user.id })
    if (done.kind === 'refused') return back(here, `${done.why}.`)
    if (!done.ran) return back(here, 'It starts within a minute.')
    const { state, why, plan } = done.ran
    return back(here, plan ? `Started: ${plural(plan.enrolled, 'person', 'people')} enrolled.` : `Not started: ${why ?? state}.`) // prettier-ignore
  })
}

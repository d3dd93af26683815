import { moveSwitch, standingSwitches } from '#campaigns/switches.ts'
import { lastChange } from '#governance/flags.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { switchesView } from '../views/switches.ts'
import type { PageRequest, Router } from './route.ts'

const here = '/switches'

/** The kill switch, and below it the switches of channels and campaigns. */
export function switchRoutes(router: Router, pages: Pages): void {
  const { db, clock } = pages
  const { zone } = pages.business

  const show = async ({ page, visitor, may, entered }: PageRequest): Promise<Response> => {
    const sending = await lastChange(db, 'sending')
    const switches = await standingSwitches(db)
    const actors = [sending?.changedBy, ...switches.map(({ moved }) => moved?.movedBy)]
    const named = await actorNames(db, actors.filter((actor) => actor !== undefined)) // prettier-ignore
    return page('Switches', switchesView({ sending, switches, named, entered, zone, csrf: visitor.csrf, may }))
  }

  router.get(here, 'campaign.view', show)

  router.post(here, 'sending.stop', async ({ form, back, again, visitor }) => {
    const asked = form['percent']?.trim() ?? ''
    const percent = /^\d{1,3}$/.test(asked) ? Number(asked) : Number.NaN
    const move = { name: form['name'] ?? '', percent, by: visitor.user.id, reason: form['reason'] ?? '' }
    const done = await moveSwitch({ db, clock }, move)
    if (done.kind === 'refused') return again(show, `${done.why}.`)
    return back(here, done.percent === 0 ? 'Switched off from the next claim on.' : `On for ${done.percent} % of people from the next claim on.`) // prettier-ignore
  })
}

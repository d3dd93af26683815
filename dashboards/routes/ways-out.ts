import {
  candidateNow, checkCandidate, proposeCandidate, proveCandidate, switchWay, testCandidate, type WayOutDeps,
} from '#campaigns/way-out/candidate.ts' // prettier-ignore
import { configured, liveConfiguration } from '#campaigns/way-out/configuration.ts'
import { pointerHistory } from '#kernel/versions.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { configurationFrom } from '../way-out-form.ts'
import { waysOutView } from '../views/ways-out.ts'
import type { Router } from './route.ts'

const here = '/ways-out'

/** How mail leaves: what is live, and what may take its place once it is checked and has proved itself. */
export function wayOutRoutes(router: Router, pages: Pages): void {
  const { db, ways } = pages
  const deps: WayOutDeps = pages

  router.get(here, 'campaign.view', async ({ page, visitor, may }) => {
    const live = await liveConfiguration(db, ways)
    const candidate = await candidateNow(db, ways)
    const history = await pointerHistory(db, 'channel', configured)
    const actors = [candidate?.proposedBy, ...history.map(({ movedBy }) => movedBy)]
    const named = await actorNames(db, actors.filter((actor) => actor !== undefined)) // prettier-ignore
    const { zone } = pages.business
    return page('Ways out', waysOutView({ live, candidate, history, ways, named, zone, csrf: visitor.csrf, may }))
  })

  router.post(here, 'channel.configure', async ({ form, back, visitor }) => {
    const done = await proposeCandidate(deps, { configuration: configurationFrom(form), by: visitor.user.id })
    return back(
      here,
      done.kind === 'refused' ? `${done.why}.` : 'It stands in the second slot. Nothing leaves by it yet.',
    )
  })

  router.post(`${here}/check`, 'channel.configure', async ({ back, visitor }) => {
    const done = await checkCandidate(deps, visitor.user.id)
    return back(here, done.kind === 'refused' ? `${done.why}.` : 'Checked.')
  })

  router.post(`${here}/test`, 'channel.configure', async ({ form, back, visitor }) => {
    const done = await testCandidate(deps, { to: form['to'] ?? '', by: visitor.user.id })
    if (done.kind === 'sent') return back(here, 'Sent. Type the code that stands in it.')
    return back(here, `${done.why}.`)
  })

  router.post(`${here}/code`, 'channel.configure', async ({ form, back, visitor }) => {
    const done = await proveCandidate(deps, { code: form['code'] ?? '', by: visitor.user.id })
    return back(here, done.kind === 'refused' ? `${done.why}.` : 'It arrived.')
  })

  router.post(`${here}/switch`, 'campaign.rollback', async ({ form, back, visitor }) => {
    const word = { seen: form['seen'] ?? '', by: visitor.user.id, reason: form['reason'] ?? '' }
    const done = await switchWay(deps, word)
    if (done.kind === 'refused') return back(here, `${done.why}.`)
    return back(here, done.back ? 'Back: the next claim leaves by it.' : 'Switched: the next claim leaves by it. The same button goes back.') // prettier-ignore
  })
}

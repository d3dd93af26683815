import { rolloutOf, rolloutsOf } from '#campaigns/canary/story.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { knownVersion } from '#campaigns/launch/versions.ts'
import { liveRelease, setRollout } from '#governance/releases.ts'
import type { Pages } from '../pages.ts'
import { rolloutListView, rolloutView } from '../views/rollout.ts'
import { missing, type PageRequest, type Router } from './route.ts'

/** How far new versions have gone, and what their guards say. */
export function rolloutRoutes(router: Router, pages: Pages): void {
  const { db, clock } = pages
  const { zone } = pages.business

  router.get('/rollouts', 'campaign.view', async ({ page }) =>
    page('Rollouts', rolloutListView(await rolloutsOf(db, null), zone)),
  )

  const show = async (request: PageRequest): Promise<Response> => {
    const campaign = request.param('name')
    const known = await knownVersion(db, campaign)
    if (!known) return missing(request, 'There is no campaign of this name.')
    const live = await rolloutOf(db, campaign)
    const { csrf } = request.visitor
    const view = rolloutView({
      campaign,
      ...(live ?? { percent: 0, plan: definitionOf(known).rollout ?? null }),
      isLive: live !== null,
      rollouts: await rolloutsOf(db, campaign),
      zone,
      csrf,
      may: request.may,
      entered: request.entered,
    })
    return request.page(`Rollout of ${campaign}`, view)
  }

  router.get('/campaigns/:name/rollout', 'campaign.view', show)

  router.post('/campaigns/:name/rollout', 'campaign.release', async ({ form, back, again, param, visitor }) => {
    const here = `/campaigns/${encodeURIComponent(param('name'))}/rollout`
    const asked = form['percent'] ?? ''
    if (!/^(\d{1,2}|100)$/.test(asked)) return again(show, 'Say a whole number from 0 to 100.')
    const live = await liveRelease(db, param('name'))
    if (!live) return back('/campaigns', 'There is no campaign of this name.')
    const reason = form['reason']?.trim().slice(0, 500) || 'set at the desk'
    const move = { hash: live.hash, percent: Number(asked), by: visitor.user.id, reason }
    const set = await setRollout({ db, clock }, move)
    return set.kind === 'refused'
      ? again(show, `${set.why}.`)
      : back(here, `It reaches ${set.percent} % from the next claim on.`)
  })
}

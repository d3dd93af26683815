import { html } from 'hono/html'
import { readHouseLift } from '#campaigns/experiments/lift.ts'
import { liftsOf, readExperiments } from '#campaigns/experiments/of-campaign.ts'
import { globalHoldout, holdoutHistory, holdOutOfAll } from '#campaigns/experiments/holdout.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { experimentsView, liftPart } from '../views/experiments.ts'
import { holdoutView } from '../views/holdout.ts'
import { missing, type PageRequest, type Router } from './route.ts'

/** What the experiments of a campaign say, and who is held out of all of them. */
export function experimentRoutes(router: Router, { db, clock, business }: Pages): void {
  router.get('/campaigns/:name/experiments', 'campaign.view', async (request) => {
    const campaign = request.param('name')
    const experiments = await readExperiments({ db, clock }, campaign)
    if (experiments.kind === 'nothing-live') return missing(request, 'There is no campaign of this name.')
    return request.page(`Experiments of ${campaign}`, experimentsView(campaign, experiments, business))
  })

  router.get('/campaigns/:name/lift', 'campaign.view', async ({ context, param }) => {
    const lifts = await liftsOf({ db, clock }, param('name'))
    return context.html(html`<div>${lifts.map((lift) => liftPart(lift, business))}</div>`)
  })

  const showHoldout = async ({ page, visitor, may, entered }: PageRequest): Promise<Response> => {
    const history = await holdoutHistory(db)
    const named = await actorNames(db, history.map(({ movedBy }) => movedBy)) // prettier-ignore
    const now = await globalHoldout(db)
    const lift = await readHouseLift({ db, clock })
    return page(
      'Held out',
      holdoutView({ now, lift, history, named, entered, shown: business, csrf: visitor.csrf, may }),
    )
  }

  router.get('/holdout', 'campaign.view', showHoldout)

  router.post('/holdout', 'holdout.set', async ({ form, back, again, visitor }) => {
    const percent = Number(form['percent']?.trim() || Number.NaN)
    const reason = form['reason']?.trim() || 'set on its page'
    const set = await holdOutOfAll({ db, clock }, { share: percent / 100, by: visitor.user.id, reason })
    if (set.kind === 'refused') return again(showHoldout, `${set.why}.`)
    return back('/holdout', set.share === 0 ? 'Nobody is held out from now on.' : 'Kept. It holds for whoever comes into a campaign from now on.') // prettier-ignore
  })
}

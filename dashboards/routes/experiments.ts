import { readExperiments } from '#campaigns/experiments/splits.ts'
import type { Pages } from '../pages.ts'
import { experimentsView } from '../views/experiments.ts'
import { missing, type Router } from './route.ts'

/** What the experiments of a campaign say. */
export function experimentRoutes(router: Router, { db }: Pages): void {
  router.get('/campaigns/:name/experiments', 'campaign.view', async (request) => {
    const campaign = request.param('name')
    const experiments = await readExperiments(db, campaign)
    if (experiments.kind === 'nothing-live') return missing(request, 'There is no campaign of this name.')
    return request.page(`Experiments of ${campaign}`, experimentsView(campaign, experiments))
  })
}

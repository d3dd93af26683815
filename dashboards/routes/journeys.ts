import { definitionOf } from '#campaigns/definition.ts'
import { dryRun } from '#campaigns/rehearsal/dry-run.ts'
import { migrate, planMigration } from '#campaigns/journeys/migrate.ts'
import { selectStateCounts, selectStepCounts, selectTurnCounts } from '#campaigns/queries/progress.ts'
import { knownVersion, waitingVersions } from '#campaigns/launch/versions.ts'
import { approved } from '#governance/approvals.ts'
import { liveRelease } from '#governance/releases.ts'
import type { Hash } from '#kernel/ids.ts'
import type { Pages } from '../pages.ts'
import { dryRunView } from '../views/dry-run.ts'
import { journeyView } from '../views/journey.ts'
import { plural } from '../views/words.ts'
import { missing, type Router } from './route.ts'
import { askedVersion } from './versions.ts'

const rehearsed = { days: 30, people: 20 }
const at = (name: string): string => `/campaigns/${encodeURIComponent(name)}/journey`
const unknown = 'There is no campaign of this name.'

/** Journeys as people can read them: the steps and who went which way, a rehearsal, and who moves to the live version. */
export function journeyRoutes(router: Router, pages: Pages): void {
  const { db, clock, members, houseCaps } = pages
  const { zone } = pages.business

  router.get('/campaigns/:name/journey', 'campaign.view', async (request) => {
    const name = request.param('name')
    const live = await liveRelease(db, name)
    if (!live) {
      const known = await knownVersion(db, name)
      if (!known) return missing(request, unknown)
      return request.context.redirect(`/campaigns/${encodeURIComponent(name)}/versions/${known.hash}`, 303)
    }
    const plan = await planMigration(db, name)
    const view = journeyView({
      definition: definitionOf(live),
      counted: {
        people: await selectStepCounts(db, name),
        messages: await selectStateCounts(db, name),
        turns: await selectTurnCounts(db, name),
      },
      waiting: await waitingVersions(db, name),
      moves: plan.kind === 'planned' ? plan.moves : [],
      liveHash: live.hash,
      approved: (await approved(db, live.hash)) !== null,
      zone,
      csrf: request.visitor.csrf,
      may: request.may,
    })
    return request.page('The journey', view)
  })

  router.get('/campaigns/:name/dry-run', 'person.view', async (request) => {
    const release = await askedVersion(pages, request)
    if (!release) return missing(request, unknown)
    const run = await dryRun({ db, clock, members, zone, houseCaps }, definitionOf(release), {
      from: clock(),
      ...rehearsed,
    })
    return request.page('What would happen', dryRunView({ campaign: release.name, version: release.hash, run, zone }))
  })

  router.post('/campaigns/:name/migrate', 'campaign.release', async ({ form, back, param, visitor }) => {
    const campaign = param('name')
    const moved = await migrate({ db, clock }, { campaign, to: (form['to'] ?? '') as Hash, by: visitor.user.id })
    if (moved.kind === 'refused') return back(at(campaign), `${moved.why}.`)
    return back(at(campaign), `${plural(moved.people, 'person', 'people')} moved to the live version.`)
  })
}

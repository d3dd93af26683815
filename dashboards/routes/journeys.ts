import { definitionOf } from '#campaigns/definition.ts'
import { dryRun } from '#campaigns/dry-run.ts'
import { migrate, planMigration } from '#campaigns/migrate.ts'
import { selectStateCounts, selectStepCounts } from '#campaigns/queries/progress.ts'
import { approveVersion, currentDefinition, proposeVersion, waitingVersions } from '#campaigns/versions.ts'
import { liveRelease } from '#governance/releases.ts'
import type { Hash } from '#kernel/ids.ts'
import { typedPeople } from '../approve-form.ts'
import { journeyFrom } from '../journey-form.ts'
import type { Pages } from '../pages.ts'
import { dryRunView } from '../views/dry-run.ts'
import { journeyView } from '../views/journey.ts'
import { plural } from '../views/words.ts'
import { missing, type Router } from './route.ts'

const rehearsed = { days: 30, people: 20 }
const at = (name: string): string => `/campaigns/${encodeURIComponent(name)}/journey`
const unknown = 'There is no campaign of this name.'

/** Journeys as people can read and change them: the steps, a rehearsal, new versions and who moves to them. */
export function journeyRoutes(router: Router, pages: Pages): void {
  const { db, clock, members } = pages
  const { zone } = pages.business

  router.get('/campaigns/:name/journey', 'campaign.view', async (request) => {
    const name = request.param('name')
    const live = await liveRelease(db, name)
    if (!live) return missing(request, unknown)
    const plan = await planMigration(db, name)
    const view = journeyView({
      definition: definitionOf(live),
      people: await selectStepCounts(db, name),
      messages: await selectStateCounts(db, name),
      waiting: await waitingVersions(db, name),
      moves: plan.kind === 'planned' ? plan.moves : [],
      liveHash: live.hash,
      zone,
      csrf: request.visitor.csrf,
      may: request.may,
      everybody: request.query('everybody') === 'yes',
    })
    return request.page('The journey', view)
  })

  router.get('/campaigns/:name/dry-run', 'person.view', async (request) => {
    const definition = await currentDefinition(db, request.param('name'))
    if (!definition) return missing(request, unknown)
    const run = await dryRun({ db, clock, members, zone }, definition, { from: clock(), ...rehearsed })
    return request.page('What would happen', dryRunView({ campaign: definition.name, run, zone }))
  })

  router.post('/campaigns/:name/journey', 'campaign.draft', async ({ form, back, param, visitor }) => {
    const name = param('name')
    const definition = await currentDefinition(db, name)
    if (!definition) return back('/campaigns', unknown)
    const proposed = await proposeVersion(
      { db, clock },
      { definition: journeyFrom(definition, form), by: visitor.user.id },
    )
    if (proposed.kind === 'refused') return back(at(name), `${proposed.why}.`)
    return back(at(name), `Kept as version ${proposed.releaseHash.slice(0, 12)}. It waits for somebody's yes.`)
  })

  router.post('/campaigns/:name/versions/:hash/approve', 'campaign.approve', async ({ form, back, param, visitor }) => {
    const launched = await approveVersion(pages, {
      releaseHash: param('hash') as Hash,
      by: visitor.user.id,
      ...typedPeople(form),
    })
    if (launched.kind === 'launched')
      return back(at(launched.campaign), `Approved. ${plural(launched.plan.enrolled, 'person', 'people')} came in.`)
    return back(`${at(param('name'))}${launched.rule === 'everybody' ? '?everybody=yes' : ''}`, `${launched.why}.`)
  })

  router.post('/campaigns/:name/migrate', 'campaign.release', async ({ form, back, param, visitor }) => {
    const campaign = param('name')
    const moved = await migrate({ db, clock }, { campaign, to: (form['to'] ?? '') as Hash, by: visitor.user.id })
    if (moved.kind === 'refused') return back(at(campaign), `${moved.why}.`)
    return back(at(campaign), `${plural(moved.people, 'person', 'people')} moved to the live version.`)
  })
}

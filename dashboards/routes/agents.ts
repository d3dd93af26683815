import { delegate, takeBack } from '#governance/agents/delegate.ts'
import { listDelegations, workOf } from '#governance/agents/decide.ts'
import { agentNamed, agentNames, type DeclaredAgent } from '#governance/agents/declared.ts'
import { agentStanding } from '#governance/agents/reviews.ts'
import { setFlag } from '#governance/flags.ts'
import { listSegments } from '#graph/segments/registry.ts'
import type { Hash } from '#kernel/ids.ts'
import { actorNames } from '../actor-names.ts'
import { scopeFrom } from '../agent-form.ts'
import type { Pages } from '../pages.ts'
import { agentsView, type ShownAgent } from '../views/agents.ts'
import { when } from '../views/words.ts'
import type { FormRequest, PageRequest, Router } from './route.ts'

const shownDelegations = 20
const unknown = 'There is no such agent.'
const here = '/agents'

/** The agents of the house: their switches, their first hundred, and what was delegated to them. */
export function agentRoutes(router: Router, pages: Pages): void {
  const { db, clock } = pages
  const { zone } = pages.business

  const show = async ({ page, visitor, may, entered }: PageRequest): Promise<Response> => {
    const agents = await Promise.all(agentNames.map((name) => shown(pages, name)))
    const segments = await listSegments(db)
    const view = { agents, segments, entered, csrf: visitor.csrf, zone, may, now: clock() }
    return page('Agents', agentsView(view))
  }
  router.get(here, 'campaign.view', show)

  const moving =
    (on: boolean) =>
    async ({ form, back, again, visitor, param }: FormRequest) => {
      const agent = agentNamed(param('name'))
      if (!agent) return back(here, unknown)
      const reason = form['reason']?.trim() || 'no reason given'
      const done = await setFlag({ db, clock }, { name: `agent.${agent}`, on, by: visitor.user.id, reason })
      if (done.kind === 'refused') return again(show, `${done.why}.`)
      return back(here, on ? 'Switched on.' : 'Switched off: it starts nothing more, and nothing is left to it.')
    }
  router.post('/agents/:name/on', 'agent.start', moving(true))
  router.post('/agents/:name/off', 'agent.stop', moving(false))

  router.post('/agents/:name/delegate', 'agent.delegate', async ({ form, back, again, visitor, param }) => {
    const agent = agentNamed(param('name'))
    if (!agent) return back(here, unknown)
    const scope = scopeFrom(form, await listSegments(db))
    const reason = form['reason']?.trim() || 'no reason given'
    const given = await delegate({ db, clock }, { agent, scope, by: visitor.user.id, reason })
    if (given.kind === 'refused') return again(show, `${given.why}.`)
    return back(here, `Delegated until ${when(given.until, zone)}. It can be taken back at any moment.`)
  })

  router.post('/agents/delegations/:id/take-back', 'agent.stop', async ({ form, back, again, visitor, param }) => {
    const reason = form['reason']?.trim() || 'no reason given'
    const done = await takeBack({ db, clock }, { hash: param('id') as Hash, by: visitor.user.id, reason })
    if (done.kind === 'refused') return again(show, `${done.why}.`)
    return back(here, 'Taken back: from now on a person decides.')
  })
}

/** An agent as the page shows it, with names where ids stood. */
async function shown({ db }: Pages, agent: DeclaredAgent): Promise<ShownAgent> {
  const standing = await agentStanding(db, agent)
  const delegations = await listDelegations(db, agent, shownDelegations)
  const work = await workOf(db, agent, delegations)
  const actors = [standing.flag.moved?.changedBy, ...delegations.flatMap((one) => [one.givenBy, one.takenBackBy])]
  const named = await actorNames(db, actors.filter((actor) => actor !== undefined && actor !== null)) // prettier-ignore
  return { ...standing, named, delegations: delegations.map((one, index) => ({ ...one, work: work[index]! })) }
}

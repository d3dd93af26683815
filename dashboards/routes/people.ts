import { explainPerson } from '#ingest/identity/explain.ts'
import { findPeople, peopleCount, personProfile, personTimeline } from '#ingest/identity/people.ts'
import { unmerge } from '#ingest/identity/unmerge.ts'
import { parseId } from '#kernel/ids.ts'
import type { Pages } from '../pages.ts'
import { peopleView } from '../views/people.ts'
import { personView } from '../views/person.ts'
import { missing, type Router } from './route.ts'

const pageSize = 50
const timelineLength = 60
const around = { depth: 2, limit: 40 }

/** Customers: the list, one person with what is known and why, and taking two apart again. */
export function peopleRoutes(router: Router, pages: Pages): void {
  const { db, clock, graph, business } = pages

  router.get('/people', 'person.view', async ({ page, query }) => {
    const search = query('search') ?? ''
    const offset = Math.max(0, Number.parseInt(query('from') ?? '0', 10) || 0)
    const [counts, people] = await Promise.all([peopleCount(db), findPeople(db, { search, limit: pageSize, offset })])
    return page('People', peopleView({ counts, people, search, offset, pageSize, business }))
  })

  router.get('/people/:id', 'person.view', async (request) => {
    const personId = parseId<'person'>(request.param('id'))
    const profile = personId && (await personProfile(db, personId))
    if (!profile) return missing(request, 'Nobody bears this id now. They may have been merged: search for the name.')
    const timeline = await personTimeline(db, profile.personId, timelineLength)
    const explanation = await explainPerson(db, profile.personId)
    const neighbourhood = await graph.neighbourhood(
      { kind: 'person', id: profile.personId },
      { at: clock(), ...around },
    )
    const view = personView({
      profile,
      timeline,
      explanation,
      neighbourhood,
      business,
      csrf: request.visitor.csrf,
      may: request.may,
    })
    return request.page(view.title, view.main)
  })

  router.post('/people/:id/apart', 'person.merge', async ({ form, back, visitor, param }) => {
    const left = parseId<'identifier'>(form['left'])
    const right = parseId<'identifier'>(form['right'])
    const here = `/people/${param('id')}`
    if (!left || !right) return back(here, 'Choose two identifiers to take apart.')
    const reason = form['reason']?.trim() || 'said by a person at the desk'
    const outcome = await unmerge({ db, clock }, { left, right, by: visitor.user.id, reason })
    if (outcome.kind === 'refused') return back(here, outcome.why)
    if (outcome.kind === 'together') return back(here, 'They still are one person: other evidence joins them.')
    return back(`/people/${outcome.leftPerson}`, 'Taken apart. Each has their own history again.')
  })
}

import { nodeKinds } from '#graph/kinds.ts'
import { nextBest, scoresOf } from '#graph/scores/scores-of.ts'
import { explainPerson } from '#ingest/identity/explain.ts'
import { foreseeLeaving } from '#ingest/identity/foresee.ts'
import { changesOf } from '#ingest/identity/history.ts'
import { findPeople, peopleCount, personProfile, personTimeline, type PersonProfile } from '#ingest/identity/people.ts'
import { reviewQueue } from '#ingest/identity/review.ts'
import { remerge, unmerge } from '#ingest/identity/unmerge.ts'
import { parseId } from '#kernel/ids.ts'
import { actorNames } from '../actor-names.ts'
import type { Pages } from '../pages.ts'
import { peopleView } from '../views/people.ts'
import { personView } from '../views/person.ts'
import { unsaidWords } from './identity-pair.ts'
import { pairOf, reasonOf, wordsOf } from './identity.ts'
import { missing, placeIn, type Request, type Router } from './route.ts'

const pageSize = 50
const timelineLength = 60
const changesShown = 20
const nextShown = 3
const listed = 8
/** Not by way of segments: these join everybody with everybody. */
const around = { fanOut: 15, depth: 2, limit: 40, kinds: nodeKinds.filter((kind) => kind !== 'segment') }

/** Customers: the list, one person with what is known and why, and taking two apart again. */
export function peopleRoutes(router: Router, pages: Pages): void {
  const { db, identity, business } = pages

  router.get('/people', 'person.view', async ({ page, query, may }) => {
    const search = query('search') ?? ''
    const offset = placeIn(query('from'))
    const [counts, people, { open, putOff }] = await Promise.all([
      peopleCount(db),
      findPeople(db, { search, limit: pageSize, offset }),
      reviewQueue(db, { limit: 0 }),
    ])
    const toCheck = may('identity.view') ? open + putOff : 0
    return page('People', peopleView({ counts, people, toCheck, search, offset, pageSize, business }))
  })

  router.get('/people/:id', 'person.view', async (request) => {
    const personId = parseId<'person'>(request.param('id'))
    const profile = personId && (await personProfile(db, personId))
    if (!profile) return missing(request, 'Nobody bears this id now. They may have been merged: search for the name.')
    const view = personView(await personData(pages, profile, request))
    return request.page(view.title, view.main)
  })

  router.post('/people/:id/apart', 'identity.decide', async ({ form, back, visitor, param }) => {
    const here = `/people/${param('id')}`
    const pair = pairOf(form['left'], form['right'])
    if (!pair) return back(here, 'Choose two identifiers to take apart.')
    const outcome = await unmerge(identity, { ...pair, by: visitor.user.id, reason: reasonOf(form) })
    if (outcome.kind === 'refused') return back(here, `${outcome.why}.`)
    const staying = outcome.kind === 'apart' ? outcome.leftPerson : outcome.person
    return back(`/people/${staying}`, wordsOf(outcome, 'different'))
  })

  router.post('/people/:id/together', 'identity.decide', async ({ form, back, visitor, param }) => {
    const here = `/people/${param('id')}`
    const pair = pairOf(form['left'], form['right'])
    if (!pair) return back(here, 'Choose two identifiers.')
    const outcome = await remerge(identity, { ...pair, by: visitor.user.id, reason: reasonOf(form) })
    return back(outcome.kind === 'together' ? `/people/${outcome.person}` : here, unsaidWords(outcome))
  })
}

/** All that the page of a person shows. */
async function personData({ db, clock, graph, business }: Pages, profile: PersonProfile, { visitor, may }: Request) {
  const { personId } = profile
  const [timeline, explanation, leaving, neighbourhood, context, scores, next] = await Promise.all([
    personTimeline(db, personId, timelineLength),
    explainPerson(db, personId),
    foreseeLeaving({ db, clock }, personId),
    graph.neighbourhood({ kind: 'person', id: personId }, { at: clock(), ...around }),
    graph.personContext(personId, { at: clock(), limit: listed }),
    scoresOf(db, personId, clock()),
    nextBest(db, personId, nextShown),
  ])
  const ever = [...new Set([...profile.identifiers.map(({ id }) => id), ...explanation.history.map((row) => row.identifierId)])] // prettier-ignore
  const changes = await changesOf(db, ever, changesShown)
  const named = await actorNames(db, [...explanation.because, ...explanation.apartFrom, ...changes].map(({ actor }) => actor)) // prettier-ignore
  return {
    profile,
    timeline,
    explanation,
    leaving,
    neighbourhood,
    context,
    scores,
    next,
    changes,
    named,
    business,
    csrf: visitor.csrf,
    may,
  }
}

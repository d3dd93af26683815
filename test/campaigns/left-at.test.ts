import { expect, it } from 'vitest'
import { definitionOf } from '#campaigns/definition.ts'
import { journeyFlow } from '#campaigns/journeys/flow.ts'
import { selectStateCounts, selectStepCounts, selectTurnCounts } from '#campaigns/queries/progress.ts'
import { whyPerson } from '#campaigns/why.ts'
import { clock, db, deps, owner } from './house.ts'
import { everybody, releaseJourney, send, standings, working } from './journey-world.ts'
import { addPeople, campaign, enrol, oneReader, readers } from './world.ts'

it('counts who leaves by an exit there, and who comes to the end at the step behind which it is', async () => {
  const people = await addPeople(db, clock, readers(3))
  const first = people[0]!.personId
  const { settle } = working(deps, (_rule, _at, among = []) => Promise.resolve(among.filter((id) => id === first)))
  const release = await releaseJourney(deps, owner, [
    send('hello'),
    { key: 'pause', kind: 'wait', minutes: 60 },
    { key: 'who', kind: 'branch', when: [{ if: { subscribed: true }, to: 'more' }], otherwise: 'bye' },
    { key: 'bye', kind: 'exit', reason: 'no interest' },
    send('more'),
    { key: 'rest', kind: 'wait', minutes: 60 },
  ])
  await enrol(deps, release, people)
  for (let hours = 0; hours < 3; hours++) {
    await settle()
    clock.advance(3_600_000)
  }
  await settle()
  const left = 'bye: left: no interest'
  expect((await standings(db)).map(({ stepKey, ended }) => `${stepKey}: ${ended}`)).toEqual(['rest: completed', left, left]) // prettier-ignore
  const flow = journeyFlow(definitionOf(release), {
    people: await selectStepCounts(db, campaign),
    messages: await selectStateCounts(db, campaign),
    turns: await selectTurnCounts(db, campaign),
  })
  const told = new Map(flow.map(({ key, ...one }) => [key, one]))
  expect(told.get('pause')).toEqual({ came: 3, here: 0, went: [{ to: 'who', people: 3 }], ended: [] })
  expect(told.get('who')).toMatchObject({ came: 3, went: [{ to: 'more', people: 1 }, { to: 'bye', people: 2 }] }) // prettier-ignore
  expect(told.get('bye')).toEqual({ came: 2, here: 0, went: [], ended: [{ reason: 'left: no interest', people: 2 }] })
  expect(told.get('rest')).toEqual({ came: 1, here: 0, went: [{ to: null, people: 1 }], ended: [] })
  const { words } = await whyPerson(db, campaign, people[1]!.personId)
  expect(words).toContain('At who they went on to bye because none of its rules selects them.')
  expect(words).toContain('Their journey ended: left: no interest.')
})

it('of somebody who waits for an event, why says where they stand, and promises no message', async () => {
  const reader = await oneReader(db, clock)
  const visit = {
    key: 'visit',
    kind: 'wait' as const,
    forEvent: { event: 'page', withinMinutes: 600 },
    otherwise: 'bye',
  }
  const journey = [visit, send('hello', { next: 'bye' }), { key: 'bye', kind: 'exit' as const, reason: 'none' }]
  await enrol(deps, await releaseJourney(deps, owner, journey), [reader])
  await working({ db, clock }, everybody).settle()
  const why = async () => (await whyPerson(db, campaign, reader.personId)).words
  expect(await why()).toBe('Enrolled. They stand at visit, and are looked at again on 2026-03-02 20:00 UTC.')
})

it('of somebody whose message is due next, why says when', async () => {
  const reader = await oneReader(db, clock)
  const release = await releaseJourney(deps, owner, [send('hello')], { startAt: '2026-03-10T10:00:00Z' })
  await enrol(deps, release, [reader])
  const why = await whyPerson(db, campaign, reader.personId)
  expect(why.words).toBe('Enrolled; the first message is due 2026-03-10 10:00 UTC.')
})

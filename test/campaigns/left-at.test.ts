import { expect, it } from 'vitest'
import { definitionOf } from '#campaigns/definition.ts'
import { journeyFlow } from '#campaigns/journeys/flow.ts'
import { selectStateCounts, selectStepCounts, selectTurnCounts } from '#campaigns/queries/progress.ts'
import type { Release } from '#governance/release.ts'
import { whyPerson } from '#campaigns/why.ts'
import { clock, db, deps, owner } from './house.ts'
import { everybody, happened, releaseJourney, send, standings, working } from './journey-world.ts'
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
  const told = await flowOf(release)
  expect(told.get('pause')).toEqual({ came: 3, here: 0, went: [{ to: 'who', people: 3 }], ended: [] })
  expect(told.get('who')).toMatchObject({ came: 3, went: [{ to: 'more', people: 1 }, { to: 'bye', people: 2 }] }) // prettier-ignore
  expect(told.get('bye')).toEqual({ came: 2, here: 0, went: [], ended: [{ reason: 'left: no interest', people: 2 }] })
  expect(told.get('rest')).toEqual({ came: 1, here: 0, went: [{ to: null, people: 1 }], ended: [] })
  const { words } = await whyPerson(db, campaign, people[1]!.personId)
  expect(words).toContain('At who they went on to bye because none of its rules selects them.')
  expect(words).toContain('Their journey ended: left: no interest.')
})

it('counts whoever a way leads to the end as having completed the journey, whatever stands below', async () => {
  const people = await addPeople(db, clock, readers(3))
  const first = people[0]!.personId
  const { settle, follow, sent } = working(deps, (rule, _at, among = []) => Promise.resolve(among.filter((id) => 'subscribed' in rule && id === first))) // prettier-ignore
  const release = await releaseJourney(deps, owner, [
    { key: 'who', kind: 'branch', when: [{ if: { subscribed: true }, to: null }, { if: { lifecycle: 'lead' }, to: 'late' }] },
    { key: 'reply', kind: 'wait', forEvent: { event: 'replied', withinMinutes: 60 }, otherwise: null },
    send('more', { next: null }),
    send('late'),
  ]) // prettier-ignore
  await enrol(deps, release, people)
  await settle()
  await happened(db, clock, people[2]!, 'replied', { at: new Date(clock().getTime() + 60_000) })
  clock.advance(2 * 3_600_000)
  await follow()
  await settle()
  expect(sent()).toEqual(['reader2@example.com more'])
  expect((await standings(db)).map(({ stepKey, ended }) => `${stepKey}: ${ended}`)).toEqual(['who: completed', 'reply: completed', 'more: completed']) // prettier-ignore
  const told = await flowOf(release)
  expect(told.get('who')).toMatchObject({ came: 3, went: [{ to: null, people: 1 }, { to: 'late', people: 0 }, { to: 'reply', people: 2 }], ended: [] }) // prettier-ignore
  expect(told.get('reply')).toMatchObject({ came: 2, went: [{ to: 'more', people: 1 }, { to: null, people: 1 }], ended: [] }) // prettier-ignore
  expect(told.get('more')).toMatchObject({ came: 1, went: [{ to: null, people: 1 }], ended: [] })
  const why = await Promise.all(people.map(async ({ personId }) => (await whyPerson(db, campaign, personId)).words))
  expect(why[0]).toBe('At who they went to the end because they have a running subscription.')
  expect(why[1]).toContain('At reply they went to the end because they did not do “replied” in time.')
  expect(why.join()).not.toContain('Their journey ended')
})

async function flowOf(release: Release) {
  const flow = journeyFlow(definitionOf(release), {
    people: await selectStepCounts(db, campaign),
    messages: await selectStateCounts(db, campaign),
    turns: await selectTurnCounts(db, campaign),
  })
  return new Map(flow.map(({ key, ...one }) => [key, one]))
}

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

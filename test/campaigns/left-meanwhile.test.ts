import { describe, expect, it } from 'vitest'
import type { Channel, Outcome } from '#campaigns/channel.ts'
import { claimBatch, leaseMs } from '#campaigns/delivery/claim.ts'
import { advanceJourneys } from '#campaigns/journeys/plan.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { clock, db, deps, owner } from './house.ts'
import { happened, releaseJourney, send, standings, working } from './journey-world.ts'
import { addPeople, campaign, enrol, ledger, memoryChannel, readers, workerOver } from './world.ts'

const minute = 60_000
const hour = 60 * minute

describe('who reaches the goal while a worker has their message', () => {
  const goal = { goalReachedBy: { event: 'order_paid', withinDays: 2 } }
  const journeys: [string, Parameters<typeof releaseJourney>[2]][] = [
    ['last', [send('one')]],
    ['first', [send('one'), { key: 'pause', kind: 'wait', minutes: 60 }, send('two')]],
  ]

  it.each(journeys)('is not written to when the worker stops, and it was their %s', async (_, journey) => {
    const [person] = await addPeople(db, clock, readers(1))
    const { settle, follow, sent } = working({ db, clock })
    await enrol(deps, await releaseJourney(deps, owner, journey, goal), [person!])
    const worker = workerOver(db, memoryChannel().channel, clock)
    await advanceJourneys(worker, { campaign, limit: 10 })
    expect(await claimBatch(worker, { campaign, limit: 10 })).toMatchObject({ kind: 'claimed', count: 1 })
    clock.advance(minute)
    await happened(db, clock, person!, 'order_paid')
    clock.advance(minute)
    await follow()
    clock.advance(leaseMs)
    await settle()
    expect(sent()).toEqual([])
    expect((await ledger(db)).get(person!.address)).toMatchObject({ state: 'suppressed', reason: 'goal reached' })
    expect(await standings(db)).toMatchObject([{ ended: 'goal reached' }])
  })

  it.each(journeys)('is not written to when it is put off, and it was their %s', async (_, journey) => {
    const [person] = await addPeople(db, clock, readers(1))
    const { settle, follow, sent } = working({ db, clock })
    await enrol(deps, await releaseJourney(deps, owner, journey, goal), [person!])
    const later: Outcome = { kind: 'retry', scope: 'message', why: '451 later' }
    const busy: Channel = { ...memoryChannel().channel, send: async ({ messages }) => {
      clock.advance(minute)
      await happened(db, clock, person!, 'order_paid')
      clock.advance(minute)
      await follow()
      return messages.map(() => later)
    } } // prettier-ignore
    await tick(workerOver(db, busy, clock))
    clock.advance(hour)
    await settle()
    expect(sent()).toEqual([])
    expect((await ledger(db)).get(person!.address)).toMatchObject({ state: 'suppressed', reason: 'goal reached' })
  })
})

describe('a campaign whose last messages a worker has', () => {
  it.each([
    ['put off', 'retry'],
    ['not come to', 'later'],
  ] as const)('is over when they have left, and not before: here they are %s', async (_, kind) => {
    const people = await addPeople(db, clock, readers(3))
    const { settle, follow, sent } = working({ db, clock })
    const journey = [send('one'), { key: 'pause', kind: 'wait' as const, minutes: 600 }, send('two')]
    await enrol(deps, await releaseJourney(deps, owner, journey, { ends: { sends: 3 } }), people)
    const slow: Channel = { ...memoryChannel().channel, send: async ({ messages }) => {
      expect(await follow()).toMatchObject([{ over: null }])
      return messages.map(() => ({ kind, scope: 'message', why: 'not yet' }))
    } } // prettier-ignore
    await tick(workerOver(db, slow, clock))
    clock.advance(hour)
    await settle()
    expect(sent().toSorted()).toEqual(people.map(({ address }) => `${address} one`))
    expect(await follow()).toMatchObject([{ over: 'the campaign is over: its 3 messages are sent' }])
  })
})

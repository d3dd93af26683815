import { describe, expect, it } from 'vitest'
import { suppress } from '#ingest/consent.ts'
import { defaultLimits } from '#campaigns/definition.ts'
import { problemLines, problemsOf } from '#campaigns/definition/soundness.ts'
import { holdOutOfAll } from '#campaigns/experiments/holdout.ts'
import { campaignWords } from '#campaigns/journeys/campaign-words.ts'
import { selectWaitingCampaigns } from '#campaigns/queries/claims.ts'
import { unsubscribe } from '#campaigns/heard/reader-events.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { clock, db, deps, owner } from './house.ts'
import { aJourney, releaseJourney, send, type Change } from './journey-world.ts'
import {
  aBody, addPeople, campaign, enrol, ledger, linksKey, memoryChannel, readers, releaseBody, states, workerOver,
} from './world.ts' // prettier-ignore

const answering: Change = { kind: 'transactional', enter: { onEvent: { event: 'order_paid' } } }
const { enter: _, ...toAll } = answering

describe('a transactional message', () => {
  it('reaches who never agreed to marketing or left it, and nobody whose address is dead, who complained or shut us out', async () => {
    const addresses = ['never', 'left', 'tired', 'bounced', 'complained', 'blocked', 'erased', 'both']
    const people = await addPeople(db, clock, addresses.map((name) => ({ address: `${name}@example.com`, givenName: 'A', consent: name !== 'never' }))) // prettier-ignore
    const reasons = [[], ['unsubscribed'], ['unengaged'], ['bounced'], ['complained'], ['blocked'], ['erased'], ['unsubscribed', 'complained']] // prettier-ignore
    const shut = reasons.flatMap((all, at) => all.map((reason) => ({ identifierId: people[at]!.identifierId, channel: 'email', reason, occurredAt: clock() }))) // prettier-ignore
    for (const one of shut) await db.transaction((tx) => suppress(tx, [one]))
    await enrol(deps, await releaseJourney(deps, owner, [send('receipt')], toAll), people)
    await tick(workerOver(db, memoryChannel().channel, clock))
    const told = await ledger(db)
    const state = (name: string) => told.get(`${name}@example.com`)?.state
    expect(addresses.filter((name) => state(name) === 'sent')).toEqual(['never', 'left', 'tired'])
    expect(told.get('both@example.com')?.reason).toContain('complained')
  })

  it('is left by one click, which ends what was asked for too', async () => {
    const people = await addPeople(db, clock, readers(1))
    const release = await releaseJourney(deps, owner, [send('receipt'), send('more')], toAll)
    await enrol(deps, release, people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    await tick({ ...worker, claimSize: 1 })
    const token = /\/u\/([\w-]+)/.exec(memory.given[0]!.headers['List-Unsubscribe']!)![1]!
    await unsubscribe({ db, clock, linksKey }, { token, how: 'one-click' })
    for (let round = 0; round < 3; round++) await tick(worker)
    expect(memory.given).toHaveLength(1)
    expect(await states(db)).toEqual({ delivered: 1, suppressed: 1 })
  })

  it('is rationed by no cap of the house and kept from nobody', async () => {
    await holdOutOfAll(deps, { share: 0.5, by: owner, reason: 'to measure' })
    const people = await addPeople(db, clock, readers(20))
    await enrol(deps, await releaseJourney(deps, owner, [send('receipt'), send('more')], toAll), people)
    const worker = workerOver(db, memoryChannel().channel, clock, { houseCaps: { perPersonPerDay: 1, perPersonPerWeek: 1 } }) // prettier-ignore
    for (let round = 0; round < 3; round++) await tick(worker)
    expect(await states(db)).toEqual({ sent: 40 })
  })

  it('is claimed before any marketing, whatever its priority', async () => {
    const people = await addPeople(db, clock, readers(1))
    await enrol(deps, await releaseBody(deps, owner, aBody(), { name: 'a-sale', limits: { priority: 9 } }), people)
    await enrol(deps, await releaseJourney(deps, owner, [send('receipt')], { ...toAll, limits: { ...defaultLimits, priority: 0 } }), people) // prettier-ignore
    expect(await selectWaitingCampaigns(db, clock())).toEqual([campaign, 'a-sale'])
    const memory = memoryChannel()
    await tick(workerOver(db, memory.channel, clock))
    expect(memory.given[0]?.subject).toBe('receipt')
  })
})

describe('a transactional message that comes due in the middle of a round', () => {
  it('does not wait until the marketing of the round is through', async () => {
    const people = await addPeople(db, clock, readers(1))
    for (const name of ['a-sale', 'b-sale', 'c-sale']) await enrol(deps, await releaseBody(deps, owner, aBody(), { name }), people) // prettier-ignore
    const receipt = await releaseJourney(deps, owner, [send('receipt')], toAll)
    const memory = memoryChannel()
    const { channel } = memory
    const late = { ...channel, send: async (...batch: Parameters<typeof channel.send>) => {
      if (memory.given.length === 0) await enrol(deps, receipt, people)
      return channel.send(...batch)
    } } // prettier-ignore
    await tick(workerOver(db, late, clock))
    expect(memory.given.map(({ subject }) => subject === 'receipt')).toEqual([false, true, false, false])
  })
})

describe('a campaign that calls itself transactional', () => {
  const objections = async (change: Change, steps = [send('receipt')]) =>
    problemLines(problemsOf(await aJourney(deps, steps, { ...answering, ...change }))).join('\n')

  it('may answer what people do', async () => {
    expect(await objections({})).toBe('')
    expect(await objections({ enter: { byList: true }, ifUnknown: 'send-again' })).toBe('')
  })

  it('is refused where it would be marketing', async () => {
    expect(await objections({ enter: undefined })).toContain('lets in whoever is selected')
    expect(await objections({ enter: { becomes: { subscribed: true } } })).toContain('lets in whoever is selected')
    expect(await objections({ holdout: { share: 0.1 } })).toContain('nothing is tried with it')
    expect(await objections({ limits: { ...defaultLimits, perPersonPerWeek: 1 } })).toContain('no window and no cap')
    const series = [send('receipt'), { key: 'rest', kind: 'wait' as const, minutes: 2_880 }, send('offer')]
    expect(await objections({}, series)).toContain('Step “rest” waits for longer than a day')
    const monday = {
      key: 'rest',
      kind: 'wait' as const,
      until: { time: '09:00', days: [1], zone: 'business' as const },
    }
    expect(await objections({}, [send('receipt'), monday, send('offer')])).toContain('Step “rest” waits for longer than a day') // prettier-ignore
    const best = { key: 'rest', kind: 'wait' as const, until: { time: '09:00', zone: 'business' as const, best: { control: 0.2 } } } // prettier-ignore
    expect(await objections({}, [send('receipt'), best, send('offer')])).toContain('nothing is tried with it')
    expect(await objections({ kind: 'marketing', ifUnknown: 'send-again' })).toContain('marketing is never sent twice')
  })

  it('tells its approver in words what they answer for', async () => {
    const words = async (change: Change) => campaignWords(await aJourney(deps, [send('receipt')], change), 'Europe/Amsterdam') // prettier-ignore
    expect((await words(answering)).find(({ part }) => part === 'What kind it is')?.words).toContain(
      'unsubscribed from it',
    )
    expect((await words({})).some(({ part }) => part === 'What kind it is')).toBe(false)
  })
})

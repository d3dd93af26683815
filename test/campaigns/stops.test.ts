import { beforeEach, describe, expect, it } from 'vitest'
import { letChannelGoOn } from '#campaigns/stops/channel-stops.ts'
import { countDomain, lookAtReputation, releaseBreaker } from '#campaigns/deliverability/reputation.ts'
import { claimBatch } from '#campaigns/delivery/claim.ts'
import { deliver } from '#campaigns/delivery/deliver.ts'
import { announceSends } from '#campaigns/delivery/outbox.ts'
import { recordProviderEvent } from '#campaigns/heard/provider-events.ts'
import { tellOfStops } from '#campaigns/stops/tell-of-stops.ts'
import { judgedTexts, lookAtTexts } from '#campaigns/stops/text-breaker.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import type { DeliveryId, UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { memoryTexts, textWorld } from './text-world.ts'
import { aClock, addPeople, anOwner, enrol, memoryChannel, releaseBody, sender, states, workerOver } from './world.ts'

const db = testDatabase()
let clock = aClock()
let owner: UserId
const mail = memoryChannel()
beforeEach(async () => {
  clock = aClock()
  owner = await anOwner(db, clock)
  mail.given.length = 0
})
const { readers, launched, round } = textWorld(db, () => ({ clock, owner }))
const heard = () => tellOfStops({ db, clock, channel: mail.channel, sender, publicUrl: 'https://desk.example' })
const looked = () => lookAtTexts({ db, clock })

it.each([
  [9, 9, false],
  [10, 10, true],
  [20, 10, false],
  [20, 11, true],
  [10_000, 5_000, false],
])('of %i texts that were taken, %i that failed stop a channel: %s', (taken, failed, stops) => {
  expect(judgedTexts({ taken, failed }) !== null).toBe(stops)
})

describe('a provider that takes every text and reports each as failed', () => {
  const sms = (limit: number) => memoryTexts('sms', { maxBatch: limit })
  const people = (count: number) =>
    readers(Array.from({ length: count }, (_, n) => ({ phone: `+3161234${1_000 + n}`, agreed: ['sms'] as const })))
  const told = async (ids: readonly DeliveryId[], kind: 'failed' | 'undeliverable' | 'delivered') => {
    for (const deliveryId of ids) {
      const event = kind === 'delivered' ? { kind } : { kind, why: 'no route' }
      await recordProviderEvent({ db, clock }, { message: { deliveryId }, occurredAt: clock(), event, channel: 'sms' })
    }
    await announceSends({ db, clock })
  }

  it('is stopped also where it says so before the house has taken note that the texts left', async () => {
    await launched(await people(12), 'sms')
    const { channel, given } = sms(12)
    const worker = workerOver(db, channel, clock)
    const claim = await claimBatch(worker, { campaign: 'spring', limit: 12, via: channel })
    if (claim.kind !== 'claimed') throw new Error(claim.kind)
    await deliver(worker, claim.approved, claim, new AbortController().signal)
    await told(given.map(({ deliveryId }) => deliveryId), 'failed') // prettier-ignore
    expect(await looked()).toEqual([{ channel: 'sms', why: expect.stringContaining('12 of them failed') as string }])
  })

  it('is stopped before everybody was written to, people hear of it once, and it goes on by their word', async () => {
    await launched(await people(24), 'sms')
    const { channel, given } = sms(12)
    const worker = workerOver(db, channel, clock, { claimSize: 12 })
    await tick(worker)
    clock.advance(60_000)
    await told(given.map(({ deliveryId }) => deliveryId), 'failed') // prettier-ignore
    expect(await looked()).toEqual([{ channel: 'sms', why: expect.stringContaining('12 of them failed') as string }])
    expect(await looked()).toEqual([])
    await tick(worker)
    expect(given).toHaveLength(12)
    expect((await states(db))['planned']).toBe(12)
    expect(await heard()).toEqual([{ stopped: 'SMS', reached: 1 }])
    expect(await heard()).toEqual([])
    expect(mail.given).toMatchObject([{ to: 'owner@alder.example', subject: 'SMS was stopped' }])

    await letChannelGoOn({ db, clock }, { channel: 'sms', by: owner, reason: 'the provider mended it' })
    expect(await looked()).toEqual([])
    clock.advance(60_000)
    await tick(worker)
    expect(given).toHaveLength(24)
    clock.advance(60_000)
    await told(given.slice(12).map(({ deliveryId }) => deliveryId), 'undeliverable') // prettier-ignore
    expect(await looked()).toMatchObject([{ channel: 'sms' }])
    expect(await heard()).toEqual([{ stopped: 'SMS', reached: 1 }])
  })

  it('goes on where most of its texts arrive', async () => {
    await launched(await people(24), 'sms')
    const { channel, given } = sms(50)
    await round(channel)
    clock.advance(60_000)
    await told(given.slice(0, 11).map(({ deliveryId }) => deliveryId), 'failed') // prettier-ignore
    await told(given.slice(11).map(({ deliveryId }) => deliveryId), 'delivered') // prettier-ignore
    expect(await looked()).toEqual([])
  })
})

it('a mailbox provider that is stopped is told of once, and again when it is stopped again', async () => {
  const sending = { domain: 'alder.example', channel: 'email' }
  await countDomain({ db, clock, zone: 'UTC' }, sending)
  await db.query(sql`update campaigns.warm_ups set graduated_at = ${clock()}, graduated_why = 'a test'`)
  const people = await addPeople(
    db,
    clock,
    Array.from({ length: 6 }, (_, n) => ({ address: `reader${n}@gmail.com` })),
  )
  await enrol({ db, clock }, await releaseBody({ db, clock }, owner), people)
  await tick(workerOver(db, mail.channel, clock))
  const ids = mail.given.splice(0).map(({ deliveryId }) => deliveryId)
  expect(ids).toHaveLength(6)
  const complained = async (some: readonly DeliveryId[]) => {
    for (const deliveryId of some)
      await recordProviderEvent({ db, clock }, { message: { deliveryId }, occurredAt: clock(), event: { kind: 'complained' } }) // prettier-ignore
    await lookAtReputation({ db, clock })
  }
  await complained(ids.slice(0, 3))
  expect(await heard()).toEqual([{ stopped: 'gmail', reached: 1 }])
  expect(mail.given).toMatchObject([{ to: 'owner@alder.example', subject: 'Mail to gmail was stopped' }])
  clock.advance(60_000)
  await releaseBreaker({ db, clock }, { ...sending, provider: 'gmail', by: owner, reason: 'the list was cleaned' })
  expect(await heard()).toEqual([])
  clock.advance(60_000)
  await complained(ids.slice(3))
  expect(await heard()).toEqual([{ stopped: 'gmail', reached: 1 }])
})

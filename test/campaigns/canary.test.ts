import { describe, expect, it } from 'vitest'
import { tellOfBreaches } from '#campaigns/canary/tell.ts'
import { lookAtCanaries } from '#campaigns/canary/look.ts'
import type { Channel } from '#campaigns/channel.ts'
import { holdsOf, liftHold, openHolds } from '#campaigns/content/holds.ts'
import { selectCanaries } from '#campaigns/queries/canaries.ts'
import { recordProviderEvent } from '#campaigns/heard/provider-events.ts'
import { claimBatch } from '#campaigns/delivery/claim.ts'
import { deliver } from '#campaigns/delivery/deliver.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { createUser } from '#governance/access.ts'
import { verifyAudit } from '#governance/audit.ts'
import { liveRelease, releaseCampaign, releaseHistory, rollback, setRollout } from '#governance/releases.ts'
import { readAudit } from '#kernel/audit.ts'
import type { DeliveryId, Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { clock, db, deps, owner } from './house.ts'
import { aBody, addPeople, campaign, enrol, memoryChannel, readers, releaseBody, sender, workerOver } from './world.ts'
import { bouncesEvery, canaryOver, look, minute, plan, releaseWith, round, sentWith } from './canary-world.ts'

describe('a release with a rollout', () => {
  it('sends nothing before its first look, and from one look to the next no more than it declares', async () => {
    // A fifth of so many is more than thirty, wherever the hash puts each.
    await canaryOver(400)
    const memory = memoryChannel()
    expect(await round(memory.channel)).toBe(0)
    expect(await look()).toMatchObject({ kind: 'begun' })
    const sent = []
    for (let time = 0; time < 3; time++) sent.push(await round(memory.channel))
    expect(sent[0]! + sent[1]! + sent[2]!).toBe(30)
    await look()
    const two = ['a', 'b'].map((worker) => workerOver(db, memory.channel, clock, { worker, claimSize: 20 }))
    await Promise.all(two.map((worker) => tick(worker)))
    expect(memory.given.length).toBeLessThanOrEqual(60)
  })

  it('counts also what a claim sends on after a look that it was taken before', async () => {
    const { fresh } = await canaryOver(400)
    const worker = workerOver(db, memoryChannel().channel, clock)
    await look()
    clock.advance(minute)
    const claim = await claimBatch(worker, { campaign, limit: 100 })
    if (claim.kind !== 'claimed') throw new Error(claim.kind)
    await look()
    clock.advance(minute)
    await deliver(worker, claim.approved, claim, new AbortController().signal)
    expect(await sentWith(fresh.hash)).toBe(30)
    expect(await round(memoryChannel().channel)).toBe(0)
  })

  it('goes no further while its people wait for their hour, without messages to tell by', async () => {
    await canaryOver(100)
    await look()
    await db.query(sql`update campaigns.deliveries set due_at = due_at + interval '12 hours' where waiting`)
    clock.advance(60 * minute)
    expect(await look()).toMatchObject({ kind: 'waits', why: '0 of 40 messages at 20 %' })
  })

  it('goes to everybody stage by stage by itself, and every move is in the audit', async () => {
    const { fresh } = await canaryOver(200)
    const memory = memoryChannel()
    const kinds: string[] = []
    for (let time = 0; time < 80; time++) {
      const looked = await look()
      if (looked === null) break
      kinds.push(looked.kind)
      const live = await liveRelease(db, campaign)
      await round(memory.channel)
      const beyond = await db.query(sql`select id from campaigns.deliveries where release_hash = ${fresh.hash} and bucket >= ${live!.percent}`) // prettier-ignore
      expect(beyond).toEqual([])
    }
    expect([...new Set(kinds)]).toEqual(['begun', 'waits', 'advances', 'finished'])
    expect(kinds.filter((kind) => kind === 'advances')).toHaveLength(2)
    expect(memory.given).toHaveLength(200)
    await round(memory.channel)
    const actions = (await readAudit(db, 0, 100)).map(
      ({ action, detail }) => `${action} ${JSON.stringify(detail['percent'] ?? '')}`,
    )
    expect(actions.filter((action) => action.startsWith('release.rollout-set') || action.startsWith('rollout.'))).toEqual([
      'release.rollout-set 20', 'release.rollout-set 60', 'release.rollout-set 100', 'rollout.finished 100',
    ]) // prettier-ignore
    expect(await verifyAudit(db)).toMatchObject({ kind: 'intact' })
  })

  it('is taken back when its mails bounce, within the messages between two looks; nobody is mailed twice', async () => {
    const { old, fresh } = await canaryOver(400)
    const bad = bouncesEvery(3)
    await look()
    let looked = await look()
    let sentBefore = 0
    for (let time = 0; time < 20 && looked?.kind !== 'rolled-back'; time++) {
      sentBefore = await sentWith(fresh.hash)
      await round(bad.channel)
      looked = await look()
    }
    expect(looked).toMatchObject({ kind: 'rolled-back', why: expect.stringMatching(/messages bounced/) as string })
    expect((await liveRelease(db, campaign))?.hash).toBe(old.hash)
    expect((await sentWith(fresh.hash)) - sentBefore).toBeLessThanOrEqual(30)
    const good = memoryChannel()
    for (let time = 0; time < 6; time++) await round(good.channel)
    const subjects = new Set(good.given.map((message) => message.subject))
    expect([...subjects].every((subject) => subject.startsWith('New beans'))).toBe(true)
    const to = [...bad.given, ...good.given].map((message) => message.to)
    expect(new Set(to).size).toBe(to.length)
    expect(to).toHaveLength(400)
    expect(await selectCanaries(db, campaign)).toMatchObject([{ state: 'breached' }])
    expect((await releaseHistory(db, campaign))[0]).toMatchObject({ movedBy: 'millrace', reason: expect.stringMatching(/^rollout taken back/) as string }) // prettier-ignore
    expect(await look()).toBeNull()
  })

  it('begins anew when a person makes it live again after it was taken back', async () => {
    const { fresh } = await canaryOver(300)
    await look()
    const bad = bouncesEvery(2)
    for (let time = 0; time < 12 && (await look())?.kind !== 'rolled-back'; time++) await round(bad.channel)
    clock.advance(minute)
    await releaseCampaign(deps, { hash: fresh.hash, by: owner, reason: 'the list was at fault' })
    expect(await round(memoryChannel().channel)).toBe(0)
    expect(await look()).toMatchObject({ kind: 'begun' })
    expect(await look()).toMatchObject({ kind: 'waits' })
    expect((await liveRelease(db, campaign))?.percent).toBe(20)
  })

  it('hears of what comes late: unsubscribing and bounces that providers tell afterwards', async () => {
    const { fresh } = await canaryOver(200)
    await look()
    await round(memoryChannel().channel)
    const rows = await db.query<{ id: DeliveryId }>(sql`select id from campaigns.deliveries where release_hash = ${fresh.hash} and state = 'sent'`) // prettier-ignore
    expect(await look()).toMatchObject({ kind: 'waits' })
    for (const { id } of rows.slice(0, 8)) {
      const event = { kind: 'bounced', permanent: true, why: '550' } as const
      await recordProviderEvent(deps, { message: { deliveryId: id }, occurredAt: clock(), event })
    }
    expect(await look()).toMatchObject({ kind: 'rolled-back' })
  })

  it('leaves a rollout that a person set by hand where it is, and pointers they moved alone', async () => {
    const { fresh } = await canaryOver(200)
    await look()
    await setRollout(deps, { hash: fresh.hash, percent: 0, by: owner, reason: 'wait for me' })
    expect(await round(memoryChannel().channel)).toBe(0)
    clock.advance(60 * minute)
    expect(await look()).toMatchObject({
      kind: 'waits',
      why: expect.stringMatching(/somebody set it to 0 %/) as string,
    })
    expect((await liveRelease(db, campaign))?.percent).toBe(0)
    const moved = await rollback(deps, { name: campaign, from: 'f'.repeat(64) as Hash, by: 'millrace', reason: 'late' })
    expect(moved).toMatchObject({ kind: 'refused', rule: 'moved-on' })
  })
})

describe('a first release that breaches its guards', () => {
  it('holds the campaign, once, until a person lifts it; then it goes on as far as they let it', async () => {
    // Enough that a fifth of them, by whatever ids, is more than leaves before the breach.
    const people = await addPeople(db, clock, readers(400))
    const fresh = await releaseWith(plan({ guards: [{ metric: 'bounce', limit: 0.02 }] }))
    await enrol(deps, fresh, people)
    const bad = bouncesEvery(2)
    await look()
    await round(bad.channel)
    expect(await lookAtCanaries(deps)).toMatchObject([{ campaign, kind: 'held' }])
    expect(await lookAtCanaries(deps)).toEqual([])
    clock.advance(minute)
    expect((await tick(workerOver(db, bad.channel, clock))).blocked).toMatchObject([{ rule: 'held' }])
    const [hold] = await openHolds(deps, campaign)
    expect(hold).toMatchObject({ rule: 'rollout', mended: false })
    await liftHold(deps, { id: hold!.id, campaign, by: owner, reason: 'an old list', seen: hold!.seen })
    expect(await look()).toBeNull()
    expect(await round(memoryChannel().channel)).toBeGreaterThan(0)
    expect((await holdsOf(db, campaign)).length).toBe(1)
  })
})

describe('people', () => {
  it('hear by mail that a version was taken back, those who may do something about it', async () => {
    for (const [name, role] of [
      ['m', 'marketer'],
      ['o', 'operator'],
      ['v', 'viewer'],
    ] as const)
      await createUser(deps, { email: `${name}@alder.example`, name, role, by: 'millrace' })
    await canaryOver(400)
    await look()
    await round(bouncesEvery(2).channel)
    expect(await look()).toMatchObject({ kind: 'rolled-back' })
    const memory = memoryChannel({ maxBatch: 2 })
    const telling = { ...deps, channel: memory.channel, sender, publicUrl: 'https://mill.example' }
    memory.answers(() => ({ kind: 'retry', scope: 'channel', why: 'away' }))
    expect(await tellOfBreaches(telling)).toEqual([{ campaign, reached: 0 }])
    memory.given.length = 0
    memory.answers(() => ({ kind: 'sent', providerId: null }))
    expect(await tellOfBreaches(telling)).toEqual([{ campaign, reached: 3 }])
    expect(await tellOfBreaches(telling)).toEqual([])
    expect(memory.given.map(({ to }) => to).toSorted()).toEqual([
      'm@alder.example',
      'o@alder.example',
      'owner@alder.example',
    ])
    expect(memory.given[0]).toMatchObject({ subject: 'spring: the new version was taken back', text: expect.stringContaining('https://mill.example/campaigns/spring/rollout') as string }) // prettier-ignore
  })
})

describe('a rollback while workers are in the middle of their batches', () => {
  it('lets no claim begun after it carry the new version, and mails nobody twice', async () => {
    const people = await addPeople(db, clock, readers(600))
    await releaseBody(deps, owner, aBody())
    const fresh = await releaseBody(deps, owner, aBody({ subject: { text: 'Wrong price', citations: [] } }))
    await enrol(deps, fresh, people)
    const memory = memoryChannel()
    let groups = 0
    const send: Channel['send'] = async (...given) => {
      groups += 1
      if (groups === 2) {
        clock.advance(1_000)
        await rollback(deps, { name: campaign, by: owner, reason: 'wrong price' })
        clock.advance(1_000)
      }
      return memory.channel.send(...given)
    }
    const workers = ['a', 'b', 'c'].map((worker) =>
      workerOver(db, { ...memory.channel, send }, clock, { worker, claimSize: 120 }),
    )
    for (let time = 0; time < 4; time++) await Promise.all(workers.map((worker) => tick(worker)))
    const moved = (await releaseHistory(db, campaign))[0]!.movedAt
    const late = await db.query(
      sql`select id from campaigns.claims where claimed_at > ${moved} and release_hash = ${fresh.hash}`,
    )
    expect(late).toEqual([])
    expect(memory.given.some(({ subject }) => subject === 'Wrong price')).toBe(true)
    expect(memory.given.filter(({ subject }) => subject !== 'Wrong price').length).toBeGreaterThan(0)
    const to = memory.given.map((message) => message.to)
    expect(to).toHaveLength(600)
    expect(new Set(to).size).toBe(600)
  })
})

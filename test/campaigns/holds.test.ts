import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Channel } from '#campaigns/channel.ts'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { holdCampaign, holdsOf, liftHold, openHolds } from '#campaigns/content/holds.ts'
import { campaignProgress } from '#campaigns/progress.ts'
import { recheckCampaigns } from '#campaigns/content/recheck.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { createUser } from '#governance/access.ts'
import { verifyAudit } from '#governance/audit.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { smtpSink } from '../support/smtp-sink.ts'
import { testFolder } from '../ingest/ingest-support.ts'
import { brand } from '../rag/written-drafts.ts'
import { shopOver } from './held-world.ts'
import { aBody, aClock, addPeople, anOwner, enrol, memoryChannel, readers, releaseBody, states, workerOver } from './world.ts' // prettier-ignore

const db = testDatabase()
const folder = testFolder()
let clock = aClock()
let owner: UserId
let shop = shopOver(db, clock, folder.write)
const closing: (() => Promise<void>)[] = []
beforeEach(async () => {
  clock = aClock()
  owner = await anOwner(db, clock)
  shop = shopOver(db, clock, folder.write)
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})
const hour = 3_600_000
const claim = 'Yirgacheffe Kochere costs €12.00.'

async function sink() {
  const server = await smtpSink()
  const channel = smtpChannel({ url: server.url, clock })
  closing.push(server.close, channel.close)
  return { server, channel }
}

async function launched(count: number): Promise<string> {
  const people = await addPeople(db, clock, Array.from({ length: count }, (_, n) => ({ address: `reader${n}@example.com`, givenName: 'Ada' }))) // prettier-ignore
  await shop.costs('12.00')
  const done = await shop.launch(owner, people)
  if (done.kind === 'refused') throw new Error(done.why)
  return done.campaign
}

/** Sends as the channel does, fifty at a time, and does something after the first group left. */
function after(channel: Channel, then: () => Promise<void>): Channel {
  let left = 0
  const send: Channel['send'] = async (...given) => {
    const outcomes = await channel.send(...given)
    if ((left += 1) === 1) await then()
    return outcomes
  }
  return { ...channel, maxBatch: 50, atOnce: 1, send }
}

const lift = async (campaign: string, by: UserId, reason = 'The price of Monday is honoured') => {
  const [hold] = await openHolds({ db, clock }, campaign)
  if (!hold) throw new Error('nothing is held')
  return liftHold({ db, clock }, { id: hold.id, campaign, by, reason, seen: hold.seen })
}

describe('a price that changes while a campaign is being sent', () => {
  it('stops workers in the middle of their batch; the page says which sentence, and a person lets it go on', async () => {
    const campaign = await launched(60)
    const { server, channel } = await sink()
    const changing = after(channel, async () => {
      clock.advance(hour)
      await shop.costs('13.00')
    })
    expect(await tick(workerOver(db, changing, clock))).toMatchObject({ sent: 50, returned: 10 })
    const blocked = await tick(workerOver(db, channel, clock))
    expect(blocked).toMatchObject({ sent: 0, claimed: 0, blocked: [{ campaign, rule: 'held' }] })
    expect(server.taken).toHaveLength(50)
    expect(await states(db)).toEqual({ planned: 10, sent: 50 })
    const [hold] = await openHolds({ db, clock }, campaign)
    expect(hold).toMatchObject({ rule: 'facts', placedBy: 'millrace', mended: false })
    expect(hold!.findings.map(({ said }) => said)).toContain(claim)
    expect(hold!.findings[0]).toMatchObject({ now: 'Yirgacheffe Kochere costs €13.00.', since: clock().toISOString() })
    expect((await campaignProgress({ db, clock }, campaign)).sending).toMatchObject({ kind: 'stopped', why: expect.stringContaining('is no longer true') as string }) // prettier-ignore
    expect(await lift(campaign, owner)).toEqual({ kind: 'lifted', tooLate: 0 })
    expect(await tick(workerOver(db, channel, clock))).toMatchObject({ sent: 10 })
    expect(new Set(server.copies().values())).toEqual(new Set([1]))
    expect(await verifyAudit(db)).toMatchObject({ kind: 'intact' })
  }, 120_000)

  it('is held again when something else becomes untrue after that, and not by what was accepted', async () => {
    const campaign = await launched(3)
    const memory = memoryChannel()
    clock.advance(hour)
    await shop.costs('13.00')
    await tick(workerOver(db, memory.channel, clock))
    await lift(campaign, owner)
    expect(await recheckCampaigns({ db, clock, brand: () => Promise.resolve(brand) })).toEqual([
      { campaign, kind: 'checked', held: null },
    ])
    await shop.costs('14.00')
    expect(await tick(workerOver(db, memory.channel, clock))).toMatchObject({ blocked: [{ rule: 'held' }] })
    expect(memory.given).toEqual([])
    expect((await openHolds({ db, clock }, campaign))[0]!.findings[0]!.now).toContain('€14.00')
  })

  it('that comes back true is offered to be lifted, and is never lifted by itself', async () => {
    const campaign = await launched(3)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    clock.advance(hour)
    await shop.costs('13.00')
    await tick(worker)
    clock.advance(hour)
    await shop.costs('12.00')
    expect(await tick(worker)).toMatchObject({ blocked: [{ rule: 'held' }] })
    expect(await openHolds({ db, clock }, campaign)).toMatchObject([{ mended: true }])
    await lift(campaign, owner, 'The price is back')
    expect(await tick(worker)).toMatchObject({ sent: 3 })
    expect(await recheckCampaigns({ db, clock, brand: () => Promise.resolve(brand) })).toEqual([])
  })

  it('holds what nobody has claimed yet, when the house looks again', async () => {
    const campaign = await launched(2)
    clock.advance(hour)
    const look = () => recheckCampaigns({ db, clock, brand: () => Promise.resolve(brand) })
    expect(await look()).toEqual([{ campaign, kind: 'checked', held: null }])
    await shop.costs('13.00')
    expect(await look()).toMatchObject([{ campaign, held: expect.stringContaining('no longer true') as string }])
    expect(await holdsOf(db, campaign)).toHaveLength(1)
    await look()
    expect(await holdsOf(db, campaign)).toHaveLength(1)
  })

  it('while a draft lies at the desk refuses the yes with the sentence, and nothing is released', async () => {
    const people = await addPeople(db, clock, readers(2))
    await shop.costs('12.00')
    const refused = await shop.launch(owner, people, () => shop.costs('13.00'))
    expect(refused).toMatchObject({ kind: 'refused', rule: 'messages', why: expect.stringContaining('is no longer true: Yirgacheffe Kochere costs €13.00') as string }) // prettier-ignore
    expect(await db.query(sql`select * from governance.approvals`)).toEqual([])
  })
})

describe('a rule that objects once a campaign is under way', () => {
  it('holds it for its copy, and says when it is mended', async () => {
    const campaign = await launched(2)
    const forbidding = (word: string) => recheckCampaigns({ db, clock, brand: () => Promise.resolve({ ...brand, hash: hashOf(word), forbidden: [word] }) }) // prettier-ignore
    expect(await forbidding('kochere')).toMatchObject([{ campaign, held: expect.stringContaining('may not be sent') as string }]) // prettier-ignore
    const memory = memoryChannel()
    expect(await tick(workerOver(db, memory.channel, clock))).toMatchObject({ blocked: [{ rule: 'held' }] })
    await forbidding('nothing')
    expect(await openHolds({ db, clock }, campaign)).toMatchObject([{ rule: 'guardrails', mended: true }])
    await lift(campaign, owner)
    expect(await tick(workerOver(db, memory.channel, clock))).toMatchObject({ sent: 2 })
  })
})

describe('a hold by hand', () => {
  it('stops the campaign whatever release is live, and what is too late by then is told and expires', async () => {
    const people = await addPeople(db, clock, readers(3))
    await enrol({ db, clock }, await releaseBody({ db, clock }, owner), people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    expect(await holdCampaign({ db, clock }, { campaign: 'spring', by: owner, reason: 'The beans are late' })).toEqual({ kind: 'held' }) // prettier-ignore
    expect(await holdCampaign({ db, clock }, { campaign: 'spring', by: owner, reason: 'Again' })).toMatchObject({ rule: 'already-held' }) // prettier-ignore
    await releaseBody({ db, clock }, owner, aBody({ preheader: { text: 'Another version', citations: [] } }))
    expect(await tick(worker)).toMatchObject({ blocked: [{ rule: 'held', why: 'Held: The beans are late' }] })
    clock.advance(80 * hour)
    expect(await lift('spring', owner, 'They came')).toEqual({ kind: 'lifted', tooLate: 3 })
    await tick(worker)
    expect(await states(db)).toEqual({ expired: 3 })
    expect(memory.given).toEqual([])
  })

  it('keeps a batch without an answer from being asked for again: nobody can tell, and it stays so', async () => {
    const people = await addPeople(db, clock, readers(3))
    await enrol({ db, clock }, await releaseBody({ db, clock }, owner), people)
    const once = memoryChannel({ idempotent: true })
    once.answers(() => ({ kind: 'unclear', why: 'connection lost' }))
    const worker = workerOver(db, once.channel, clock)
    await tick(worker)
    await holdCampaign({ db, clock }, { campaign: 'spring', by: owner, reason: 'Wait' })
    clock.advance(3 * 60_000)
    await tick(worker)
    expect(once.batches).toHaveLength(1)
    expect(await states(db)).toEqual({ unknown: 3 })
  })

  it('is placed by whoever may stop sending, lifted by whoever may approve, once, with a reason, for what they read', async () => {
    const deps = { db, clock }
    const made = await createUser(deps, { email: 'op@alder.example', name: 'Op', role: 'operator', by: 'millrace' })
    const operator = made.kind === 'created' ? made.userId : owner
    const campaign = await launched(1)
    expect(await holdCampaign(deps, { campaign: 'nothing', by: operator, reason: 'x' })).toMatchObject({ rule: 'unknown-campaign' }) // prettier-ignore
    expect(await holdCampaign(deps, { campaign, by: operator, reason: ' ' })).toMatchObject({ rule: 'no-reason' })
    expect(await holdCampaign(deps, { campaign, by: operator, reason: 'Look at it' })).toEqual({ kind: 'held' })
    expect(await lift(campaign, operator)).toMatchObject({ kind: 'refused', rule: 'not-permitted' })
    expect(await lift(campaign, owner, '')).toMatchObject({ rule: 'no-reason' })
    const [hold] = await openHolds(deps, campaign)
    const word = { id: hold!.id, campaign, by: owner, reason: 'Fine' }
    expect(await liftHold(deps, { ...word, seen: 'another' })).toMatchObject({ rule: 'changed' })
    const twice = await Promise.all([liftHold(deps, { ...word, seen: hold!.seen }), liftHold(deps, { ...word, seen: hold!.seen })]) // prettier-ignore
    expect(twice.map((one) => one.kind).toSorted()).toEqual(['lifted', 'refused'])
  })
})

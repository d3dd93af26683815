import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { UserId } from '#kernel/ids.ts'
import { parseId } from '#kernel/ids.ts'
import { readConfig } from '#kernel/config.ts'
import { sql } from '#kernel/sql.ts'
import { openWays, type OpenWays } from '#app/wire-mail.ts'
import { recordProviderEvent } from '#campaigns/heard/provider-events.ts'
import { candidateNow, checkCandidate, proposeCandidate, type WayOutDeps } from '#campaigns/way-out/candidate.ts'
import { liveConfiguration } from '#campaigns/way-out/configuration.ts'
import { mailNow, senderNow } from '#campaigns/way-out/live.ts'
import { switchWay } from '#campaigns/way-out/switch-way.ts'
import { proveCandidate, testCandidate } from '#campaigns/way-out/test-way.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { fakeResend } from '../support/fake-resend.ts'
import { testDatabase } from '../support/database.ts'
import { smtpSink, type SmtpSink } from '../support/smtp-sink.ts'
import { trying } from './deliverability/subject.ts'
import { aClock, addPeople, anOwner, enrol, ledger, readers, releaseBody, sender, states, workerOver } from './world.ts'

const db = testDatabase()
const channel = 'email'
let clock = aClock()
let owner: UserId
let blue: SmtpSink
let green: SmtpSink
let ways: OpenWays
let deps: WayOutDeps
const closing: (() => Promise<void>)[] = []
const home = { PUBLIC_URL: 'https://mail.alder.example', MILLRACE_HOME: '/tmp/millrace-way-out' }

beforeEach(async () => {
  clock = aClock()
  owner = await anOwner(db, clock)
  blue = await smtpSink()
  green = await smtpSink()
  ways = openWays(readConfig({ ...home, SMTP_URL: blue.url, SECOND_SMTP_URL: green.url }), clock, db)
  closing.push(blue.close, green.close, ways.close)
  deps = depsOver(ways)
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const depsOver = (open: OpenWays): WayOutDeps => ({ db, clock, members: () => Promise.resolve([]), preflight: trying(), ways: open, sender }) // prettier-ignore
const another = (change = {}) => ({ secret: 'SECOND_SMTP_URL', from: null, replyTo: null, connections: null, dailyCap: null, ...change }) // prettier-ignore
const codeIn = (sink: SmtpSink): string => /asked for it: (\S+)/.exec(sink.taken.at(-1)?.raw.replaceAll('=\r\n', '') ?? '')?.[1] ?? '' // prettier-ignore

/** The whole way to a candidate that may be switched to. */
async function proved(change = {}): Promise<string> {
  await proposeCandidate(deps, { configuration: another(change), by: owner })
  await checkCandidate(deps, { channel, by: owner })
  await testCandidate(deps, { channel, to: 'owner@alder.example', by: owner })
  await proveCandidate(deps, { channel, code: codeIn(green), by: owner })
  return (await candidateNow(db, ways, channel))?.hash ?? ''
}

const people = async (count: number) => enrol({ db, clock }, await releaseBody({ db, clock }, owner), await addPeople(db, clock, readers(count))) // prettier-ignore
const working = () => workerOver(db, ways.first!, clock, { ways })

describe('another way out', () => {
  it('is switched to after its checks and a test that arrived, binds the next claim, and goes back by one click', async () => {
    await people(4)
    const { hash } = { hash: await proved() }
    expect(green.taken).toHaveLength(1)
    expect((await candidateNow(db, ways, channel))?.missing).toEqual([])
    await tick({ ...working(), claimSize: 2 })
    expect(blue.taken).toHaveLength(2)

    expect(await switchWay(deps, { channel, seen: hash, by: owner, reason: 'the other is slow' })).toEqual({ kind: 'switched', secret: 'SECOND_SMTP_URL', back: false }) // prettier-ignore
    await tick({ ...working(), claimSize: 1 })
    expect([blue.taken.length, green.taken.length]).toEqual([2, 2])
    expect([...(await ledger(db)).values()].filter(({ state }) => state === 'sent')).toHaveLength(3)
    const senders = await db.query<{
      sender: string
      n: number
    }>(sql`select sender, count(*) as n from campaigns.deliveries
      where state = 'sent' group by 1 order by 1`)
    expect(senders).toEqual([{ sender: 'second-smtp', n: 1 }, { sender: 'smtp', n: 2 }]) // prettier-ignore

    const before = await candidateNow(db, ways, channel)
    expect(before).toMatchObject({ provedBy: 'was-live', missing: [], configuration: { secret: 'SMTP_URL' } })
    expect(await switchWay(deps, { channel, seen: before!.hash, by: owner, reason: '' })).toMatchObject({ kind: 'switched', back: true }) // prettier-ignore
    await tick(working())
    expect(blue.taken).toHaveLength(3)
    expect(await states(db)).toEqual({ sent: 4 })
    const audited = await db.query<{ action: string }>(
      sql`select action from kernel.audit where action like 'channel.%' order by seq`,
    )
    expect(audited.map(({ action }) => action)).toEqual(['channel.proposed', 'channel.tested', 'channel.switched', 'channel.switched']) // prettier-ignore
  })

  it('lets a group that is leaving end by the old way, and the rest of its claim leave by the new', async () => {
    await people(4)
    const seen = await proved()
    const first = ways.first!
    let switched = false
    const slow = { ...first, maxBatch: 2, atOnce: 1, send: async (...args: Parameters<typeof first.send>) => {
      if (!switched) await switchWay(deps, { channel, seen, by: owner, reason: 'now' })
      switched = true
      return first.send(...args)
    } } // prettier-ignore
    await tick(workerOver(db, slow, clock, { ways }))
    expect([blue.taken.length, green.taken.length]).toEqual([2, 1])
    expect(await states(db)).toEqual({ planned: 2, sent: 2 })
    await tick(working())
    expect([blue.taken.length, green.taken.length]).toEqual([2, 3])
  })

  it('is not switched to unchecked, untested, unproved, or where somebody read something else', async () => {
    const refusal = async (seen?: string) => switchWay(deps, { channel, seen: seen ?? (await candidateNow(db, ways, channel))?.hash ?? '', by: owner, reason: '' }) // prettier-ignore
    expect(await refusal()).toMatchObject({ rule: 'no-candidate' })
    expect(await proposeCandidate(deps, { configuration: another({ secret: 'SECOND_RESEND_API_KEY' }), by: owner })).toMatchObject({ rule: 'no-secret' }) // prettier-ignore
    expect(await proposeCandidate(deps, { configuration: another({ secret: 'PATH' }), by: owner })).toMatchObject({ rule: 'configuration' }) // prettier-ignore
    await proposeCandidate(deps, { configuration: another(), by: owner })
    expect(await refusal()).toMatchObject({
      rule: 'not-ready',
      why: expect.stringContaining('checks were not run') as string,
    })
    expect(await testCandidate(deps, { channel, to: 'nobody', by: owner })).toMatchObject({ rule: 'no-address' })
    await checkCandidate(deps, { channel, by: owner })
    green.behave(() => ({ reply: 550, text: 'no', at: 'rcpt' }))
    expect(await testCandidate(deps, { channel, to: 'owner@alder.example', by: owner })).toMatchObject({
      kind: 'not-sent',
    })
    green.behave(() => 'take')
    await testCandidate(deps, { channel, to: 'owner@alder.example', by: owner })
    expect(await refusal()).toMatchObject({
      why: expect.stringContaining('Nobody knows yet that the test arrived') as string,
    })
    expect(await proveCandidate(deps, { channel, code: 'a guess', by: owner })).toMatchObject({ rule: 'wrong-code' })
    await proveCandidate(deps, { channel, code: codeIn(green), by: owner })
    expect(await refusal('another')).toMatchObject({ rule: 'not-ready' })
    expect(await refusal()).toMatchObject({ kind: 'switched' })
  })

  it('is proved by the provider’s word of delivery too, and has a sender and a daily cap of its own', async () => {
    const from = { name: 'Alder', address: 'news@alder.example' }
    await proposeCandidate(deps, { configuration: another({ from, dailyCap: 3 }), by: owner })
    await checkCandidate(deps, { channel, by: owner })
    await testCandidate(deps, { channel, to: 'owner@alder.example', by: owner })
    expect(green.taken[0]?.from).toBe('news@alder.example')
    const deliveryId = parseId<'delivery'>((await candidateNow(db, ways, channel))?.testId ?? undefined)!
    const told = { message: { deliveryId }, occurredAt: clock(), event: { kind: 'delivered' as const } }
    expect(await recordProviderEvent({ db, clock }, told)).toEqual({ kind: 'recorded' })
    const seen = (await candidateNow(db, ways, channel))!.hash
    expect(await switchWay(deps, { channel, seen, by: owner, reason: '' })).toMatchObject({ kind: 'switched' })
    expect(await senderNow(db, sender)).toMatchObject({ from })
    await people(5)
    const done = [await tick(working()), await tick(working())]
    expect(await states(db)).toEqual({ planned: 2, sent: 3 })
    expect(done[1]?.blocked).toMatchObject([
      { rule: 'daily-cap', why: expect.stringContaining('all campaigns') as string },
    ])
    const mail = mailNow(db, ways)
    expect(mail.maxBatch).toBeGreaterThan(0)
  })

  it('of another provider asks the one that took a batch again, never the other', async () => {
    const resend = await fakeResend()
    const open = openWays(readConfig({ ...home, RESEND_API_KEY: 're_test', RESEND_BASE_URL: resend.baseUrl, SECOND_SMTP_URL: green.url }), clock, db) // prettier-ignore
    closing.push(resend.close, open.close)
    deps = depsOver(open)
    ways = open
    await people(2)
    const seen = await proved()
    resend.trouble('lost')
    await tick(working())
    await switchWay(deps, { channel, seen, by: owner, reason: 'it loses answers' })
    clock.advance(10 * 60_000)
    await tick(working())
    expect([...resend.copies().values()]).toEqual([1, 1])
    expect(green.taken).toHaveLength(1)
    expect(await states(db)).toEqual({ sent: 2 })
    expect(await liveConfiguration(db, open, channel)).toMatchObject({ configuration: { secret: 'SECOND_SMTP_URL' } })
  })

  it('whose secret a process does not have lets it claim nothing, and says so', async () => {
    await people(1)
    await switchWay(deps, { channel, seen: await proved(), by: owner, reason: '' })
    const alone = openWays(readConfig({ ...home, SMTP_URL: blue.url }), clock, db)
    closing.push(alone.close)
    const done = await tick(workerOver(db, alone.first!, clock, { ways: alone }))
    expect(done.blocked).toMatchObject([{ rule: 'no-way-out' }])
    expect(await states(db)).toEqual({ planned: 1 })
  })
})

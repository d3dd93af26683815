import { beforeEach, describe, expect, it } from 'vitest'
import {
  advanceRecovery,
  beginRecovery,
  closeRecoveryDay,
  openRecovery,
  recoveryTotal,
} from '#campaigns/deliverability/recovery.ts'
import { countDomain } from '#campaigns/deliverability/reputation.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import type { UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../../support/database.ts'
import { aClock, addPeople, anOwner, enrol, memoryChannel, releaseBody, workerOver } from '../world.ts'

const db = testDatabase()
const sending = { domain: 'alder.example', channel: 'email' }
const zone = 'Europe/Amsterdam'
const hourMs = 3_600_000
let clock = aClock()
let owner: UserId
let problems: string[] = []
beforeEach(async () => {
  clock = aClock()
  problems = []
  owner = await anOwner(db, clock)
})
const deps = () => ({ db, clock, zone, domainProblems: () => Promise.resolve(problems) })
const begin = () => beginRecovery(deps(), { ...sending, by: owner, note: 'Gmail refuses us' })
const go = async (note = '') => {
  const open = await openRecovery(db, sending)
  if (!open) throw new Error('there is no recovery')
  return advanceRecovery(deps(), { id: open.id, by: owner, note })
}

describe('the way back from a bad name', () => {
  it('lets nothing out before its causes are mended, then a quarter of a healthy day', async () => {
    const people = await addPeople(
      db,
      clock,
      Array.from({ length: 60 }, (_, n) => ({ address: `reader${n}@gmail.com` })),
    )
    await countDomain({ db, clock, zone }, sending)
    await db.query(sql`update campaigns.warm_ups set graduated_at = ${clock()}, graduated_why = 'a test'`)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    await begin()
    await enrol({ db, clock }, await releaseBody({ db, clock }, owner), people)
    await tick(worker)
    expect(memory.given).toHaveLength(0)
    problems = ['SPF: fail']
    expect(await go()).toMatchObject({ kind: 'refused', rule: 'not-yet', why: 'SPF: fail' })
    problems = []
    expect(await go()).toMatchObject({ kind: 'moved', step: 'bounces' })
    expect(await go()).toMatchObject({ kind: 'refused', rule: 'no-note' })
    expect(await go('an old list; it is gone')).toMatchObject({ kind: 'moved', step: 'unengaged' })
    clock.advance(2 * hourMs)
    await tick(worker)
    expect(memory.given).toHaveLength(0)
    expect(await go()).toMatchObject({ kind: 'moved', step: 'restart' })
    clock.advance(2 * hourMs)
    for (let hour = 0; hour < 10; hour++) {
      await tick(worker)
      clock.advance(hourMs)
    }
    // A quarter of 50, of which Gmail gets 40 %.
    expect(memory.given).toHaveLength(4)
    expect(await go()).toMatchObject({ kind: 'refused', rule: 'not-yet' })
  })

  it('grows by a quarter after three clean days, begins its count again after a bad one, and ends', () => {
    let state = { step: 'restart' as const, percent: 25, cleanDays: 0, onDay: '2026-03-01' } as Parameters<
      typeof closeRecoveryDay
    >[0]
    const day = (n: number) => `2026-03-${String(n).padStart(2, '0')}`
    const percents: number[] = []
    for (let n = 2; n <= 14; n++) {
      state = closeRecoveryDay(state, day(n), { sent: 10, troubled: n === 3 })
      percents.push(state.percent)
    }
    expect(percents).toEqual([25, 25, 25, 25, 50, 50, 50, 75, 75, 75, 100, 100, 100])
    expect(recoveryTotal({ step: 'restart', baseline: 1_000, percent: 75 })).toBe(750)
    expect(closeRecoveryDay(state, day(15), { sent: 1, troubled: false }).step).toBe('recovered')
    expect(closeRecoveryDay({ ...state, percent: 50 }, day(15), { sent: 0, troubled: false }).percent).toBe(50)
  })

  it('suppresses who did nothing for 90 days, and leaves alone whoever may not be followed', async () => {
    const [idle, loyal, hidden, fresh] = await addPeople(db, clock, [
      { address: 'idle@a.example' },
      { address: 'loyal@a.example' },
      { address: 'hidden@a.example', tracking: false },
      { address: 'fresh@a.example' },
    ])
    const memory = memoryChannel()
    await enrol({ db, clock }, await releaseBody({ db, clock }, owner), [idle!, loyal!, hidden!])
    await tick(workerOver(db, memory.channel, clock))
    clock.advance(100 * 24 * hourMs)
    await db.query(sql`insert into ingest.events (id, source, external_id, kind, identifier_id, occurred_at, recorded_at)
      values (gen_random_uuid(), 'millrace', 'c', 'message_clicked', ${loyal!.identifierId}, ${clock()}, ${clock()})`)
    await countDomain({ db, clock, zone }, sending)
    await begin()
    await go()
    await go('an old list')
    expect(await go()).toMatchObject({ evidence: '1 addresses suppressed that did nothing for 90 days' })
    expect(await db.query(sql`select identifier_id as id, reason from ingest.suppressions`)).toEqual([{ id: idle!.identifierId, reason: 'unengaged' }]) // prettier-ignore
    expect(fresh).toBeDefined()
  })

  it('is one at a time', async () => {
    await begin()
    expect(await begin()).toMatchObject({ kind: 'refused', rule: 'already' })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { claimBatch } from '#campaigns/delivery/claim.ts'
import { burstOf, lineAt, paceOf } from '#campaigns/delivery/rates.ts'
import { spendRates } from '#campaigns/queries/rates.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { clock, db, deps, owner } from './house.ts'
import {
  addPeople, campaign, enrol, ledger, memoryChannel, readers, releaseBody, start, states, workerOver,
} from './world.ts' // prettier-ignore

const planned = async (people: Parameters<typeof addPeople>[2]) =>
  enrol(deps, await releaseBody(deps, owner), await addPeople(db, clock, people))

describe('a rate', () => {
  it('binds two workers together, and what waits for it stays planned', async () => {
    await planned(readers(30))
    const memory = memoryChannel()
    const rates = new Map([['memory', 5]])
    const workers = ['a', 'b'].map((worker) => workerOver(db, memory.channel, clock, { worker, rates }))
    const round = async () => {
      for (const worker of workers) await tick(worker)
      return memory.given.length
    }
    expect(await round()).toBe(10)
    expect((await tick(workers[0]!)).blocked).toMatchObject([{ rule: 'channel', why: 'memory lets 5 messages leave in a second: the next go in a moment' }]) // prettier-ignore
    clock.advance(1_000)
    expect(await round()).toBe(15)
    clock.advance(100)
    expect(await round()).toBe(15)
    clock.advance(60_000)
    expect(await round()).toBe(25)
    expect(await states(db)).toEqual({ planned: 5, sent: 25 })
  })

  it('of a whole channel and of a way out hold beside each other', async () => {
    await planned(readers(30))
    const rates = new Map([['email', 3], ['memory', 8], ['sms', 1]]) // prettier-ignore
    const worker = workerOver(db, memoryChannel().channel, clock, { rates })
    expect(await claimBatch(worker, { campaign, limit: 100, via: worker.channel })).toMatchObject({ count: 6 })
    expect(await db.query(sql`select scope, tokens from campaigns.rates order by scope`)).toEqual([
      { scope: 'email', tokens: 0 }, { scope: 'memory', tokens: 10 },
    ]) // prettier-ignore
  })

  it('of a mailbox provider lets its readers wait, and nobody else', async () => {
    await planned([...readers(4), ...Array.from({ length: 6 }, (_, n) => ({ address: `r${n}@gmail.com` }))])
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock, { rates: new Map([['to:gmail', 2]]) })
    await tick(worker)
    expect(memory.given.filter(({ to }) => to.endsWith('gmail.com'))).toHaveLength(4)
    expect(memory.given).toHaveLength(8)
    const waiting = [...(await ledger(db)).values()].filter(({ state }) => state === 'planned')
    expect(waiting.map(({ reason }) => reason)).toEqual(Array.from({ length: 2 }, () => 'gmail is sent 2 messages a second at most')) // prettier-ignore
    clock.advance(500)
    await tick(worker)
    expect(memory.given).toHaveLength(9)
    clock.advance(500)
    await tick(worker)
    expect(await states(db)).toEqual({ sent: 10 })
  })

  it('of a mailbox provider plans a long backlog once, one reader behind the other, whatever many claims find it', async () => {
    await planned(Array.from({ length: 120 }, (_, n) => ({ address: `r${n}@gmail.com` })))
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock, { claimSize: 20, rates: new Map([['to:gmail', 1]]) })
    for (let claims = 0; claims < 8; claims += 1) await tick(worker)
    expect(memory.given).toHaveLength(2)
    const due = [...(await ledger(db)).values()].flatMap(({ state, dueAt }) => (state === 'planned' ? [dueAt.getTime() - start.getTime()] : [])) // prettier-ignore
    expect(due.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 118 }, (_, n) => (n + 1) * 1_000))
    for (let second = 0; second < 118; second += 1) {
      clock.advance(1_000)
      await tick(worker)
    }
    expect(memory.given).toHaveLength(120)
  })

  it('of a mailbox provider makes a line of ten minutes at most, and those behind it come to its end again', async () => {
    await planned(Array.from({ length: 12 }, (_, n) => ({ address: `r${n}@gmail.com` })))
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock, { claimSize: 4, rates: new Map([['to:gmail', 1 / 120]]) })
    const minutes = async () => [...(await ledger(db)).values()].flatMap(({ state, dueAt }) => (state === 'planned' ? [(dueAt.getTime() - clock().getTime()) / 60_000] : [])) // prettier-ignore
    for (let claims = 0; claims < 4; claims += 1) await tick(worker)
    expect((await minutes()).toSorted((a, b) => a - b)).toEqual([2, 4, 6, 8, 10, 10, 10, 10, 10, 10, 10])
    for (let turn = 0; turn < 60; turn += 1) {
      clock.advance(120_000)
      for (let claims = 0; claims < 4; claims += 1) await tick(worker)
    }
    expect(memory.given).toHaveLength(12)
  })

  it('of a mailbox provider keeps its line: newcomers come behind, who stood in it goes before, and an answer waits for nobody', () => {
    const ms = (moment: Date | null) => (moment === null ? 'now' : moment.getTime() - start.getTime())
    const standing = { tokens: 1.5, lineUntil: new Date(start.getTime() + 5_000) }
    const line = lineAt(standing, { perSecond: 1, burst: 2 }, start)
    expect([line.behind(), line.soon(), line.soon(), line.behind()].map(ms)).toEqual([6_000, 'now', 500, 7_000])
    expect([line.taken(), ...line.ends().map(ms)]).toEqual([1, 7_000])
    const left = lineAt({ ...standing, tokens: 2 }, { perSecond: 1, burst: 2 }, start)
    expect([left.behind(), left.behind(), left.behind()].map(ms)).toEqual(['now', 'now', 1_000])
    const odd = lineAt({ tokens: 100 * 0.29, lineUntil: null }, { perSecond: 100, burst: 200 }, start)
    expect(Array.from({ length: 30 }, () => ms(odd.behind())).slice(27)).toEqual(['now', 'now', 10])
  })

  it('of a mailbox provider plans its line in order, within ten minutes, and lets go as many as there are tokens', () => {
    const asks = fc.array(fc.boolean(), { minLength: 1, maxLength: 300 })
    fc.assert(fc.property(asks, fc.double({ min: 0, max: 8, noNaN: true }), fc.nat(700_000), fc.double({ min: 0.2, max: 4, noNaN: true }), (kinds, tokens, aheadMs, perSecond) => {
      const bucket = { perSecond, burst: burstOf(perSecond) }
      const line = lineAt({ tokens: Math.min(tokens, bucket.burst), lineUntil: new Date(start.getTime() + aheadMs) }, bucket, start)
      const told = kinds.map((isBehind) => ({ isBehind, moment: isBehind ? line.behind() : line.soon() }))
      const later = (which: boolean) => told.flatMap(({ isBehind, moment }) => (isBehind === which && moment ? [moment.getTime()] : []))
      expect(told.filter(({ moment }) => moment === null)).toHaveLength(line.taken())
      expect(line.taken()).toBeLessThanOrEqual(tokens + 1e-6)
      for (const moments of [later(true), later(false)])
        for (const [at, moment] of moments.entries()) {
          if (at > 0) expect(moment).toBeGreaterThanOrEqual(moments[at - 1]!)
          expect(moment).toBeGreaterThan(start.getTime())
        }
      for (const moment of later(true)) expect(moment).toBeLessThanOrEqual(start.getTime() + 600_000)
    }))
  }) // prettier-ignore

  it('that nobody set asks nothing of the database', async () => {
    await planned(readers(3))
    await tick(workerOver(db, memoryChannel().channel, clock))
    expect(await db.query(sql`select scope from campaigns.rates`)).toEqual([])
  })

  it('is never passed: in any time no more than the rate and one burst, whatever two workers ask', async () => {
    const turn = fc.record({ afterMs: fc.nat(3_000), behindMs: fc.nat(500), wants: fc.integer({ min: 1, max: 40 }) })
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.2, max: 30, noNaN: true }), fc.array(turn, { maxLength: 12 }), async (perSecond, turns) => {
        await db.query(sql`delete from campaigns.rates`)
        const taken: { at: number; count: number }[] = []
        let now = start.getTime()
        for (const { afterMs, behindMs, wants } of turns) {
          now += afterMs
          const at = new Date(now - behindMs)
          await db.transaction(async (tx) => {
            const pace = await paceOf(tx, new Map([['memory', perSecond]]), { via: memoryChannel().channel, at })
            const count = Math.min(pace.most, wants)
            if (count > 0) await spendRates(tx, new Map(pace.scopes.map((scope) => [scope, count])))
            taken.push({ at: now, count })
          })
        }
        for (const [index, first] of taken.entries()) {
          const rest = taken.slice(index)
          const passed = (rest.at(-1)!.at - first.at + 500) / 1_000
          expect(rest.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(perSecond * passed + burstOf(perSecond) + 1e-6) // prettier-ignore
        }
      }),
      { numRuns: 25 },
    )
  }) // prettier-ignore
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openGrowth } from '#campaigns/smtp/growth.ts'

describe('the number of connections', () => {
  type World = {
    limit?: number
    /** What the server takes a second on a connection, and on all. */
    each: number
    most?: number
    /** The share of the time in which the thread sleeps where mails wait, at a rate, from one moment to the next. */
    asleep?: (rate: number, ms: number) => number
    /** By how much what gets through differs from that. */
    noise?: (ms: number) => number
    /** One in so many is put off. */
    deferred?: number
  }
  /** Lets a pool find out for as many seconds how many connections help. */
  const open = (first: World) => {
    let [now, slept, due, answered] = [0, 0, 0, 0]
    const growth = openGrowth(first.limit ?? 100, { now: () => now, slept: () => slept })
    return (seconds: number, changed: Partial<World> = {}): number => {
      const { each, most = Infinity, asleep = () => 0.9, noise = () => 1, deferred = Infinity } = { ...first, ...changed } // prettier-ignore
      for (const end = now + seconds * 1_000; now < end; now += 10) {
        growth.waiting()
        const rate = Math.min(growth.target() * each, most)
        slept += asleep(rate, now) * 10
        for (due += (rate / 100) * noise(now); due >= 1; due--) growth.answered(++answered % deferred === 0)
      }
      return growth.target()
    }
  }
  const moments = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 50, maxLength: 300 })
  const at = (some: readonly number[], ms: number): number => some[Math.floor(ms / 100) % some.length]!

  it('grows while more get through, to what the provider allows', () =>
    expect(open({ each: 100, limit: 60 })(5)).toBe(60))
  it('grows where a server takes its time over each mail, and puts some off', () =>
    expect(open({ each: 2, deferred: 20 })(120)).toBe(100))
  it('stops where the server takes no more', () => expect(open({ each: 100, most: 2_000 })(60)).toBeLessThanOrEqual(30))
  it('notices that the server takes more again, and goes on to try', () => {
    const pass = open({ each: 100, most: 800 })
    expect(pass(120)).toBeLessThanOrEqual(12)
    expect(pass(65, { most: Infinity })).toBe(100)
  })
  it('stays small where this machine is the limit, nearly always, however much differs from moment to moment', () => {
    const ended = fc.sample(fc.tuple(moments, moments), { seed: 1, numRuns: 100 }).map(([some, sleep]) => {
      const noise = (ms: number) => 0.6 + 0.8 * at(some, ms)
      return open({ each: 500, most: 500, noise, asleep: (_, ms) => 0.3 * at(sleep, ms + 50) })(60)
    })
    expect(ended.filter((connections) => connections <= 18).length).toBeGreaterThanOrEqual(95)
  })
  it('shrinks where a server that thought answers at once', () => {
    const pass = open({ each: 50, most: 6_000, asleep: (rate) => 1 - rate / 6_000 })
    expect(pass(5)).toBeGreaterThan(60)
    expect(pass(60, { each: 5_000, asleep: () => 0.05 })).toBe(8)
  })
  it('shrinks while the server puts off what it is given', () =>
    expect(open({ each: 1_000, deferred: 1 })(5)).toBeLessThan(8))
  it('stays below what the server refused, from when that was heard', () => {
    let now = 0
    const growth = openGrowth(50, { now: () => now, slept: () => now })
    const wait = (seconds: number) => {
      for (const end = now + seconds * 1_000; now < end; now += 10) {
        growth.waiting()
        for (let n = 0; n < growth.target(); n++) growth.answered(false)
      }
    }
    growth.waiting()
    growth.pausing()
    now = 20_000
    growth.refused(5)
    wait(9)
    expect(growth.target()).toBe(5)
    wait(9)
    expect(growth.target()).toBeGreaterThan(5)
  })
  it('says nothing of the time in which connections were opened', () => {
    let now = 0
    const growth = openGrowth(100, { now: () => now, slept: () => now })
    const wait = (ms: number, answers: number) => {
      growth.waiting()
      for (let n = 0; n < answers; n++) growth.answered(false)
      now += ms
      growth.waiting()
    }
    wait(100, 80)
    expect(growth.target()).toBe(12)
    growth.pausing()
    now += 1_000
    wait(100, 120)
    expect(growth.target()).toBe(18)
  })
})

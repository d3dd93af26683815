import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openGrowth } from '#campaigns/smtp/growth.ts'

describe('the number of connections', () => {
  type World = {
    limit?: number
    /** What the server takes a second on a connection, and on all. */
    each: number
    most?: number
    /** The share of the time in which the thread sleeps where mails wait. */
    asleep?: (rate: number) => number
    /** By how much what gets through differs from that, from one moment to the next. */
    noise?: (ms: number) => number
    deferred?: boolean
  }
  /** Lets a pool find out for as many seconds how many connections help. */
  const open = ({
    limit = 100,
    each,
    most = Infinity,
    asleep = () => 0.9,
    noise = () => 1,
    deferred = false,
  }: World) => {
    let [slept, now] = [0, 0]
    const growth = openGrowth(limit, () => slept)
    return (seconds: number, changed: Partial<World> = {}): number => {
      const world = { each, most, asleep, ...changed }
      for (const end = now + seconds * 1_000; now <= end; now += 10) {
        growth.waiting(now)
        const rate = Math.min(growth.target() * world.each, world.most)
        slept += world.asleep(rate) * 10
        for (let n = 0; n < (rate / 100) * noise(now); n++) growth.answered(deferred)
      }
      return growth.target()
    }
  }
  it('grows while more get through, to what the provider allows', () =>
    expect(open({ each: 100, limit: 60 })(5)).toBe(60))
  it('stops where the server takes no more', () => expect(open({ each: 100, most: 2_000 })(60)).toBeLessThanOrEqual(30))
  it('stays small where this machine is the limit, however much differs from moment to moment', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.4, max: 1.6, noNaN: true }), { minLength: 50, maxLength: 300 }),
        (moments) => {
          const noise = (ms: number) => moments[Math.floor(ms / 100) % moments.length]!
          expect(open({ each: 5_000, most: 5_000, asleep: () => 0.2, noise })(60)).toBe(8)
        },
      ),
    ))
  it('shrinks where a server that thought answers at once', () => {
    const pass = open({ each: 50, most: 6_000, asleep: (rate) => 1 - rate / 6_000 })
    expect(pass(5)).toBeGreaterThan(60)
    expect(pass(60, { each: 5_000, asleep: () => 0.05 })).toBe(8)
  })
  it('shrinks while the server puts off what it is given', () =>
    expect(open({ each: 1_000, deferred: true })(5)).toBeLessThan(8))
  it('stays below what the server refused', () => {
    const growth = openGrowth(50, () => 0)
    growth.refused(5)
    expect(growth.target()).toBe(5)
  })
  it('says nothing of the time in which connections were opened', () => {
    let now = 0
    const growth = openGrowth(100, () => now)
    const wait = (ms: number, answers: number) => {
      growth.waiting(now)
      for (let n = 0; n < answers; n++) growth.answered(false)
      growth.waiting((now += ms))
    }
    wait(100, 80)
    expect(growth.target()).toBe(12)
    growth.pausing()
    now += 1_000
    wait(100, 120)
    expect(growth.target()).toBe(18)
  })
})

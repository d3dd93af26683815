import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { releaseLease, renewLease, takeLease, underLease } from '#kernel/leases.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-01-02T03:04:05Z'))

function gate(): [Promise<void>, () => void] {
  const { promise, resolve } = Promise.withResolvers<void>()
  return [promise, resolve]
}

describe('a leased row', () => {
  it('has one holder until it expires, and a higher fence for the next', async () => {
    const first = await takeLease(db, clock, 'leader', 1000)
    expect(await takeLease(db, clock, 'leader', 1000)).toBeNull()
    clock.advance(1001)
    const second = await takeLease(db, clock, 'leader', 1000)
    expect(second?.fence).toBe((first?.fence ?? 0) + 1)
  })

  it('tells a holder who was too slow that it is no longer theirs', async () => {
    const slow = await takeLease(db, clock, 'leader', 1000)
    clock.advance(1001)
    await takeLease(db, clock, 'leader', 1000)
    expect(slow && (await renewLease(db, clock, slow, 1000))).toBe(false)
  })

  it('given back is free at once', async () => {
    const lease = await takeLease(db, clock, 'leader', 60_000)
    if (lease) await releaseLease(db, clock, lease)
    expect(await takeLease(db, clock, 'leader', 1000)).not.toBeNull()
  })

  it('runs the work of one of two who ask at once', async () => {
    const [opened, open] = gate()
    const [begun, begin] = gate()
    const first = underLease({ db, clock }, 'work', 60_000, async () => {
      begin()
      await opened
      return 'first'
    })
    await begun
    const second = await underLease({ db, clock }, 'work', 60_000, () => Promise.resolve('second'))
    open()
    expect([await first, second]).toEqual(['first', null])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shareOf } from '#kernel/share.ts'

describe('a share', () => {
  it('has the interval of Wilson, which few leave wide', () => {
    expect(shareOf(0, 0)).toBeNull()
    // Brown, Cai, DasGupta (2001): 0 of 10 gives [0, 0.2775]; 50 of 100 gives [0.4038, 0.5962].
    expect(shareOf(0, 10)!.high).toBeCloseTo(0.2775, 4)
    expect(shareOf(50, 100)!.low).toBeCloseTo(0.4038, 4)
    expect(shareOf(50, 100)!.high).toBeCloseTo(0.5962, 4)
  })

  it('lies within its interval, which lies within nothing and all', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), (hits, missed) => {
        fc.pre(hits + missed > 0)
        const { share, low, high } = shareOf(hits, hits + missed)!
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(share + 1e-12)
        expect(high).toBeGreaterThanOrEqual(share - 1e-12)
      }),
    )
  })
})

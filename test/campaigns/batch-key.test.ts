import { describe, expect, it } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { systemClock } from '#kernel/clock.ts'
import { batchKeyOf, isWhole } from '#campaigns/delivery/batch-key.ts'

const claim = newId<'claim'>(systemClock)

describe('the key of a batch', () => {
  it('says whether all that it was first asked for is still in it', () => {
    const key = batchKeyOf(claim, 0, 12)
    expect([12, 2, 0].map((messages) => isWhole(key, messages))).toEqual([true, false, false])
  })

  it('is never whole where it does not say how many it held, as before it did', () => {
    expect([`${claim}.0`, `${claim}.1`].map((key) => [0, 1].map((messages) => isWhole(key, messages)))).toEqual([
      [false, false],
      [false, false],
    ])
  })
})

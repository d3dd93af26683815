import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diversify, fuse, meaningShare, rarity, tellingOf, wordWeight } from '#rag/fuse.ts'

describe('fusion', () => {
  it('adds weight / (60 + rank) over the lists', () => {
    const fused = fuse([
      { weight: 1, ids: ['a', 'b'] },
      { weight: 0.5, ids: ['b', 'c'] },
    ])
    expect(fused).toEqual([
      { id: 'b', score: 1 / 62 + 0.5 / 61 },
      { id: 'a', score: 1 / 61 },
      { id: 'c', score: 0.5 / 62 },
    ])
  })

  it('keeps the order of a list beside one that weighs nothing, and finds each thing once', () => {
    const list = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 20 })
    fc.assert(
      fc.property(list, list, (first, second) => {
        const fused = fuse([
          { weight: 1, ids: first },
          { weight: 0, ids: second },
        ]).map(({ id }) => id)
        expect(fused.slice(0, first.length)).toEqual(first)
        expect(fused.toSorted()).toEqual([...new Set([...first, ...second])].toSorted())
      }),
    )
  })

  it('puts what is higher in every list higher, whatever the lists weigh', () => {
    const weight = fc.double({ min: 0.01, max: 10, noNaN: true })
    const order = fc.shuffledSubarray(['b', 'c', 'd', 'e'], { minLength: 4 })
    fc.assert(
      fc.property(weight, weight, order, order, (one, other, left, right) => {
        const fused = fuse([
          { weight: one, ids: ['a', ...left] },
          { weight: other, ids: ['a', ...right] },
        ])
        expect(fused[0]?.id).toBe('a')
      }),
    )
  })

  it('trusts words the more, the more the query tells by them', () => {
    const asked = (...chunks: number[]) =>
      wordWeight(tellingOf(chunks.map((found) => ({ ...term, chunks: found }))).get('english') ?? { sum: 0, most: 1 })
    const term = { id: 1, configuration: 'english', term: 'coffee', chunks: 0, total: 1000, mean: 40 }
    expect(asked()).toBe(0)
    expect(asked(900)).toBeLessThan(asked(900, 2))
    expect(asked(900, 2)).toBeLessThan(asked(900, 2, 1))
    expect(rarity(1, 1000)).toBeGreaterThan(rarity(900, 1000))
  })

  it('measures words and meaning as shares, whatever the model and the query', () => {
    const share = fc.double({ min: -1, max: 1, noNaN: true })
    fc.assert(
      fc.property(share, share, (similarity, floor) => {
        const meaning = meaningShare(similarity, floor)
        expect(meaning).toBeGreaterThanOrEqual(0)
        expect(meaning).toBeLessThanOrEqual(1)
      }),
    )
    expect(meaningShare(1, 0.4)).toBe(1)
    expect(meaningShare(0.3, 0.4)).toBe(0)
  })

  it('does not show the same passage twice while others wait', () => {
    const picked = diversify(
      [
        { score: 1, text: 'we post before noon' },
        { score: 0.99, text: 'We post before noon!' },
        { score: 0.9, text: 'keep beans in a cupboard' },
      ],
      2,
    )
    expect(picked.map((item) => item.text)).toEqual(['we post before noon', 'keep beans in a cupboard'])
  })

  it('leaves passages that are no copies in their order', () => {
    const texts = ['we post before noon', 'post leaves us at noon', 'letters take two days', 'keep beans closed']
    fc.assert(
      fc.property(fc.shuffledSubarray(texts), fc.integer({ min: 1, max: 4 }), (order, limit) => {
        const items = order.map((text, index) => ({ text, score: 1 / (60 + index) }))
        expect(diversify(items, limit)).toEqual(items.slice(0, limit))
      }),
    )
  })
})

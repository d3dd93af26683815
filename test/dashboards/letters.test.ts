import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differing, type Piece } from '#dashboards/views/letters.ts'

const told = (pieces: readonly Piece[]): string =>
  pieces.map(({ text, isOwn }) => (isOwn ? `[${text}]` : text)).join('')
const common = (pieces: readonly Piece[]): string =>
  pieces.flatMap(({ text, isOwn }) => (isOwn ? [] : [text.toLowerCase()])).join('')
const text = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'é', 'e\u0301', '1', '-', '👩‍🍳'), maxLength: 24 })

describe('the letters in which two values differ', () => {
  it('are marked on each side, and counted', () => {
    const { left, right, letters } = differing('Katharina', 'Catharine')
    expect([told(left), told(right), letters]).toEqual(['[K]atharin[a]', '[C]atharin[e]', 2])
    expect(differing('utrecht', 'Utrecht')).toMatchObject({ left: [{ text: 'utrecht', isOwn: false }], letters: 0 })
  })

  it('are all of them, where the values have little in common', () => {
    const { left, right } = differing('Delft', 'Groningen')
    expect([told(left), told(right)]).toEqual(['[Delft]', '[Groningen]'])
  })

  it('leave the same letters on both sides, and lose none (property)', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const { left, right, letters } = differing(a, b)
        expect(left.map((piece) => piece.text).join('')).toBe(a)
        expect(right.map((piece) => piece.text).join('')).toBe(b)
        expect(common(left)).toBe(common(right))
        expect(letters === 0).toBe(a.toLowerCase() === b.toLowerCase())
        expect(differing(a, a).left.every((piece) => !piece.isOwn)).toBe(true)
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wordPiece } from '#rag/embedders/word-piece.ts'

const pieces = [
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  'coffee',
  'cafe',
  'un',
  '##aff',
  '##able',
  '$',
  '12',
  '.',
  '豆',
  'a',
  '##a',
]
const read = wordPiece(pieces.join('\n'))
const words = (text: string, most = 256): string[] => read(text, most).map((number) => pieces[number] ?? '')

describe('WordPiece', () => {
  it('takes the longest pieces, without case and accents, each sign and ideograph alone', () => {
    expect(words('Unaffable CAFÉ')).toEqual(['[CLS]', 'un', '##aff', '##able', 'cafe', '[SEP]'])
    expect(words('$12.12豆豆')).toEqual(['[CLS]', '$', '12', '.', '12', '豆', '豆', '[SEP]'])
  })

  it('knows a word whole or not at all, and drops what cannot be seen', () => {
    expect(words('unknown coffee\u200b\u0000')).toEqual(['[CLS]', '[UNK]', 'coffee', '[SEP]'])
    expect(words('a'.repeat(101))).toEqual(['[CLS]', '[UNK]', '[SEP]'])
  })

  it('takes its own marks in a text for words', () => {
    expect(words('[SEP]')).toEqual(['[CLS]', '[UNK]', '[UNK]', '[UNK]', '[SEP]'])
  })

  it('begins and ends with its marks, and never has more pieces than asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 2, max: 40 }), (text, most) => {
        const numbers = read(text, most)
        expect(numbers.length).toBeLessThanOrEqual(most)
        expect([numbers[0], numbers.at(-1)]).toEqual([2, 3])
        for (const number of numbers) expect(pieces[number]).toBeDefined()
      }),
    )
  })

  it('reads the same whatever the case and the white space', () => {
    const word = fc.constantFrom('coffee', 'Café', 'unaffable', '12', '豆')
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (list) => {
        expect(read(list.join(' \t\n'), 256)).toEqual(read(list.join(' ').toUpperCase(), 256))
      }),
    )
  })

  it('refuses a vocabulary that is not of its kind', () => {
    expect(() => wordPiece('a\nb')).toThrow(/no \[CLS\]/)
  })
})

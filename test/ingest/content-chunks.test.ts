import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blocksOf, byteOffsets } from '#ingest/content/markdown.ts'
import { splitDocument } from '#ingest/content/split.ts'
import { anyMarkdown } from './any-markdown.ts'

const utf8 = (body: string, start: number, end: number): string => Buffer.from(body).subarray(start, end).toString()

describe('a chunk', () => {
  it('is exactly the bytes of the document it names, in order, and at most 1,200 characters long, for any text', () => {
    fc.assert(
      fc.property(anyMarkdown, (body) => {
        let behind = 0
        for (const chunk of splitDocument(body)) {
          expect(utf8(body, chunk.startByte, chunk.endByte)).toBe(chunk.text)
          expect(chunk.startByte).toBeGreaterThanOrEqual(behind)
          expect(chunk.text.length).toBeLessThanOrEqual(1200)
          expect(chunk.text.trim()).toBe(chunk.text)
          behind = chunk.endByte
        }
      }),
      { numRuns: 300 },
    )
  })

  it('leaves out nothing but blanks and lines of headings, for any text', () => {
    fc.assert(
      fc.property(anyMarkdown, (body) => {
        const bytes = Buffer.from(body)
        let behind = 0
        for (const { startByte, endByte } of [
          ...splitDocument(body),
          { startByte: bytes.length, endByte: bytes.length },
        ]) {
          const between = bytes.subarray(behind, startByte).toString().split('\n')
          expect(between.filter((line) => line.trim() !== '' && !/^ {0,3}#{1,6}\s/.test(line))).toEqual([])
          behind = endByte
        }
      }),
      { numRuns: 300 },
    )
  })

  it('never parts a character that is made of several, however long a word is', () => {
    for (const character of ['👩‍👩‍👧', 'e\u0301', '🇳🇱', '𝒳']) {
      const body = `a${character.repeat(1500)}`
      const parts = splitDocument(body).map(({ text }) => text)
      expect(parts.join('')).toBe(body)
      for (const part of parts.slice(1)) expect(part.startsWith(character), character).toBe(true)
    }
  })

  it('loses nothing but headings and blanks', () => {
    fc.assert(
      fc.property(fc.array(fc.lorem({ mode: 'sentences', maxCount: 40 }), { maxLength: 6 }), (paragraphs) => {
        const words = splitDocument(paragraphs.join('\n\n')).flatMap((chunk) => chunk.text.split(/\s+/))
        expect(words).toEqual(paragraphs.flatMap((text) => text.split(/\s+/)))
      }),
    )
  })

  it('stays under its heading, named by the path of headings', () => {
    const body =
      '# Shop\n\nHello.\n\n## Hours\n\nMonday.\n\nTuesday.\n\n### Holidays\n\nNone.\n\n## Contact\n\n```\n# no heading\n```\n'
    expect(splitDocument(body).map(({ heading, text }) => [heading, text])).toEqual([
      ['Shop', 'Hello.'],
      ['Shop › Hours', 'Monday.\n\nTuesday.'],
      ['Shop › Hours › Holidays', 'None.'],
      ['Shop › Contact', '```\n# no heading\n```'],
    ])
  })

  it('has byte offsets that agree with the encoder at every character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const at = byteOffsets(text)
        for (let index = 0; index <= text.length; index += 1) {
          const isInsidePair = /[\uDC00-\uDFFF]/.test(text[index] ?? '')
          if (!isInsidePair) expect(at(index)).toBe(Buffer.byteLength(text.slice(0, index)))
        }
      }),
    )
    expect(blocksOf('')).toEqual([])
  })
})

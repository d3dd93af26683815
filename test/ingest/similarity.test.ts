import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damerauLevenshtein, jaroWinkler, levenshtein } from '#ingest/linkage/similarity.ts'

type Pair = [string, string]

/** Letters that come back often, so that much is equal and much out of order; some take two, three or four bytes. */
const letters = fc.constantFrom(
  ...'aabbcdeeilmnorst'.split(''),
  ' ',
  '-',
  "'",
  'é',
  'ß',
  'ł',
  'Ж',
  '李',
  '😀',
  '\u0301',
)
const short = fc.string({ unit: letters, maxLength: 12 })
const long = fc.string({ unit: letters, minLength: 40, maxLength: 140 })
const any = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !text.includes('\0'))

/** A word and the same with some slips of the keys. */
const mistyped = (word: fc.Arbitrary<string>): fc.Arbitrary<Pair> =>
  fc.tuple(word, fc.array(fc.tuple(fc.nat(150), fc.nat(3), letters), { maxLength: 4 })).map(([text, slips]): Pair => {
    const units = Array.from(text)
    for (const [at, kind, letter] of slips) {
      const place = at % (units.length + 1)
      if (kind === 0) units.splice(place, 0, letter)
      else if (kind === 1) units.splice(place, 1)
      else if (kind === 2) units.splice(place, 1, letter)
      else units.splice(place, 2, ...units.slice(place, place + 2).toReversed())
    }
    return [text, units.join('')]
  })

const pairs = fc.oneof(
  fc.tuple(short, short),
  fc.tuple(long, long),
  fc.tuple(short, long),
  fc.tuple(any, any),
  mistyped(short),
  mistyped(long),
)

describe('the similarity of two strings', () => {
  let duckdb: DuckDBInstance

  beforeAll(async () => {
    duckdb = await DuckDBInstance.create(':memory:')
  })
  afterAll(() => duckdb.closeSync())

  it('is what DuckDB says it is, to the last bit, for any strings', async () => {
    const connection = await duckdb.connect()
    await connection.run('create table pairs (place integer, a varchar, b varchar)')
    await fc.assert(
      fc.asyncProperty(fc.array(pairs, { minLength: 400, maxLength: 1200, size: 'max' }), async (sample) => {
        await connection.run('delete from pairs')
        const appender = await connection.createAppender('pairs')
        for (const [place, [a, b]] of sample.entries()) {
          appender.appendInteger(place)
          appender.appendVarchar(a)
          appender.appendVarchar(b)
          appender.endRow()
        }
        appender.closeSync()
        const reader = await connection.runAndReadAll(
          `select jaro_winkler_similarity(a, b), levenshtein(a, b)::integer, damerau_levenshtein(a, b)::integer
           from pairs order by place`,
        )
        const here = sample.map(([a, b]) => [jaroWinkler(a, b), levenshtein(a, b), damerauLevenshtein(a, b)])
        expect(here).toEqual(reader.getRows())
      }),
      { numRuns: 12 },
    )
    connection.closeSync()
  })

  it('is known for pairs out of the books', () => {
    expect(jaroWinkler('martha', 'marhta')).toBeCloseTo(0.9611, 4)
    expect(jaroWinkler('dixon', 'dicksonx')).toBeCloseTo(0.8133, 4)
    expect(levenshtein('kitten', 'sitting')).toBe(3)
    expect(damerauLevenshtein('ca', 'abc')).toBe(2)
    expect([jaroWinkler('', ''), jaroWinkler('', 'a'), levenshtein('', 'ab'), damerauLevenshtein('', 'é')]).toEqual([0, 0, 2, 2]) // prettier-ignore
  })

  it('does not depend on what was compared before, and grows to any length', () => {
    const novel = 'ab'.repeat(20_000)
    expect(jaroWinkler(novel, novel.slice(1))).toBeGreaterThan(0.8)
    expect(levenshtein('ab'.repeat(600), 'ba'.repeat(600))).toBe(2)
    expect(jaroWinkler('martha', 'marhta')).toBeCloseTo(0.9611, 4)
    expect(damerauLevenshtein('martha', 'marhta')).toBe(1)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { asTextArray } from '#kernel/text-array.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase()

describe('texts handed to the database as an array', () => {
  const nasty = fc.constantFrom(
    'NULL',
    'null',
    '',
    ' ',
    '{}',
    '{',
    ',',
    '"',
    '\\',
    '\\"',
    'a,b',
    "o'clock",
    '<a@b>',
    'é',
    '漢\n',
  )
  const text = fc
    .oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 12 }), fc.uuid())
    .map((one) => one.replaceAll('\0', ''))

  it('come back as they were, nulls among them (property)', async () => {
    const lists = fc.array(fc.option(text), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(lists, async (list) => {
        const [row] = await db.query<{ list: (string | null)[] }>(sql`select ${list}::text[] as list`)
        expect(row?.list).toEqual(list)
      }),
      { numRuns: 100 },
    )
  })

  it('are the only arrays that are written here: numbers, dates and lists in lists are the driver’s', () => {
    for (const other of [[1, 2], [new Date(0)], [['a']], [], 'a', null, { a: 1 }])
      expect(asTextArray(other)).toBe(other)
  })
})

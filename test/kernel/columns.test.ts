import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteas, instants, integers, texts, uuids } from '#kernel/columns.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase()

describe('whole columns', () => {
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.array(fc.option(value), { maxLength: 20 })
  const text = fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed() && !one.includes('\0'))
  const moment = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true }) // prettier-ignore

  it('come back from the database as they were given', async () => {
    const rows = fc.array(
      fc.record({
        id: fc.option(fc.uuid()),
        name: fc.option(text),
        count: fc.option(fc.integer()),
        bytes: fc.option(fc.uint8Array()),
        at: fc.option(moment),
      }),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const order = integers(given.map((_, index) => index))
        const back = await db.query(sql`select id, name, count, bytes, at from unnest(${order}::integer[],
          ${uuids(given.map((row) => row.id))}::uuid[], ${texts(given.map((row) => row.name))}::text[],
          ${integers(given.map((row) => row.count))}::integer[], ${byteas(given.map((row) => row.bytes))}::bytea[],
          ${instants(given.map((row) => row.at))}::timestamptz[]) as r (place, id, name, count, bytes, at) order by place`)
        expect(back).toEqual(given.map((row) => ({ ...row, bytes: row.bytes && Buffer.from(row.bytes) })))
      }),
      { numRuns: 50 },
    )
  })

  it('are nothing where nothing stands in them', () => {
    fc.assert(fc.property(maybe(text), (values) => (texts(values) === null) === values.every((one) => one === null)))
    expect(instants([new Date(Number.NaN), undefined])).toBeNull()
  })

  it('refuse what is no id or no number of 32 bits', () => {
    for (const id of ['', '0198c0de-0000-7000-8000-00000000000g', '0198c0de00007000800000000000000012345', 'ı198c0de-0000-7000-8000-000000000000'])
      expect(() => uuids([id])).toThrow('no UUID') // prettier-ignore
    for (const number of [1.5, 2 ** 31, Number.NaN]) expect(() => integers([number])).toThrow(RangeError)
  })
})

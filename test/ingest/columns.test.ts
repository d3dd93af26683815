import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoDay } from '#ingest/columns/dates.ts'
import { shared, type Field } from '#ingest/columns/field.ts'
import { guessColumns } from '#ingest/columns/guess.ts'
import { isMissing } from '#ingest/columns/missing.ts'
import * as make from './columns-support.ts'
import { files } from './columns-files.ts'
import { inLanguages } from './columns-languages.ts'
import { nameless } from './columns-nameless.ts'
import { fieldsOf, guessed, pick, type Columns, type Maker } from './columns-support.ts'

const asMakers = (columns: Columns): Record<string, Maker> =>
  Object.fromEntries(Object.entries(columns).map(([name, [maker]]) => [name, maker]))
const expected = (columns: Columns): Record<string, Field> =>
  Object.fromEntries(Object.entries(columns).map(([name, [, field]]) => [name, field]))

describe('guessing the columns of a file', () => {
  it.each(Object.entries({ ...files, ...inLanguages }))('knows those %s', (_, columns) => {
    expect(fieldsOf(guessed(asMakers(columns)))).toEqual(expected(columns))
  })

  it.each(Object.entries(nameless))('knows by contents alone those %s', (_, columns) => {
    const guesses = guessed(asMakers(columns), { nameless: true })
    const named = Object.fromEntries(Object.keys(columns).map((name, index) => [name, guesses[index]!.field]))
    expect(named).toEqual(expected(columns))
  })

  it.each([
    [make.isoBirth, 'yyyy-MM-dd'],
    [make.dmyBirth, 'd/M/yyyy'],
    [make.dottedBirth, 'd.M.yyyy'],
    [make.mdyBirth, 'M/d/yyyy'],
    [make.mdyShort, 'M/d/yy'],
    [make.compactBirth, 'yyyyMMdd'],
    [make.wordBirth, 'd MMM yyyy'],
    [make.born((y, m, d) => `${String(d).padStart(2, '0')}${String(m).padStart(2, '0')}${y}`), 'ddMMyyyy'],
  ])('tells how dates of birth are written (%#)', (maker, format) => {
    const [guess] = guessed({ x: maker, name: make.full })
    expect(guess).toMatchObject({ field: 'dob', format })
    const days = [0, 1, 2, 3].map((row) => isoDay(maker(row)!, guess!.format!))
    const births = [0, 1, 2, 3].map((row) => make.isoBirth(row))
    expect(days).toEqual(births)
  })

  it('takes the month first where no date tells but the addresses are American', () => {
    const early: Maker = (row) => `0${1 + pick(row, 70, 9)}/0${1 + pick(row, 71, 9)}/${1940 + pick(row, 72, 60)}`
    expect(guessed({ dob: early, state: make.stateUs, zip: make.five })[0]!.format).toBe('M/d/yyyy')
    expect(guessed({ dob: early, plz: make.five })[0]!.format).toBe('d/M/yyyy')
  })

  it('reads the odd date written otherwise, and none into nonsense', () => {
    expect(isoDay('1980-05-12', 'd/M/yyyy')).toBe('1980-05-12')
    expect(isoDay('04/25/1980', 'd/M/yyyy')).toBe('1980-04-25')
    expect(isoDay('3 mrt 1971', 'd-M-yyyy')).toBe('1971-03-03')
    expect(isoDay('1994-02-31', 'yyyy-MM-dd')).toBe('1994-02-31')
    expect(isoDay('5/6/29', 'd/M/yy')).toBe('2029-06-05')
    expect(['', '1980-13-45', '99999999', 'soon'].map((text) => isoDay(text, 'yyyyMMdd'))).toEqual([undefined, undefined, undefined, undefined]) // prettier-ignore
  })

  it('says of which columns a derived one is made', () => {
    const guesses = guessed({ a: make.given, b: make.family, c: make.full, d: make.isoBirth })
    expect(guesses[2]).toMatchObject({ field: 'derived', of: ['a', 'b'] })
  })

  it('says why, and that the values overrule a name', () => {
    const [guess] = guessed({ name: make.email })
    expect(guess).toMatchObject({ field: 'email' })
    expect(guess!.why).toMatch(/its name says .*its values do not/)
  })

  it('knows the ways to write that there is no value', () => {
    expect(['', ' ', 'NULL', 'NaN', 'n/a', '-', 'Unknown', '0000-00-00', null, undefined].every(isMissing)).toBe(true)
    expect(['Nan Li', '0', 'x', 'Nora'].some(isMissing)).toBe(false)
  })

  it('answers for every column of any file, and gives each field of a person to one column', () => {
    const cell = fc.oneof(fc.constant(null), fc.string({ maxLength: 12 }), fc.nat().map(String), fc.emailAddress())
    const file = fc
      .tuple(
        fc.array(fc.string({ maxLength: 12 }), { maxLength: 8 }),
        fc.array(fc.array(cell, { maxLength: 9 }), { maxLength: 30 }),
      ) // prettier-ignore
      .map(([header, rows]) => ({ header, rows }))
    fc.assert(
      fc.property(file, (input) => {
        const guesses = guessColumns(input)
        expect(guesses.map(({ column }) => column)).toEqual(input.header)
        const own = guesses.map(({ field }) => field).filter((field) => !shared.has(field))
        expect(new Set(own).size).toBe(own.length)
        expect(guesses.every(({ confidence }) => confidence >= 0 && confidence <= 1)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })
})

const data = join(process.env['MILLRACE_DATA'] ?? '../shared/data', 'identity')
const febrl: Field[] = ['record-id', 'given', 'family', 'house-number', 'street', 'unit', 'city', 'postcode', 'state', 'dob', 'user-id'] // prettier-ignore

describe.skipIf(!existsSync(data))('guessing the columns of published sets', () => {
  it.each([
    ['fake_1000.csv', ['record-id', 'given', 'family', 'dob', 'city', 'email', 'truth'], 'ignore'],
    ['febrl1.csv', febrl, 'user-id'],
    ['febrl2.csv', febrl, 'user-id'],
  ])('knows those of %s, with their names and without', (name, fields, last) => {
    const [header, ...rows] = parse(readFileSync(join(data, name), 'utf8'), { trim: true })
    expect(guessColumns({ header: header!, rows }).map(({ field }) => field)).toEqual(fields)
    const without = guessColumns({ header: header!.map((_, index) => `field_${index}`), rows })
    const known = without.map(({ field }, index) => (field === 'fuzzy' && fields[index] === 'unit' ? 'unit' : field))
    expect(known).toEqual([...fields.slice(0, -1), last])
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { testFolder } from '#test/ingest/ingest-support.ts'
import { makers, type DataSet } from '../../bench/identity/generate.ts'
import { writeTrapExports } from '../../bench/identity/traps-house.ts'

const folder = testFolder()

const make = (set: string, seed: string, records: number): DataSet =>
  makers[set]!.make(join(folder.path, `${seed}-${records}`), { records, seed })

type Cells = Record<string, string>
const rowsOf = (path: string): Cells[] => parse<Cells>(readFileSync(path), { columns: true })
const truthOf = (set: DataSet, name: string): Cells[] => rowsOf(set.truth.slice(0, -name.length - 1))
const share = (rows: readonly Cells[], test: (row: Cells) => boolean): number => rows.filter(test).length / rows.length

describe('the data sets of the identity benchmark', () => {
  it('are the same bytes for the same seed, and others for another', () => {
    for (const set of Object.keys(makers)) {
      const bytes = (seed: string, records: number): string => readFileSync(make(set, seed, records).data, 'utf8')
      const first = bytes('1', 400)
      expect(bytes('1', 400), set).toBe(first)
      if (set !== 'bad-all-null' && set !== 'bad-identical') expect(bytes('2', 400), set).not.toBe(first)
    }
  })

  it('hold as many records as were asked for, with a truth for each', () => {
    for (const set of ['households', 'bad-one-block', 'bad-user-ids']) {
      const made = make(set, '3', 2000)
      const ids = rowsOf(made.data).map((row) => row['record_id'])
      expect(new Set(ids).size, set).toBe(2000)
      expect(truthOf(made, 'person').map((row) => row['record_id'])).toEqual(ids)
    }
    expect(rowsOf(make('corrupted', '3', 2000).data)).toHaveLength(2000)
    expect(rowsOf(make('historical', '3', 2000).data)).toHaveLength(2000)
  })

  it('have households: people who share surname, postcode and landline, about two records each, with gaps', () => {
    const made = make('households', '4', 20_000)
    const rows = rowsOf(made.data)
    const person = new Map(truthOf(made, 'person').map((row) => [row['record_id'], row['person']]))
    const people = new Set(person.values()).size
    expect(20_000 / people).toBeGreaterThan(1.8)
    expect(20_000 / people).toBeLessThan(2.3)
    for (const column of ['first_name', 'surname', 'dob', 'street', 'city', 'postcode', 'phone', 'email']) {
      const missing = share(rows, (row) => row[column] === '')
      expect(missing, column).toBeGreaterThan(0.08)
      expect(missing, column).toBeLessThan(0.55)
    }
    const homes = Map.groupBy(rows, (row) => `${row['surname']} ${row['postcode']} ${row['phone']}`)
    const shared = [...homes].filter(([home, all]) => /^\S+ .+ 01/.test(home) && new Set(all.map((row) => person.get(row['record_id']))).size > 1) // prettier-ignore
    expect(shared.length).toBeGreaterThan(30)
  })

  it('set traps whose humans are never the same, whatever they share', () => {
    const made = make('traps', '5', 500)
    const rows = new Map(rowsOf(made.data).map((row) => [row['id'], row]))
    const traps = Map.groupBy(truthOf(made, 'human'), (row) => row['trap'])
    expect(traps.size).toBe(12)
    for (const trap of ['twins', 'couple', 'family e-mail', 'recycled phone']) {
      const own = Map.groupBy(traps.get(trap)!, (row) => row['human'])
      expect(own.size, trap).toBeGreaterThan(traps.get(trap)!.length / 5)
      expect(own.size, trap).toBeLessThan(traps.get(trap)!.length)
    }
    const twins = Map.groupBy(traps.get('twins')!.map((row) => rows.get(row['id'])!), (row) => `${row['family_name']} ${row['phone']} ${row['street']}`) // prettier-ignore
    for (const pair of twins.values()) {
      expect(new Set(pair.map((row) => row['birthdate']).filter((born) => born !== '')).size).toBe(1)
      expect(new Set(pair.map((row) => row['given_name'])).size).toBe(2)
    }
  })

  it('write the traps as exports whose every record has a human', () => {
    const truth = writeTrapExports(join(folder.path, 'exports'), { each: 3, seed: '6' })
    const contacts = rowsOf(join(folder.path, 'exports', 'hubspot/contacts.csv'))
    const orders = rowsOf(join(folder.path, 'exports', 'shopify/orders.csv'))
    for (const row of contacts) expect(truth[`hubspot:${row['Record ID']}`]?.human).toBeDefined()
    for (const row of orders) expect(truth[`shopify:${row['Id']}`]?.human).toBeDefined()
    expect(contacts.length + orders.length).toBeGreaterThan(20)
  })
})

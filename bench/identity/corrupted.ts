import { createRandom, type Random } from '#examples/roastery/random.ts'
import { nicknameOf, slip, slips } from './corrupt.ts'
import { bornBetween, digits } from './people.ts'
import { femalePool, malePool, streetPool, surnamePool, townsOf, zipfPool } from './pool.ts'
import { csvWriter } from './write-csv.ts'

const columns = [
  'culture', 'sex', 'given_name', 'surname', 'street_number', 'address_1', 'address_2', 'suburb', 'postcode', 'state',
  'date_of_birth', 'age', 'phone_number', 'soc_sec_id',
] as const // prettier-ignore
type Column = (typeof columns)[number]
type Record14 = Record<Column, string>

/** How often a column is the one that is modified, and whether it is a number. */
const modified: readonly (readonly [Column, number])[] = [
  ['given_name', 16], ['surname', 16], ['street_number', 7], ['address_1', 11], ['address_2', 9], ['suburb', 11],
  ['postcode', 7], ['state', 4], ['date_of_birth', 12], ['age', 3], ['phone_number', 6], ['soc_sec_id', 12], ['sex', 1],
] // prettier-ignore
const swaps: readonly (readonly [Column, Column])[] = [['given_name', 'surname'], ['address_1', 'address_2'], ['suburb', 'address_2']] // prettier-ignore
const missingAtBirth: readonly (readonly [Column, number])[] = [
  ['given_name', 0.03], ['surname', 0.02], ['street_number', 0.04], ['address_1', 0.02], ['address_2', 0.1], ['suburb', 0.01], ['state', 0.01],
  ['date_of_birth', 0.03], ['soc_sec_id', 0.04], ['age', 0.15], ['phone_number', 0.06], ['sex', 0.05], ['culture', 0.4],
] // prettier-ignore

const states = [['nsw', 34], ['vic', 25], ['qld', 20], ['wa', 10], ['sa', 8], ['tas', 2], ['act', 2], ['nt', 1]] as const // prettier-ignore
const areaCodes: Record<string, string> = { nsw: '02', act: '02', vic: '03', tas: '03', qld: '07', wa: '08', sa: '08', nt: '08' } // prettier-ignore

/** How bad it is: modifications of one column and of one record at most. */
export type Hardness = { perColumn: number; perRecord: number }

/**
 * A file as FEBRL's generator writes it, hard: originals with up to nine duplicates (few have many), each with up to
 * `perRecord` modifications of all kinds. The truth is in the id: `rec-N-org`, `rec-N-dup-k`.
 */
export function writeCorrupted(to: { data: string }, input: { records: number; seed: string } & Hardness): void {
  const random = createRandom(`corrupted ${input.seed}`)
  const towns = zipfPool(townsOf(1200), 0.7, 10)
  const rows: string[][] = []
  const originals = Math.round(input.records / 2)
  let duplicates = input.records - originals
  for (let nth = 0; nth < originals; nth += 1) {
    const original = person(towns, random)
    rows.push([`rec-${nth}-org`, ...cells(original)])
    const wanted = random.chance(0.32) || nth === originals - 1 ? random.weighted(duplicateCounts) : 0
    const count = Math.min(wanted, duplicates)
    duplicates -= count
    for (let copy = 0; copy < count; copy += 1) {
      rows.push([`rec-${nth}-dup-${copy}`, ...cells(duplicate(original, input, random))])
    }
  }
  const file = csvWriter(to.data, ['rec_id', ...columns])
  for (const row of random.shuffle(rows)) file.row(row)
  file.close()
}

/** Zipf: half as many with twice the duplicates. */
const duplicateCounts = Array.from({ length: 9 }, (_, index) => [index + 1, 1 / (index + 1)] as const)

const cells = (record: Record14): string[] => columns.map((column) => record[column])

function person(towns: (random: Random) => string, random: Random): Record14 {
  const sex = random.chance(0.5) ? 'f' : 'm'
  const born = bornBetween(1900, 1999, random).replaceAll('-', '')
  const state = random.weighted(states)
  const record: Record14 = {
    culture: random.weighted([['aus', 60], ['uk', 15], ['vtn', 6], ['ita', 6], ['grk', 5], ['chi', 8]]),
    sex,
    given_name: (sex === 'f' ? femalePool : malePool)(random),
    surname: surnamePool(random),
    street_number: String(random.chance(0.8) ? random.int(1, 99) : random.int(100, 400)),
    address_1: streetPool(random).toLowerCase(),
    address_2: premises(random),
    suburb: towns(random) + (random.chance(0.12) ? random.pick([' north', ' south', ' heights', ' park', ' beach']) : ''),
    postcode: String(random.int(2000, 6999)),
    state,
    date_of_birth: born,
    age: String(2003 - Number(born.slice(0, 4))),
    phone_number: `${areaCodes[state]!} ${digits(8, random)}`,
    soc_sec_id: String(random.int(1_000_000, 9_999_999)),
  } // prettier-ignore
  for (const [column, share] of missingAtBirth) if (random.chance(share)) record[column] = ''
  return record
}

function premises(random: Random): string {
  if (random.chance(0.12)) return random.pick(['flat', 'unit', 'apmnt']) + ` ${random.int(1, 60)}`
  const kind = random.pick(['', ' park', ' village', ' court', ' farm', ' lodge', ' cottage', ' gardens', ' estate'])
  return surnamePool(random) + kind
}

/** Most duplicates of a hard file have a handful of modifications, some as many as allowed. */
function duplicate(original: Record14, hardness: Hardness, random: Random): Record14 {
  const record = { ...original }
  const wanted = random.int(2, hardness.perRecord)
  const made = new Map<Column, number>()
  for (let count = 0; count < wanted; count += 1) {
    if (random.chance(0.06)) {
      const [one, other] = random.pick(swaps)
      ;[record[one], record[other]] = [record[other], record[one]]
      continue
    }
    const column = random.weighted(modified)
    if ((made.get(column) ?? 0) >= hardness.perColumn || record[column] === '') continue
    made.set(column, (made.get(column) ?? 0) + 1)
    record[column] = modify(column, record, random)
  }
  return record
}

function modify(column: Column, record: Record14, random: Random): string {
  const value = record[column]
  const drawn = random.next()
  if (drawn < 0.12) return ''
  if (drawn < 0.2) return another(column, record, random)
  if (column === 'date_of_birth' && drawn < 0.4) return value.slice(0, 4) + value.slice(6) + value.slice(4, 6)
  if (drawn < 0.26 && value.includes(' ')) return value.split(' ').toReversed().join(' ')
  return /^\d+$/.test(value) ? wrongDigit(value, random) : slip(value, random)
}

/** A new value in place of the old: another name, house or number. */
function another(column: Column, record: Record14, random: Random): string {
  const given = record.sex === 'f' ? femalePool : malePool
  if (column === 'given_name') return random.chance(0.6) ? nicknameOf(record.given_name, random) : given(random)
  if (column === 'surname') return random.chance(0.4) ? surnamePool(random) : slips(record.surname, 2, random)
  if (column === 'address_1') return streetPool(random).toLowerCase()
  if (column === 'address_2') return premises(random)
  if (column === 'state') return random.weighted(states)
  if (column === 'sex') return record.sex === 'f' ? 'm' : 'f'
  return slips(record[column], 2, random)
}

function wrongDigit(value: string, random: Random): string {
  const at = random.int(0, value.length - 1)
  if (at > 0 && random.chance(0.3)) return value.slice(0, at - 1) + value[at]! + value[at - 1]! + value.slice(at + 1)
  return value.slice(0, at) + String(random.int(0, 9)) + value.slice(at + 1)
}

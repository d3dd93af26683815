import type { Evidence, Field, Guess } from './field.ts'
import type { Profile } from './profile.ts'

/** What is known of a column while its neighbours are asked. */
export type Reading = {
  profile: Profile
  /** What the name says and the contents allow. */
  named: Evidence
  /** What the contents say. */
  told: Evidence
  /** What the columns beside it say. */
  near: Evidence
  /** What it was taken for. */
  guess?: Guess
}

/** How sure it is that the column is the field: `1 - (1 - name)(1 - contents)(1 - neighbours)`. */
export const sureness = (reading: Reading, field: Field): number =>
  1 - (1 - (reading.named[field] ?? 0)) * (1 - (reading.told[field] ?? 0)) * (1 - (reading.near[field] ?? 0))

/** The field a column is surest of. */
export function best(reading: Reading): { field: Field; sure: number } {
  let found: { field: Field; sure: number } = { field: 'ignore', sure: 0 }
  for (const field of claimed(reading)) {
    const sure = sureness(reading, field)
    if (sure > found.sure) found = { field, sure }
  }
  return found
}

/** Fields that something speaks for. */
export const claimed = ({ named, told, near }: Reading): Field[] =>
  [...new Set([...Object.keys(named), ...Object.keys(told), ...Object.keys(near)])] as Field[]

/** Sets what a column is. */
export function decide(reading: Reading, field: Field, confidence: number, why: string, of?: readonly Profile[]): void {
  const names = of?.map(({ header }) => header)
  const column = reading.profile.header
  const sentence = names === undefined ? why : `${why} ${names.map((name) => `"${name}"`).join(' and ')}`
  reading.guess = { column, field, confidence: Math.round(confidence * 100) / 100, why: sentence, ...(names === undefined ? {} : { of: names }) } // prettier-ignore
}

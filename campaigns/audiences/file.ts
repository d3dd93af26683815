import { stringify } from 'csv-stringify/sync'
import { digestOf, type Platform } from './normalise.ts'

/** The addresses of one person that may be told. */
export type Reachable = { emails: readonly string[]; phones: readonly string[] }

/** The first line, as each platform reads it. */
const headers: Readonly<Record<Platform, readonly [string, string]>> = {
  google: ['Email', 'Phone'],
  meta: ['email', 'phone'],
}

/**
 * The file of an audience: digests of addresses and nothing else, since names and postcodes, few as there are, can be
 * guessed back from theirs. One row has the first addresses of a person, further ones have rows of their own. Rows are in
 * the order of their digests: the same people make the same bytes, and no order of ours shows.
 */
export function audienceFile(platform: Platform, people: readonly Reachable[]): { csv: string; rows: number } {
  const rows = new Map(people.flatMap((person) => rowsOf(platform, person)).map((row) => [row.join(), row]))
  const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  return { csv: stringify([headers[platform], ...sorted], { escape_formulas: true }), rows: sorted.length }
}

function rowsOf(platform: Platform, { emails, phones }: Reachable): [string, string][] {
  const count = Math.max(emails.length, phones.length)
  return Array.from({ length: count }, (_, n) => [
    emails[n] === undefined ? '' : digestOf(platform, 'email', emails[n]),
    phones[n] === undefined ? '' : digestOf(platform, 'phone', phones[n]),
  ])
}

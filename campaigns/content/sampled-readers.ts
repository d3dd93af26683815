import { sha256 } from '#kernel/crypto.ts'
import type { Queryable } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { peopleFields } from '../render/person-fields.ts'
import type { PersonFields } from '../render/slots.ts'

/** Somebody a message is tried on. `who` says what kind of reader they are, and never who. */
export type Reader = { who: string; person: PersonFields }

const sampleSize = 20
/** People whose values are looked at for extremes: of a larger audience evenly many. */
const lookedAt = 5_000

/**
 * Whom the messages of a campaign are tried on: some of its audience, always the same; those of it whose values are the
 * longest, the shortest or the oddest; and imagined people with values nobody should have.
 * @param fields the fields of a person that the copy names; without any, all readers read the same
 */
export async function sampledReaders(
  db: Queryable,
  audience: readonly PersonId[],
  fields: readonly string[],
): Promise<Reader[]> {
  if (fields.length === 0) return [{ who: 'everybody', person: {} }]
  const people = [...(await peopleFields(db, evenly(audience)))]
  const sampled = people
    .toSorted(([a], [b]) => (sha256(a) < sha256(b) ? -1 : 1))
    .slice(0, sampleSize)
    .map(([, person]) => ({ who: 'a reader of this segment', person }))
  const all = people.map(([, person]) => person)
  return [...sampled, ...fields.flatMap((field) => extremes(all, field)), ...imagined(fields)]
}

function evenly(audience: readonly PersonId[]): PersonId[] {
  const step = Math.ceil(audience.length / lookedAt)
  return step <= 1 ? [...audience] : audience.filter((_, at) => at % step === 0)
}

const count = (pattern: RegExp) => (value: string) => value.match(pattern)?.length ?? 0

/** How far a value goes in each way in which values are odd; none of it at 0. */
const oddities: readonly [string, (value: string) => number][] = [
  ['the longest', (value) => value.length],
  ['the shortest', (value) => 1 / (1 + value.length)],
  ['the most right-to-left letters in the', count(/[\p{Script=Arabic}\p{Script=Hebrew}]/gu)],
  ['the most letters of another script in the', count(/(?!\p{Script=Latin})\p{L}/gu)],
  ['the most pictures in the', count(/\p{Extended_Pictographic}/gu)],
  ['the most signs in the', count(/[^\p{L}\p{M}\p{Zs}]/gu)],
]

function extremes(people: readonly PersonFields[], field: string): Reader[] {
  const name = field.replaceAll('_', ' ')
  const known = people.filter((person) => person[field] !== undefined)
  const without = people.find((person) => person[field] === undefined)
  const odd = oddities.flatMap(([what, measure]): Reader[] => {
    const most = known.reduce<{ person: PersonFields; size: number } | null>((best, person) => {
      const size = measure(person[field] ?? '')
      return size > (best?.size ?? 0) ? { person, size } : best
    }, null)
    return most ? [{ who: `the reader with ${what} ${name}`, person: most.person }] : []
  })
  return [...(without ? [{ who: `a reader whose ${name} is not known`, person: without }] : []), ...odd]
}

/** People nobody is, by what is the matter with them. */
const impossible: readonly [string, string | undefined][] = [
  ['of whom nothing is known', undefined],
  ['whose values are one letter', 'X'],
  ['whose values are as long as may be', 'Wolfeschlegelsteinhausen-'.repeat(4)],
  ['whose values run from right to left', 'عبد الرحمن'],
  ['whose values are Chinese', '欧阳明美'],
  ['whose values hold pictures', 'Zoë 🌻👩‍🌾'],
  ['whose values hold apostrophes', "Mary-Ann O'Connor d’Angelo"],
  ['whose values are markup', '<b onclick="x()">Ann</b>'],
  ['whose values are 10,000 characters long', 'x'.repeat(10_000)],
  ['whose values hold a header', 'Ann\r\nBcc: all@example.com'],
  ['whose values are slots', '{{ person.email }}'],
]

const imagined = (fields: readonly string[]): Reader[] =>
  impossible.map(([what, value]) => ({
    who: `somebody ${what}`,
    person: value === undefined ? {} : Object.fromEntries(fields.map((field) => [field, value])),
  }))

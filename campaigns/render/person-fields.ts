import type { Queryable } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { liveSurvivorship, survivor, type Survivorship } from '#ingest/identity/survivorship.ts'
import type { OutgoingRow, OutgoingSaid, SaidOf } from '../queries/deliveries.ts'
import { selectSaidOfPeople } from '../queries/people-said.ts'
import type { PersonFields } from './slots.ts'

/** The fields a slot may name, and the golden value each stands for. */
const fields = {
  given_name: 'givenName',
  family_name: 'familyName',
  city: 'city',
  country: 'country',
  language: 'language',
} as const

const slotFields = Object.entries(fields)

/** The slots that content may hold: what the guardrails let pass. */
export const slotNames: readonly string[] = Object.keys(fields).map((field) => `person.${field}`)

/** A row with what is known of its person; a field without a value is absent. */
export type Outgoing = OutgoingRow & { person: PersonFields }

/**
 * Rows with the golden values of their people, by the live rules of survivorship, so that they are what the customer page
 * shows.
 * @param rows one for each source that says something of the person, as they are read
 */
export function withPeople(rows: readonly OutgoingSaid[], rules: Survivorship): Outgoing[] {
  const people: Outgoing[] = []
  for (let first = 0, next = 0; first < rows.length; first = next) {
    const row = rows[first]!
    while (rows[next]?.id === row.id) next += 1
    const said = row.saidBy === null ? [] : (rows.slice(first, next) as SaidOf[])
    people.push(outgoingOf(row, fieldsOf(said, rules)))
  }
  return people
}

const outgoingOf = ({ id, personId, identifierId, address, stepKey, occurrence, attempts, tracked }: OutgoingRow, person: PersonFields): Outgoing => ({ id, personId, identifierId, address, stepKey, occurrence, attempts, tracked, person }) // prettier-ignore

/** The same of people who have no row yet, in the order of their ids. */
export async function peopleFields(db: Queryable, ids: readonly PersonId[]): Promise<Map<PersonId, PersonFields>> {
  const said = Map.groupBy(await selectSaidOfPeople(db, ids), ({ personId }) => personId)
  const { rules } = await liveSurvivorship(db)
  return new Map(ids.toSorted().map((id) => [id, fieldsOf(said.get(id) ?? [], rules)]))
}

function fieldsOf(said: readonly SaidOf[], rules: Survivorship): PersonFields {
  // Most people are known from one source, which then has no rival.
  const [only] = said
  const profiles = said.length <= 1 ? null : said.map(profileOf)
  const person: Record<string, string> = {}
  for (const [slot, field] of slotFields) {
    const value = profiles ? survivor(profiles, field, rules)?.value : only?.[field]
    if (typeof value === 'string' && value.trim() !== '') person[slot] = value
  }
  return person
}

function profileOf({ saidBy, source, recordId, createdAt, updatedAt, ...said }: SaidOf) {
  const { givenName, familyName, city, country, language } = said
  const values: Record<string, string | null> = { givenName, familyName, city, country, language }
  return { identifierId: saidBy, source, recordId, createdAt, updatedAt, values }
}

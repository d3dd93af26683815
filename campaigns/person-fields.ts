import type { Queryable } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { goldenValues } from '#ingest/identity/people.ts'
import { liveSurvivorship, type Survivorship } from '#ingest/identity/survivorship.ts'
import { selectSaid, type OutgoingRow, type SaidOf } from './queries/deliveries.ts'
import { selectSaidOfPeople } from './queries/people-said.ts'
import type { PersonFields } from './render/slots.ts'

/** The fields a slot may name, and the golden value each stands for. */
const fields = {
  given_name: 'givenName',
  family_name: 'familyName',
  city: 'city',
  country: 'country',
  language: 'language',
} as const

/** The slots that content may hold: what the guardrails let pass. */
export const slotNames: readonly string[] = Object.keys(fields).map((field) => `person.${field}`)

/** A row with what is known of its person; a field without a value is absent. */
export type Outgoing = OutgoingRow & { person: PersonFields }

/** Adds to each row the golden values of its person: one query for all, by the live rules of survivorship, so that it is what the customer page shows. */
export async function withPeople(db: Queryable, rows: readonly OutgoingRow[]): Promise<Outgoing[]> {
  if (rows.length === 0) return []
  const said = await selectSaid(
    db,
    rows.map((row) => row.id),
  )
  const { rules } = await liveSurvivorship(db)
  const byRow = Map.groupBy(said, (profile) => profile.deliveryId)
  return rows.map((row) => ({ ...row, person: fieldsOf(byRow.get(row.id) ?? [], rules) }))
}

/** The same of people who have no row yet, in the order of their ids. */
export async function peopleFields(db: Queryable, ids: readonly PersonId[]): Promise<Map<PersonId, PersonFields>> {
  const said = Map.groupBy(await selectSaidOfPeople(db, ids), ({ personId }) => personId)
  const { rules } = await liveSurvivorship(db)
  return new Map(ids.toSorted().map((id) => [id, fieldsOf(said.get(id) ?? [], rules)]))
}

function fieldsOf(said: readonly Omit<SaidOf, 'deliveryId'>[], rules: Survivorship): PersonFields {
  const golden = goldenValues(said, rules)
  return Object.fromEntries(
    Object.entries(fields).flatMap(([slot, field]) => {
      const value = golden[field]?.value
      return value === undefined || value.trim() === '' ? [] : [[slot, value]]
    }),
  )
}

import type { Queryable } from '#kernel/db.ts'
import type { CampaignDefinition } from '../definition.ts'
import type { Outgoing } from '../render/person-fields.ts'
import { selectProperties } from '../queries/entries.ts'
import { unfitValue } from '../render/slots.ts'

/** What must be said of whoever is put into a campaign: the name of each property, and an example of it. */
export const propertiesOf = ({ enter }: Pick<CampaignDefinition, 'enter'>): Readonly<Record<string, string>> =>
  (enter && 'byList' in enter && enter.properties) || {}

/** The slots that they fill. */
export const slotsOfEntry = (definition: Pick<CampaignDefinition, 'enter'>): string[] =>
  Object.keys(propertiesOf(definition)).map((name) => `person.${name}`)

/** Why what is said of somebody cannot be taken, in words; empty where it can. No reason repeats a value. */
export function propertyProblems(
  definition: Pick<CampaignDefinition, 'enter'>,
  given: Readonly<Record<string, string>>,
): string[] {
  const declared = Object.keys(propertiesOf(definition))
  const unknown = Object.keys(given).filter((name) => !declared.includes(name))
  return [
    ...unknown.map((name) => `the campaign knows no property “${name.slice(0, 60)}”`),
    ...declared.flatMap((name) => {
      const value = given[name]
      if (value === undefined || value.trim() === '') return [`the property “${name}” is missing`]
      const why = unfitValue(value)
      return why === null ? [] : [`the property “${name}” ${why}`]
    }),
  ]
}

/** Adds to each row what was said of its person when they were put in. */
export async function withEntered(
  db: Queryable,
  definition: CampaignDefinition,
  rows: readonly Outgoing[],
): Promise<readonly Outgoing[]> {
  if (Object.keys(propertiesOf(definition)).length === 0) return rows
  const said = new Map((await selectProperties(db, rows.map(({ id }) => id))).map((one) => [one.id, one.properties])) // prettier-ignore
  return rows.map((row) => ({ ...row, person: { ...row.person, ...said.get(row.id) } }))
}

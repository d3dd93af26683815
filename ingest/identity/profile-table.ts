import type { Queryable } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import type { Duck } from '../linkage/duck.ts'
import { field, type Field } from '../linkage/fields.ts'
import { selectLinkedProfilesAfter, type LinkedProfile } from '../queries/alike.ts'

/** A profile as linkage reads it: its fields by their standard names. */
export const recordOf = (profile: LinkedProfile): Record<LinkedField, string | null> => ({
  given: profile.givenName,
  family: profile.familyName,
  dob: profile.born,
  email: profile.email,
  phone: profile.phone,
  street: profile.street,
  city: profile.city,
  postcode: profile.postcode,
  country: profile.country,
})

export const linkedFields = ['given', 'family', 'dob', 'email', 'phone', 'street', 'city', 'postcode', 'country'] as const // prettier-ignore
export type LinkedField = (typeof linkedFields)[number]

export const fieldOf = (name: LinkedField): Field => field(name, [name])

const pageSize = 20_000

/** Fills table `raw` with all profiles in the order of their ids; returns the ids, by the number of their row. */
export async function loadProfiles(duck: Duck, db: Queryable): Promise<IdentifierId[]> {
  await duck.run(`create table raw ("file:" varchar, ${linkedFields.map((name) => `${name} varchar`).join(', ')})`)
  const appender = await duck.appender('raw')
  const ids: IdentifierId[] = []
  for (let page = await selectLinkedProfilesAfter(db, null, pageSize); page.length > 0;) {
    for (const profile of page) {
      const record = recordOf(profile)
      ids.push(profile.identifierId)
      appender.appendVarchar('')
      for (const name of linkedFields) {
        const value = record[name]
        if (value === null) appender.appendNull()
        else appender.appendVarchar(value)
      }
      appender.endRow()
    }
    page = await selectLinkedProfilesAfter(db, ids.at(-1)!, pageSize)
  }
  appender.closeSync()
  return ids
}

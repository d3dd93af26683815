import type { Queryable } from '#kernel/db.ts'
import type { IdentifierId, RecordId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type LinkRow = { leftId: IdentifierId; rightId: IdentifierId; source: string; recordId: RecordId; at: Date }

/** Every claim of a source that two identifiers are one person's. */
export function selectLinks(db: Queryable): Promise<LinkRow[]> {
  return db.query<LinkRow>(sql`select left_id as "leftId", right_id as "rightId", source, record_id as "recordId", at
    from ingest.links`)
}

export type ProfileNameRow = {
  identifierId: IdentifierId
  givenName: string | null
  familyName: string | null
  createdAt: Date | null
  updatedAt: Date
}

const names = sql`select identifier_id as "identifierId", given_name as "givenName", family_name as "familyName",
  created_at as "createdAt", updated_at as "updatedAt" from ingest.profiles`

/** The names of all profiles, and when each was made and last changed. */
export const selectProfileNames = (db: Queryable): Promise<ProfileNameRow[]> => db.query<ProfileNameRow>(names)

/** The same of some. */
export const selectProfileNamesOf = (db: Queryable, ids: readonly IdentifierId[]): Promise<ProfileNameRow[]> =>
  db.query<ProfileNameRow>(sql`${names} where identifier_id = any(${[...ids]}::uuid[])`)

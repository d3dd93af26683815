import type { Queryable, Tx } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** Two profiles that look alike, the smaller id left. Weight is log2 of the odds that they are one person's. */
export type AlikeRow = { left: IdentifierId; right: IdentifierId; weight: number }

const columns = sql`left_id as "left", right_id as "right", weight`

export const selectAllAlike = (db: Queryable): Promise<AlikeRow[]> =>
  db.query<AlikeRow>(sql`select ${columns} from ingest.alike`)

/** Pairs with at least one of these. */
export const selectAlikeOf = (db: Queryable, ids: readonly IdentifierId[]): Promise<AlikeRow[]> =>
  db.query<AlikeRow>(sql`select ${columns} from ingest.alike
    where left_id = any(${[...ids]}::uuid[]) or right_id = any(${[...ids]}::uuid[])`)

export async function deleteAlikeOf(tx: Tx, ids: readonly IdentifierId[]): Promise<void> {
  await tx.query(sql`delete from ingest.alike
    where left_id = any(${[...ids]}::uuid[]) or right_id = any(${[...ids]}::uuid[])`)
}

export async function insertAlike(tx: Tx, rows: readonly AlikeRow[]): Promise<void> {
  await tx.query(sql`insert into ingest.alike (left_id, right_id, weight)
    select * from unnest(${rows.map((row) => row.left)}::uuid[], ${rows.map((row) => row.right)}::uuid[],
      ${rows.map((row) => row.weight)}::float8[])
    on conflict (left_id, right_id) do update set weight = excluded.weight`)
}

export type KeyRow = { identifierId: IdentifierId; key: string }

export type FoundByKey = { key: string; identifierId: IdentifierId }

/**
 * Who is found under each of these keys, but for `except`: at most one more than `most`, by which a key that too many
 * share is known.
 */
export const selectByKeys = (
  db: Queryable,
  keys: readonly string[],
  most: number,
  except: readonly IdentifierId[],
): Promise<FoundByKey[]> =>
  db.query<FoundByKey>(sql`
    select wanted.key, found.identifier_id as "identifierId" from unnest(${[...keys]}::text[]) as wanted (key)
    cross join lateral (select identifier_id from ingest.blocking_keys b
      where b.key = hashtextextended(wanted.key, 0) and b.identifier_id <> all(${[...except]}::uuid[])
      limit ${most + 1}) found`)

/** The keys these profiles are found by from now on. Only their hashes are kept: a key tells of a person. */
export async function replaceKeys(tx: Tx, ids: readonly IdentifierId[], rows: readonly KeyRow[]): Promise<void> {
  await tx.query(sql`
    with wanted as (select identifier_id, hashtextextended(key, 0) as key
      from unnest(${rows.map((row) => row.identifierId)}::uuid[], ${rows.map((row) => row.key)}::text[]) as r (identifier_id, key)),
    gone as (delete from ingest.blocking_keys b where identifier_id = any(${[...ids]}::uuid[])
      and not exists (select from wanted w where w.identifier_id = b.identifier_id and w.key = b.key))
    insert into ingest.blocking_keys (key, identifier_id) select key, identifier_id from wanted on conflict do nothing`)
}

/** The same of many profiles that have none yet, in the order of the index, which is the quickest to fill. */
export async function insertKeys(tx: Tx, rows: readonly KeyRow[]): Promise<void> {
  await tx.query(sql`insert into ingest.blocking_keys (key, identifier_id)
    select hashtextextended(key, 0), identifier_id
    from unnest(${rows.map((row) => row.identifierId)}::uuid[], ${rows.map((row) => row.key)}::text[]) as r (identifier_id, key)
    order by 1 on conflict do nothing`)
}

/** Forgets all keys and pairs: another model makes them anew. */
export async function emptyLinkage(tx: Tx): Promise<void> {
  await tx.query(sql`truncate ingest.blocking_keys, ingest.alike`)
}

/** What linkage compares of a profile. */
export type LinkedProfile = {
  identifierId: IdentifierId
  givenName: string | null
  familyName: string | null
  email: string | null
  phone: string | null
  street: string | null
  city: string | null
  postcode: string | null
  country: string | null
  born: string | null
}

const linked = sql`identifier_id as "identifierId", given_name as "givenName", family_name as "familyName", email, phone,
  street, city, postcode, country, born`

export const selectLinkedProfiles = (db: Queryable, ids: readonly IdentifierId[]): Promise<LinkedProfile[]> =>
  db.query<LinkedProfile>(sql`select ${linked} from ingest.profiles where identifier_id = any(${[...ids]}::uuid[])`)

/** A page of all profiles, by id. */
export const selectLinkedProfilesAfter = (
  db: Queryable,
  after: IdentifierId | null,
  limit: number,
): Promise<LinkedProfile[]> =>
  db.query<LinkedProfile>(sql`select ${linked} from ingest.profiles
    where ${after}::uuid is null or identifier_id > ${after}::uuid order by identifier_id limit ${limit}`)

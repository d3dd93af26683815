import { texts, uuids } from '#kernel/columns.ts'
import type { Queryable, Tx } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'

export type IdentifierRow = { id: IdentifierId; kind: string; value: string }

const inserted = (at: Date, rows: readonly IdentifierRow[]): Sql => sql`
  insert into ingest.identifiers (id, kind, value, first_seen_at)
  select id, kind, value, ${at} from unnest(${uuids(rows.map((row) => row.id))}::uuid[],
    ${texts(rows.map((row) => row.kind))}::text[], ${texts(rows.map((row) => row.value))}::text[]) as r (id, kind, value)`

/** Returns how many there were not before. */
export async function insertIdentifiers(tx: Tx, at: Date, rows: readonly IdentifierRow[]): Promise<number> {
  const [made] = await tx.query<{ count: number }>(sql`with made as (
      ${inserted(at, rows)} on conflict (kind, value) do nothing returning id)
    select count(*) as count from made`)
  return made?.count ?? 0
}

/** For a third less; what another transaction has made meanwhile breaks this one. */
export async function insertNewIdentifiers(tx: Tx, at: Date, rows: readonly IdentifierRow[]): Promise<void> {
  await tx.query(inserted(at, rows))
}

export function selectIdentifierIds(
  db: Queryable,
  refs: readonly { kind: string; value: string }[],
): Promise<IdentifierRow[]> {
  return db.query<IdentifierRow>(sql`select known.id, r.kind, r.value
    from unnest(${texts(refs.map((ref) => ref.kind))}::text[], ${texts(refs.map((ref) => ref.value))}::text[]) as r (kind, value)
    cross join lateral (select id from ingest.identifiers i where i.kind = r.kind and i.value = r.value limit 1) known`)
}

/** Every identifier of the business, in the order of its birth. */
export function selectAllIdentifiers(db: Queryable): Promise<IdentifierRow[]> {
  return db.query<IdentifierRow>(sql`select id, kind, value from ingest.identifiers order by id`)
}

export function selectIdentifiersByIds(db: Queryable, ids: readonly IdentifierId[]): Promise<IdentifierRow[]> {
  return db.query<IdentifierRow>(
    sql`select id, kind, value from ingest.identifiers where id = any(${[...ids]}::uuid[])`,
  )
}

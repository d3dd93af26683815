import type { Queryable, Tx } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type IdentifierRow = { id: IdentifierId; kind: string; value: string }

/** Returns how many there were not before. */
export async function insertIdentifiers(tx: Tx, at: Date, rows: readonly IdentifierRow[]): Promise<number> {
  const [made] = await tx.query<{ count: number }>(sql`with made as (
      insert into ingest.identifiers (id, kind, value, first_seen_at)
      select id, kind, value, ${at} from json_to_recordset(${json(rows)}::json) as r (id uuid, kind text, value text)
      on conflict (kind, value) do nothing returning id)
    select count(*) as count from made`)
  return made?.count ?? 0
}

export function selectIdentifierIds(
  db: Queryable,
  refs: readonly { kind: string; value: string }[],
): Promise<IdentifierRow[]> {
  return db.query<IdentifierRow>(sql`select known.id, r.kind, r.value
    from json_to_recordset(${json(refs)}::json) as r (kind text, value text)
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

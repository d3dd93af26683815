import type { Queryable, Tx } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type IdentifierRow = { id: IdentifierId; kind: string; value: string }

export async function insertIdentifiers(tx: Tx, at: Date, rows: readonly IdentifierRow[]): Promise<void> {
  await tx.query(sql`insert into ingest.identifiers (id, kind, value, first_seen_at)
    select id, kind, value, ${at} from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, kind text, value text)
    on conflict (kind, value) do nothing`)
}

export function selectIdentifierIds(
  db: Queryable,
  refs: readonly { kind: string; value: string }[],
): Promise<IdentifierRow[]> {
  return db.query<IdentifierRow>(sql`select id, kind, value from ingest.identifiers
    join unnest(${refs.map((ref) => ref.kind)}::text[], ${refs.map((ref) => ref.value)}::text[]) as r (kind, value)
      using (kind, value)`)
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

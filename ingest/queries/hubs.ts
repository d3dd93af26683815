import type { Queryable, Tx } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** Identifiers with too many claims. */
export const selectHubs = (db: Queryable): Promise<{ id: IdentifierId }[]> =>
  db.query<{ id: IdentifierId }>(sql`select identifier_id as id from ingest.hubs`)

export async function insertHubs(tx: Tx, ids: readonly IdentifierId[]): Promise<void> {
  await tx.query(sql`insert into ingest.hubs (identifier_id) select unnest(${[...ids]}::uuid[]) on conflict do nothing`)
}

export async function deleteHubs(tx: Tx, ids: readonly IdentifierId[]): Promise<void> {
  await tx.query(sql`delete from ingest.hubs where identifier_id = any(${[...ids]}::uuid[])`)
}

import type { Queryable, Tx } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'

type Callback = { source: string; externalId: string }

/** Whether a vendor's call was taken in before. */
export async function isKnownCallback(db: Queryable, { source, externalId }: Callback): Promise<boolean> {
  const rows = await db.query(sql`select 1 from ingest.callbacks
    where source = ${source} and external_id = ${externalId}`)
  return rows.length > 0
}

/** Remembers a call, and forgets those that no vendor repeats any more. */
export async function noteCallback(tx: Tx, callback: Callback, given: { at: Date; forgetBefore: Date }): Promise<void> {
  const { source, externalId } = callback
  await tx.query(sql`delete from ingest.callbacks where source = ${source} and received_at < ${given.forgetBefore}`)
  await tx.query(sql`insert into ingest.callbacks (source, external_id, received_at)
    values (${source}, ${externalId}, ${given.at}) on conflict do nothing`)
}

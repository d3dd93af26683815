import type { Queryable, Tx } from '#kernel/db.ts'
import type { RunId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

type Stream = { source: string; stream: string }

/** Where a stream goes on; undefined when it was never pulled. */
export async function cursorOf(db: Queryable, { source, stream }: Stream): Promise<unknown> {
  const rows = await db.query<{ cursor: unknown }>(sql`
    select cursor from ingest.cursors where source = ${source} and stream = ${stream}`)
  return rows[0]?.cursor
}

/** Moves a cursor on from where the caller found it (undefined: there was none). False when another process has moved it. */
export async function moveCursor(
  tx: Tx,
  { source, stream }: Stream,
  step: { from: unknown; to: unknown; run: RunId; at: Date },
): Promise<boolean> {
  const { from, to, run, at } = step
  const rows =
    from === undefined
      ? await tx.query(sql`insert into ingest.cursors (source, stream, cursor, run_id, moved_at)
          values (${source}, ${stream}, ${json(to)}::jsonb, ${run}, ${at}) on conflict do nothing returning source`)
      : await tx.query(sql`update ingest.cursors set cursor = ${json(to)}::jsonb, run_id = ${run}, moved_at = ${at}
          where source = ${source} and stream = ${stream} and cursor = ${json(from)}::jsonb returning source`)
  return rows.length === 1
}

import type { Queryable, Tx } from '#kernel/db.ts'
import type { RunId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Shape } from '../drift.ts'

/** Keeps when a run last went on, how far in time its rows reach, and what they looked like; counts add up. */
export async function noteRun(
  tx: Tx,
  run: { id: RunId; layout: string },
  note: { at: Date; newestAt: Date | null; shapes: readonly Shape[] },
): Promise<void> {
  // The run first: whoever else is at it waits here, and both take the rows below in turn.
  await tx.query(sql`update ingest.runs set advanced_at = greatest(advanced_at, ${note.at}),
    newest_at = greatest(newest_at, ${note.newestAt}::timestamptz) where id = ${run.id}`)
  if (note.shapes.length === 0) return
  const fields = note.shapes.flatMap(({ kind, fields: seen }) => seen.map((field) => ({ kind, ...field })))
  await tx.query(sql`
    with kinds as (
      insert into ingest.run_kinds as known (run_id, kind, layout, looked_at)
      select ${run.id}, kind, ${run.layout}, rows from jsonb_to_recordset(${json(note.shapes)}::jsonb) as r (kind text, rows bigint)
      on conflict (run_id, kind) do update set looked_at = known.looked_at + excluded.looked_at)
    insert into ingest.run_fields as known (run_id, kind, field, type, seen)
    select ${run.id}, kind, field, type, seen
    from jsonb_to_recordset(${json(fields)}::jsonb) as r (kind text, field text, type text, seen bigint)
    on conflict (run_id, kind, field, type) do update set seen = known.seen + excluded.seen`)
}

export type ShapeOfRun = Shape & { source: string; layout: string; nth: number }

/** The shapes of the last two runs of each source that read rows of a kind in a layout; `nth` 1 is the newer. */
export function lastShapes(db: Queryable): Promise<ShapeOfRun[]> {
  return db.query<ShapeOfRun>(sql`
    with recent as (
      select k.run_id, r.source, k.kind, k.layout, k.looked_at,
        row_number() over (partition by r.source, k.kind, k.layout order by r.seq desc) as nth
      from ingest.run_kinds k join ingest.runs r on r.id = k.run_id where k.looked_at > 0)
    select c.source, c.kind, c.layout, c.nth, c.looked_at as rows,
      jsonb_agg(jsonb_build_object('field', f.field, 'type', f.type, 'seen', f.seen) order by f.field, f.type) as fields
    from recent c join ingest.run_fields f on f.run_id = c.run_id and f.kind = c.kind
    where c.nth <= 2 group by c.source, c.kind, c.layout, c.nth, c.looked_at order by c.source, c.kind, c.layout, c.nth`)
}

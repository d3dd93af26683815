import type { Queryable } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'

export type SourceUses = { source: string; uses: string[]; reason: string; setBy: string; setAt: Date }

export function selectSourceUses(db: Queryable): Promise<SourceUses[]> {
  return db.query(
    sql`select source, uses, reason, set_by as "setBy", set_at as "setAt" from rag.source_uses order by source`,
  )
}

/** What was said last of a source holds. */
export async function keepSourceUses(
  db: Queryable,
  { source, uses, reason, by }: { source: string; uses: readonly string[]; reason: string; by: string },
  at: Date,
): Promise<void> {
  await db.query(sql`insert into rag.source_uses (source, uses, reason, set_by, set_at)
    values (${source}, ${[...uses]}::text[], ${reason}, ${by}, ${at})
    on conflict (source) do update
      set uses = excluded.uses, reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at`)
}

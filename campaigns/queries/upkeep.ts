import type { Queryable } from '#kernel/db.ts'
import type { Id } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type Upkeep = { id: Id<'upkeep'>; point: string; doneAt: Date; what: string; notedBy: string; notedAt: Date }

export async function insertUpkeep(db: Queryable, row: Upkeep): Promise<void> {
  await db.query(sql`insert into campaigns.upkeep (id, point, done_at, what, noted_by, noted_at)
    values (${row.id}, ${row.point}, ${row.doneAt}, ${row.what}, ${row.notedBy}, ${row.notedAt})`)
}

/** What was done for a point last; null where nothing was ever noted. */
export async function selectLastUpkeep(db: Queryable, point: string): Promise<{ doneAt: Date; what: string } | null> {
  const rows = await db.query<{ doneAt: Date; what: string }>(sql`
    select done_at as "doneAt", what from campaigns.upkeep where point = ${point} order by done_at desc, id desc limit 1`)
  return rows[0] ?? null
}

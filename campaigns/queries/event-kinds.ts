import type { Queryable } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'

/** Every kind of event that ever happened: one look into the index for each, however many events there are. */
export async function selectEventKinds(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ kind: string }>(sql`
    with recursive kinds (kind) as (
      (select kind from ingest.events order by kind limit 1)
      union all
      select (select e.kind from ingest.events e where e.kind > k.kind order by e.kind limit 1)
      from kinds k where k.kind is not null)
    select kind from kinds where kind is not null`)
  return rows.map(({ kind }) => kind)
}

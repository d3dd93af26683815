import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** The live version of every metric. */
export const liveMetrics = (db: Queryable): Promise<{ name: string; hash: Hash; body: unknown }[]> =>
  db.query<{ name: string; hash: Hash; body: unknown }>(sql`
    select v.name, v.hash, v.body
    from (select distinct on (name) name, hash from kernel.pointers where kind = 'metric' order by name, seq desc) live
    join kernel.versions v on v.kind = 'metric' and v.name = live.name and v.hash = live.hash`)

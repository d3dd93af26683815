import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type CopyRow = { hash: Hash; name: string; body: unknown; by: string; at: Date }

/** Releases of copy whose approval stands, the last approved first: all, or the one of a hash. */
export const approvedCopyRows = (db: Queryable, hash: Hash | null, limit: number): Promise<CopyRow[]> =>
  db.query(sql`
    select r.hash, r.name, v.body, a.decided_by as by, a.decided_at as at
    from governance.releases r join kernel.versions v using (kind, name, hash)
    join lateral (select decision, decided_by, decided_at from governance.approvals
      where release_hash = r.hash order by seq desc limit 1) a on a.decision = 'approved'
    where v.body -> 'definition' ->> 'kind' = 'copy' and (${hash}::text is null or r.hash = ${hash})
    order by a.decided_at desc, r.hash limit ${limit}`)

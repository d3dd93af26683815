import type { Queryable } from '#kernel/db.ts'
import type { ApprovalId, Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type CopyRow = { hash: Hash; approvalId: ApprovalId; by: string; at: Date }

/**
 * Releases of copy whose newest decision is the approval that their draft took as its own, the last approved first: all,
 * or those of hashes. What the approvals are worth says `approved`.
 */
export const approvedCopyRows = (db: Queryable, hashes: readonly Hash[] | null, limit: number): Promise<CopyRow[]> =>
  db.query(sql`
    select r.hash, a.id as "approvalId", a.decided_by as by, a.decided_at as at
    from governance.releases r join kernel.versions v using (kind, name, hash)
    join lateral (select id, decision, decided_by, decided_at from governance.approvals
      where release_hash = r.hash order by seq desc limit 1) a on a.decision = 'approved'
    join rag.drafts d on d.approval_id = a.id::text and d.state = 'approved'
    where v.body -> 'definition' ->> 'kind' = 'copy' and (${hashes === null}::boolean or r.hash = any(${[...(hashes ?? [])]}::text[]))
    order by a.decided_at desc, r.hash limit ${limit}`)

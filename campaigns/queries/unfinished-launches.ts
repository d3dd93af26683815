import type { Approver } from '#governance/access.ts'
import type { Queryable } from '#kernel/db.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type UnfinishedLaunch = { draftId: DraftId; campaign: string; releaseHash: Hash; by: Approver }

/**
 * Campaigns approved since an instant, by an approval that stands, whose release did not get as far as its plan, and which
 * nothing was made live over since. The first approved first.
 */
export const selectUnfinishedLaunches = (db: Queryable, since: Date): Promise<UnfinishedLaunch[]> =>
  db.query(sql`
    select d.id as "draftId", r.name as campaign, r.hash as "releaseHash", a.decided_by as by
    from governance.approvals a
    join rag.drafts d on d.approval_id = a.id::text and d.state = 'approved'
    join governance.releases r on r.hash = a.release_hash
    join kernel.versions v using (kind, name, hash)
    where v.body -> 'definition' ->> 'kind' is distinct from 'copy' and a.decision = 'approved' and a.decided_at >= ${since}
      and not exists (select from governance.approvals later where later.release_hash = r.hash and later.seq > a.seq)
      and not exists (select from kernel.audit planned
        where planned.action = 'release.planned' and planned.subject = r.hash and planned.at >= a.decided_at)
      and coalesce((select p.hash = r.hash or p.moved_at <= a.decided_at from kernel.pointers p
        where p.kind = 'campaign' and p.name = r.name order by p.seq desc limit 1), true)
    order by a.decided_at, d.id`)

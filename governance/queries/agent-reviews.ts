import type { Queryable, Tx } from '#kernel/db.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type ReviewRow = {
  agent: string
  interactionId: string
  versionsHash: Hash
  decision: 'approved' | 'rejected'
  edited: boolean
  model: string | null
  by: string
  at: Date
}

/** Counts an interaction once, by the first word on it. */
export async function insertReview(tx: Tx, row: ReviewRow): Promise<void> {
  await tx.query(sql`insert into governance.agent_reviews
      (agent, interaction_id, versions_hash, decision, edited, model, by, at)
    values (${row.agent}, ${row.interactionId}, ${row.versionsHash}, ${row.decision}, ${row.edited}, ${row.model},
      ${row.by}, ${row.at}) on conflict do nothing`)
}

export type ReviewCounts = { reviewed: number; approved: number; edited: number; models: string[] }

/** The reviews of an agent: under some versions, or under any. `edited` are those approved that a person changed. */
export async function countReviews(
  db: Queryable,
  agent: string,
  versionsHash: Hash | null = null,
): Promise<ReviewCounts> {
  const rows = await db.query<ReviewCounts>(sql`
    select count(*) as reviewed, count(*) filter (where decision = 'approved') as approved,
      count(*) filter (where decision = 'approved' and edited) as edited,
      coalesce(array_agg(distinct model order by model) filter (where model is not null), '{}') as models
    from governance.agent_reviews
    where agent = ${agent} and (${versionsHash}::text is null or versions_hash = ${versionsHash})`)
  return rows[0] ?? { reviewed: 0, approved: 0, edited: 0, models: [] }
}

export type Sentback = { id: DraftId; reason: string; at: Date }

/** Why drafts were sent back, newest first. */
export const reasonsOfDrafts = (db: Queryable, agent: string, limit: number): Promise<Sentback[]> =>
  db.query<Sentback>(sql`
    select d.id, d.reason, r.at from governance.agent_reviews r join rag.drafts d on d.id = r.interaction_id
    where r.agent = ${agent} and r.decision = 'rejected' and d.reason is not null
    order by r.at desc, d.id limit ${limit}`)

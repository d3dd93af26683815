import type { Queryable } from '#kernel/db.ts'
import type { DraftId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { DraftBody } from '../draft.ts'

export type DecidedDraft = {
  id: DraftId
  sentence: string
  decision: 'approved' | 'rejected'
  reason: string | null
  /** As it was last written by a model, and as it was decided on. */
  written: DraftBody
  final: DraftBody
}

/**
 * Drafts that people decided on, whose brief shares words with a sentence, or whose segment is the same; the most alike
 * first, of equals the newest. From what a policy decided an author would learn nothing but its own ways.
 */
export const decidedDraftsLike = (
  db: Queryable,
  about: { sentence: string; segment: string; except: DraftId; passedOver: string },
  limit: number,
): Promise<DecidedDraft[]> =>
  db.query<DecidedDraft>(sql`
    with asked as (
      select string_agg(quote_literal(lexeme), ' | ')::tsquery as words
      from unnest(to_tsvector('simple', ${about.sentence}))),
    alike as (
      select d.*, coalesce(ts_rank(to_tsvector('simple', d.brief ->> 'sentence'), asked.words), 0)
        + case when d.brief -> 'segment' ->> 'name' = ${about.segment} then 0.1 else 0 end as likeness
      from rag.drafts d, asked
      where d.state in ('approved', 'rejected') and not d.rehearsal and d.id <> ${about.except}
        and d.reason is distinct from ${about.passedOver} and d.decided_by not like 'policy:%')
    select a.id, a.brief ->> 'sentence' as sentence, a.state as decision, a.reason, w.body as written, f.body as final
    from alike a
    join rag.draft_bodies f on f.draft_id = a.id and f.content_hash = a.content_hash
    join lateral (select body from rag.draft_bodies where draft_id = a.id and written_by = a.model
      order by written_at desc, content_hash limit 1) w on true
    where a.likeness > 0.05
    order by a.likeness desc, a.updated_at desc, a.id limit ${limit}`)

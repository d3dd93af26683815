import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** What models cost for the copy of a campaign, in millionths of a dollar: all drafts of it, sent or not. */
export async function modelCosts(
  db: Queryable,
  { campaign, contents }: { campaign: string; contents: readonly Hash[] },
): Promise<number> {
  const [row] = await db.query<{ spent: number }>(sql`
    select coalesce(sum(c.cost_micro_usd), 0)::bigint as spent from rag.model_calls c
    where c.subject in (select 'draft:' || d.id from rag.drafts d where d.brief ->> 'campaign' = ${campaign}
      or d.id in (select b.draft_id from rag.draft_bodies b where b.content_hash = any(${[...contents]}::text[])))`)
  return row?.spent ?? 0
}

/** How many messages of a campaign tired their readers: each once, whoever told of it how often. */
export async function countTired(
  db: Queryable,
  campaign: string,
): Promise<{ unsubscribed: number; complained: number }> {
  const [row] = await db.query<{ unsubscribed: number; complained: number }>(sql`
    select count(distinct properties ->> 'deliveryId') filter (where kind = 'message_unsubscribed') as unsubscribed,
      count(distinct properties ->> 'deliveryId') filter (where kind = 'message_complained') as complained
    from ingest.events where source = 'millrace' and campaign_ref = ${campaign}
      and kind in ('message_unsubscribed', 'message_complained')`)
  return row ?? { unsubscribed: 0, complained: 0 }
}

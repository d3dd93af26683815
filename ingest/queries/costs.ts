import type { Tx } from '#kernel/db.ts'
import type { Id } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { NewCost } from '../costs.ts'

type CostRow = NewCost & { id: Id<'cost'> }

/** Returns how many rows were inserted or changed. */
export async function upsertCosts(tx: Tx, rows: readonly CostRow[]): Promise<number> {
  const written = await tx.query(sql`
    insert into ingest.costs as known (id, source, external_id, kind, channel, campaign_ref, campaign_name, day,
      currency, amount_minor, rate_minor, impressions, clicks, record_id)
    select id, source, "externalId", kind, channel, "campaignRef", "campaignName", day, currency, "amountMinor",
      "rateMinor", impressions, clicks, "recordId"
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, source text, "externalId" text, kind text, channel text,
      "campaignRef" text, "campaignName" text, day date, currency text, "amountMinor" bigint, "rateMinor" numeric,
      impressions bigint, clicks bigint, "recordId" uuid)
    on conflict (source, external_id) do update set kind = excluded.kind, channel = excluded.channel,
      campaign_ref = excluded.campaign_ref, campaign_name = excluded.campaign_name, day = excluded.day,
      currency = excluded.currency, amount_minor = excluded.amount_minor, rate_minor = excluded.rate_minor,
      impressions = excluded.impressions, clicks = excluded.clicks, record_id = excluded.record_id
    where (known.kind, known.channel, known.campaign_ref, known.campaign_name, known.day, known.currency,
        known.amount_minor, known.rate_minor, known.impressions, known.clicks)
      is distinct from (excluded.kind, excluded.channel, excluded.campaign_ref, excluded.campaign_name, excluded.day,
        excluded.currency, excluded.amount_minor, excluded.rate_minor, excluded.impressions, excluded.clicks)
    returning id`)
  return written.length
}

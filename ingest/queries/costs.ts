import type { Tx } from '#kernel/db.ts'
import type { Id } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { NewCost } from '../costs.ts'
import type { Restatement } from '../source.ts'

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

/**
 * Sets what a report no longer has of the campaigns and days it covers to nothing, and gives back the figures of what it
 * has again. Returns how many costs were taken back.
 */
export async function restateRows(tx: Tx, source: string, report: Omit<Restatement, 'is'>): Promise<number> {
  const rows = await tx.query<{ count: number }>(sql`
    with given as (
      select * from jsonb_to_recordset(${json(report.costs)}::jsonb) as r ("externalId" text, currency text,
        "amountMinor" bigint, impressions bigint, clicks bigint)),
    restored as (
      update ingest.costs known set amount_minor = given."amountMinor", impressions = given.impressions, clicks = given.clicks
      from given where known.source = ${source} and known.external_id = given."externalId"
        and known.currency = given.currency and (known.amount_minor, known.impressions, known.clicks)
          is distinct from (given."amountMinor", given.impressions, given.clicks)
      returning 1),
    withdrawn as (
      update ingest.costs known set amount_minor = 0, impressions = 0, clicks = 0
      where known.source = ${source} and known.kind = 'ads' and known.day between ${report.from}::date and ${report.to}::date
        and known.campaign_ref = any(${[...report.campaigns]}::text[])
        and not exists (select from given where given."externalId" = known.external_id)
        and (known.amount_minor <> 0 or known.impressions <> 0 or known.clicks <> 0)
      returning 1)
    select count(*) as count from withdrawn`)
  return rows[0]?.count ?? 0
}

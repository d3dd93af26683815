import type { Queryable, Tx } from '#kernel/db.ts'
import type { RecordId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type RateRow = { day: string; base: string; quote: string; rate: string; recordId: RecordId }

export async function upsertRates(tx: Tx, rows: readonly RateRow[]): Promise<void> {
  await tx.query(sql`insert into ingest.fx_rates (day, base, quote, rate, record_id)
    select day, base, quote, rate, "recordId" from jsonb_to_recordset(${json(rows)}::jsonb)
      as r (day date, base text, quote text, rate numeric, "recordId" uuid)
    on conflict (base, quote, day) do update set rate = excluded.rate, record_id = excluded.record_id`)
}

export type Need = { currency: string; day: string }
export type Leg = { currency: string; day: string; other: string; rate: number }

/**
 * For each currency and day: the latest rate to each other currency on that day or the seven before, as units of the
 * other for one unit; a rate kept the other way round is inverted. `others` null asks for all of them.
 */
export function latestRates(db: Queryable, needs: readonly Need[], others: readonly string[] | null): Promise<Leg[]> {
  const wanted = others === null ? null : [...others]
  return db.query<Leg>(sql`
    select distinct on (currency, needed, other) currency, needed as day, other, rate::float8 as rate from (
      select n.currency, n.day as needed, f.quote as other, f.day as quoted, f.rate
      from jsonb_to_recordset(${json(needs)}::jsonb) as n (currency text, day date)
      join ingest.fx_rates f on f.base = n.currency and f.day between n.day - 7 and n.day
      where ${wanted}::text[] is null or f.quote = any(${wanted}::text[])
      union all
      select n.currency, n.day, f.base, f.day, 1 / f.rate
      from jsonb_to_recordset(${json(needs)}::jsonb) as n (currency text, day date)
      join ingest.fx_rates f on f.quote = n.currency and f.day between n.day - 7 and n.day
      where ${wanted}::text[] is null or f.base = any(${wanted}::text[])
    ) as legs order by currency, needed, other, quoted desc`)
}

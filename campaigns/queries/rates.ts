import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** A bucket that messages take one token each from. `burst`: the most it holds. */
export type Bucket = { scope: string; perSecond: number; burst: number }

/** What is in a bucket, and until when others are planned who wait for it. */
export type Filled = { scope: string; tokens: number; lineUntil: Date | null }

/**
 * Fills buckets by the time that passed and says what is in each, which stays so until the commit: whoever asks for the same
 * bucket waits. A new one is full. A clock that is behind fills nothing.
 */
export const fillRates = (tx: Tx, buckets: readonly Bucket[], at: Date): Promise<Filled[]> =>
  tx.query(sql`
    insert into campaigns.rates as r (scope, per_second, tokens, filled_at)
    select b.scope, b.per_second, b.burst, ${at}
    from unnest(${buckets.map(({ scope }) => scope)}::text[], ${buckets.map(({ perSecond }) => perSecond)}::float8[],
      ${buckets.map(({ burst }) => burst)}::float8[]) as b (scope, per_second, burst)
    order by b.scope
    on conflict (scope) do update set per_second = excluded.per_second,
      tokens = least(excluded.tokens, r.tokens
        + excluded.per_second * greatest(0, extract(epoch from excluded.filled_at - r.filled_at)::float8)),
      filled_at = greatest(r.filled_at, excluded.filled_at)
    returning scope, tokens, line_until as "lineUntil"`)

/** Takes tokens out of buckets that this transaction filled. */
export async function spendRates(tx: Tx, spent: ReadonlyMap<string, number>): Promise<void> {
  await tx.query(sql`
    update campaigns.rates r set tokens = r.tokens - s.count
    from unnest(${[...spent.keys()]}::text[], ${[...spent.values()]}::float8[]) as s (scope, count) where r.scope = s.scope`)
}

/** Says until when those who wait for buckets are planned. */
export async function keepLines(tx: Tx, lines: ReadonlyMap<string, Date>): Promise<void> {
  await tx.query(sql`
    update campaigns.rates r set line_until = l.until
    from unnest(${[...lines.keys()]}::text[], ${[...lines.values()]}::timestamptz[]) as l (scope, until) where r.scope = l.scope`)
}

/** The domain of each row's address, who keeps its mailboxes as far as that was looked up, and what it was last put off for. */
export const selectMailboxes = (
  db: Queryable,
  ids: readonly DeliveryId[],
): Promise<{ id: DeliveryId; domain: string; provider: string | null; reason: string | null }[]> =>
  db.query(sql`
    select d.id, split_part(i.value, '@', 2) as domain, m.provider, d.reason
    from campaigns.deliveries d join ingest.identifiers i on i.id = d.identifier_id
    left join campaigns.mailbox_domains m on m.domain = split_part(i.value, '@', 2) and m.by <> 'asked'
    where d.id = any(${[...ids]}::uuid[])`)

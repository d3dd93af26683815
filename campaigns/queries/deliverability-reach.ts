import type { Queryable, Tx } from '#kernel/db.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Breaker, Counts } from '../deliverability/breaker.ts'
import type { WarmUp } from '../deliverability/warm-up.ts'

/** What a domain's name is made with: the sending domain and the channel. */
export type Sending = { domain: string; channel: string }

const warmUpColumns = sql`step, clean_days as "cleanDays", on_day as "onDay", last_sent_on as "lastSentOn",
  graduated_why as graduated`

export async function selectWarmUp(db: Queryable, { domain, channel }: Sending): Promise<WarmUp | null> {
  const rows = await db.query<WarmUp>(
    sql`select ${warmUpColumns} from campaigns.warm_ups where domain = ${domain} and channel = ${channel}`,
  )
  return rows[0] ?? null
}

/** The same, locked until the commit: claims of one domain take turns. */
export async function lockWarmUp(tx: Tx, { domain, channel }: Sending): Promise<WarmUp | null> {
  const rows = await tx.query<WarmUp>(
    sql`select ${warmUpColumns} from campaigns.warm_ups where domain = ${domain} and channel = ${channel} for update`,
  )
  return rows[0] ?? null
}

/** Begins to count a domain, unless it is counted already. */
export async function insertWarmUp(
  db: Queryable,
  { domain, channel }: Sending,
  state: WarmUp,
  at: Date,
): Promise<boolean> {
  const rows = await db.query(sql`
    insert into campaigns.warm_ups (domain, channel, step, clean_days, on_day, started_at, graduated_at, graduated_why)
    values (${domain}, ${channel}, ${state.step}, ${state.cleanDays}, ${state.onDay}, ${at},
      ${state.graduated === null ? null : at}::timestamptz, ${state.graduated})
    on conflict (domain, channel) do nothing returning domain`)
  return rows.length === 1
}

export async function updateWarmUp(
  tx: Queryable,
  { domain, channel }: Sending,
  state: WarmUp,
  at: Date,
): Promise<void> {
  await tx.query(sql`
    update campaigns.warm_ups set step = ${state.step}, clean_days = ${state.cleanDays}, on_day = ${state.onDay},
      last_sent_on = ${state.lastSentOn}, graduated_why = ${state.graduated},
      graduated_at = case when ${state.graduated}::text is null then null else coalesce(graduated_at, ${at}) end
    where domain = ${domain} and channel = ${channel}`)
}

/** Every domain that is counted. */
export const selectSendings = (db: Queryable): Promise<Sending[]> =>
  db.query<Sending>(sql`select domain, channel from campaigns.warm_ups order by domain, channel`)

export type BreakerRow = Breaker & Counts & { provider: string; lookedAt: Date }

export const selectBreakers = (db: Queryable, { domain, channel }: Sending): Promise<BreakerRow[]> =>
  db.query<BreakerRow>(sql`
    select provider, state, why, since, until, most_a_day as "mostADay", counts_from as "countsFrom", sent, bounced,
      complained, deferred, looked_at as "lookedAt"
    from campaigns.breakers where domain = ${domain} and channel = ${channel} order by provider`)

type Stopped = Sending & { provider: string }

/** Stopped providers that nobody was written to about since. */
export const selectUntoldBreakers = (db: Queryable): Promise<(Stopped & { why: string })[]> =>
  db.query(sql`select domain, channel, provider, why from campaigns.breakers
    where state = 'stop' and (told_at is null or told_at < since) order by domain, provider`)

export async function noteBreakerTold(db: Queryable, which: Stopped, at: Date): Promise<void> {
  await db.query(sql`update campaigns.breakers set told_at = ${at}
    where domain = ${which.domain} and channel = ${which.channel} and provider = ${which.provider}`)
}

export async function upsertBreakers(
  tx: Queryable,
  { domain, channel }: Sending,
  rows: readonly BreakerRow[],
): Promise<void> {
  await tx.query(sql`
    with given as (select * from jsonb_to_recordset(${json(rows)}::jsonb) as r (provider text, state text, why text, since timestamptz,
      until timestamptz, "mostADay" integer, "countsFrom" timestamptz, sent integer, bounced integer, complained integer,
      deferred integer, "lookedAt" timestamptz)),
    moved as (
      insert into campaigns.breaker_moves (domain, channel, provider, state, at)
      select ${domain}, ${channel}, r.provider, r.state, r.since from given r
      left join campaigns.breakers b on b.domain = ${domain} and b.channel = ${channel} and b.provider = r.provider
      where r.state <> coalesce(b.state, 'go'))
    insert into campaigns.breakers as b (domain, channel, provider, state, why, since, until, most_a_day, counts_from, sent,
      bounced, complained, deferred, looked_at)
    select ${domain}, ${channel}, r.provider, r.state, r.why, r.since, r.until, r."mostADay", r."countsFrom", r.sent, r.bounced,
      r.complained, r.deferred, r."lookedAt"
    from given r
    on conflict (domain, channel, provider) do update set state = excluded.state, why = excluded.why,
      since = excluded.since, until = excluded.until, most_a_day = excluded.most_a_day,
      counts_from = excluded.counts_from, sent = excluded.sent, bounced = excluded.bounced,
      complained = excluded.complained, deferred = excluded.deferred, looked_at = excluded.looked_at`)
}

/** Who released a provider, and why. */
export async function noteRelease(
  tx: Tx,
  { domain, channel, provider, by, reason }: Sending & { provider: string; by: string; reason: string },
): Promise<void> {
  await tx.query(sql`update campaigns.breakers set released_by = ${by}, release_reason = ${reason}
    where domain = ${domain} and channel = ${channel} and provider = ${provider}`)
}

/** Whether a breaker of the domain was tripped at any time in a period. */
export async function trippedBetween(
  db: Queryable,
  { domain, channel }: Sending,
  from: Date,
  to: Date,
): Promise<boolean> {
  const rows = await db.query(sql`
    select from (
      select state, at, lead(at) over (partition by provider order by at) as until from campaigns.breaker_moves
      where domain = ${domain} and channel = ${channel} and at < ${to}) as moves
    where state <> 'go' and coalesce(until, 'infinity') > ${from} limit 1`)
  return rows.length > 0
}

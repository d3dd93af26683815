import type { Queryable } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import type { Counts } from '../deliverability/breaker.ts'
import type { Sending } from './deliverability-reach.ts'

const mailDomain = sql`split_part(i.value, '@', 2)`

/**
 * What happened since an instant, by provider: messages tried, hard bounces, complaints, and deferrals (those a provider
 * told of, and messages that wait since the other side put them off). `forgiving` leaves out what was before the provider
 * was last released.
 */
export const selectCounts = (
  db: Queryable,
  input: Sending & { campaigns: readonly string[]; since: Date; forgiving: boolean },
): Promise<(Counts & { provider: string })[]> =>
  db.query(sql`
    with happened as (
      select coalesce(m.provider, ${mailDomain}) as provider, e.occurred_at as at,
        case when e.kind = 'message_sent' or (e.kind = 'message_bounced' and e.properties ->> 'why' is null) then 1 else 0 end as sent,
        case when e.kind = 'message_bounced' then 1 else 0 end as bounced,
        case when e.kind = 'message_complained' then 1 else 0 end as complained,
        case when e.kind = 'message_deferred' then 1 else 0 end as deferred
      from ingest.events e join ingest.identifiers i on i.id = e.identifier_id
      left join campaigns.mailbox_domains m on m.domain = ${mailDomain} and m.by <> 'asked'
      where e.kind in ('message_sent', 'message_bounced', 'message_complained', 'message_deferred')
        and e.occurred_at > ${input.since} and e.source = 'millrace' and e.channel = ${input.channel}
        and e.campaign_ref = any(${[...input.campaigns]}::text[])
      union all
      select coalesce(m.provider, ${mailDomain}), d.deferred_at, 1, 0, 0, 1
      from campaigns.deliveries d join ingest.identifiers i on i.id = d.identifier_id
      left join campaigns.mailbox_domains m on m.domain = ${mailDomain} and m.by <> 'asked'
      where d.waiting and d.deferred_at > ${input.since} and d.channel = ${input.channel}
        and d.campaign = any(${[...input.campaigns]}::text[]))
    select h.provider, sum(h.sent)::int as sent, sum(h.bounced)::int as bounced, sum(h.complained)::int as complained,
      sum(h.deferred)::int as deferred
    from happened h left join campaigns.breakers b
      on b.domain = ${input.domain} and b.channel = ${input.channel} and b.provider = h.provider
    where not ${input.forgiving}::boolean or b.counts_from is null or h.at > b.counts_from
    group by h.provider order by sent desc, h.provider`)

/** On how many days since an instant something was sent. */
export async function selectSendingDays(
  db: Queryable,
  input: { campaigns: readonly string[]; channel: string; since: Date },
): Promise<number> {
  const [row] = await db.query<{ days: number }>(sql`
    select count(distinct date_trunc('day', occurred_at at time zone 'UTC')) as days from ingest.events
    where kind = 'message_sent' and occurred_at > ${input.since} and source = 'millrace' and channel = ${input.channel}
      and campaign_ref = any(${[...input.campaigns]}::text[])`)
  return row?.days ?? 0
}

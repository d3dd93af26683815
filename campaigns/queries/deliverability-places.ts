import type { Queryable, Tx } from '#kernel/db.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Sending } from './deliverability-reach.ts'
import { isReached, type Sharing } from './switches.ts'

/** States in which a message has left, or is about to. */
const left = sql`('claimed', 'sending', 'sent', 'delivered', 'bounced', 'complained', 'unknown')`

/** Due rows of a campaign on a channel, within the rollout, of people its switches reach. */
export type Due = { campaign: string; channel: string; percent: number; shares: readonly Sharing[]; at: Date }

const isDue = ({ campaign, channel, percent, shares, at }: Due) => sql`d.campaign = ${campaign} and d.waiting
  and d.due_at <= ${at} and d.bucket < ${percent} and d.channel = ${channel}
  and ${isReached(sql`d.identifier_id`, shares)}`

const mailDomain = sql`split_part(i.value, '@', 2)`

/** Domains of due rows whose provider nobody knows yet. */
export async function selectNewDomains(tx: Tx, due: Due): Promise<string[]> {
  const rows = await tx.query<{ domain: string }>(sql`
    select distinct ${mailDomain} as domain from campaigns.deliveries d join ingest.identifiers i on i.id = d.identifier_id
    where ${isDue(due)} and not exists (select from campaigns.mailbox_domains m where m.domain = ${mailDomain})`)
  return rows.map(({ domain }) => domain)
}

export type MailboxDomain = { domain: string; provider: string; by: 'asked' | 'known' | 'mx' | 'nobody' }

/** Writes who keeps the mailboxes of domains; `asked` never overwrites what is known. */
export async function upsertMailboxDomains(db: Queryable, rows: readonly MailboxDomain[], at: Date): Promise<void> {
  if (rows.length === 0) return
  await db.query(sql`
    insert into campaigns.mailbox_domains as m (domain, provider, by, looked_at)
    select r.domain, r.provider, r.by, ${at} from jsonb_to_recordset(${json(rows)}::jsonb) as r (domain text, provider text, by text)
    on conflict (domain) do update set provider = excluded.provider, by = excluded.by, looked_at = excluded.looked_at
      where excluded.by <> 'asked'`)
}

/** Domains that somebody must look up: those asked for, and those whose servers could not be asked before `again`. */
export async function selectAsked(db: Queryable, again: Date, limit: number): Promise<string[]> {
  const rows = await db.query<{ domain: string }>(sql`
    select domain from campaigns.mailbox_domains
    where by = 'asked' or (by = 'nobody' and looked_at < ${again}) order by looked_at, domain limit ${limit}`)
  return rows.map(({ domain }) => domain)
}

/** Due rows by provider; null where it is being looked up. */
export const countDue = (tx: Queryable, due: Due): Promise<{ provider: string | null; due: number }[]> =>
  tx.query(sql`
    select m.provider, count(*) as due from campaigns.deliveries d join ingest.identifiers i on i.id = d.identifier_id
    left join campaigns.mailbox_domains m on m.domain = ${mailDomain} and m.by <> 'asked'
    where ${isDue(due)} group by m.provider`)

/** What left on a day, and of that since `hour`, by provider. */
export const countPlaces = (
  db: Queryable,
  { domain, channel }: Sending,
  day: string,
  hour: Date,
): Promise<{ provider: string; today: number; thisHour: number }[]> =>
  db.query(sql`
    select p.provider, count(*) as today, count(*) filter (where p.placed_at >= ${hour}) as "thisHour"
    from campaigns.places p join campaigns.deliveries d on d.id = p.delivery_id
    where p.domain = ${domain} and p.channel = ${channel} and p.day = ${day} and d.state in ${left} group by p.provider`)

/** What becomes of a provider's due rows: the most engaged `now` keep their time, the next `later` get one today. */
export type Fate = {
  provider: string | null
  now: number
  later: number
  laterAt: Date
  laterWhy: string
  restAt: Date
  restWhy: string
}

/**
 * Gives due rows their places: whoever opened, clicked or answered last, by their own hand, goes first. The rest is
 * planned for later, and says why. Rows that another worker holds are left alone, and have no place.
 */
export async function placeDue(tx: Tx, due: Due, sending: Sending, day: string, fates: readonly Fate[]): Promise<void> {
  await tx.query(sql`
    with taken as (
      select d.id, d.identifier_id from campaigns.deliveries d where ${isDue(due)} for update of d skip locked),
    ranked as (
      select t.id, m.provider, row_number() over (partition by m.provider order by seen.at desc nulls last, t.id) as place
      from taken t join ingest.identifiers i on i.id = t.identifier_id
      left join campaigns.mailbox_domains m on m.domain = ${mailDomain} and m.by <> 'asked'
      left join lateral (
        select max(e.occurred_at) as at from ingest.events e where e.identifier_id = t.identifier_id
          and e.kind in ('message_opened', 'message_clicked', 'message_replied') and e.properties ->> 'machine' is null
      ) seen on true),
    fated as (
      select r.id, f.provider, r.place <= f.now as goes,
        case when r.place <= f.now + f.later then f."laterAt" else f."restAt" end as due_at,
        case when r.place <= f.now + f.later then f."laterWhy" else f."restWhy" end as why
      from ranked r join jsonb_to_recordset(${json(fates)}::jsonb) as f (provider text, now integer, later integer,
        "laterAt" timestamptz, "laterWhy" text, "restAt" timestamptz, "restWhy" text)
        on f.provider is not distinct from r.provider),
    put_off as (
      update campaigns.deliveries d set due_at = f.due_at, reason = f.why from fated f where f.id = d.id and not f.goes)
    insert into campaigns.places (delivery_id, domain, channel, provider, day, placed_at)
    select f.id, ${sending.domain}, ${sending.channel}, f.provider, ${day}::date, ${due.at} from fated f
    where f.goes and f.provider is not null
    on conflict (delivery_id) do update set domain = excluded.domain, channel = excluded.channel,
      provider = excluded.provider, day = excluded.day, placed_at = excluded.placed_at`)
}

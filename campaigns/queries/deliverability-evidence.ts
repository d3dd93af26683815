import type { Queryable } from '#kernel/db.ts'
import { json, sql } from '#kernel/sql.ts'

/** What was worked out of a message that really arrived. */
export type Received = {
  domain: string
  readAt: Date
  spf: { domain: string; address: string; helo: string | null; result: string } | null
  dkim: { domain: string; selector: string; result: string; headers: string[] }[]
  dmarc: { result: string; spf: string | null; dkim: string | null } | null
}

export async function insertReceived(db: Queryable, { domain, readAt, ...seen }: Received): Promise<void> {
  await db.query(sql`
    insert into campaigns.received_messages (domain, read_at, seen) values (${domain}, ${readAt}, ${json(seen)})
    on conflict (domain) do update set read_at = excluded.read_at, seen = excluded.seen`)
}

export async function selectReceived(db: Queryable, domain: string): Promise<Received | null> {
  const [row] = await db.query<{ readAt: Date; seen: Omit<Received, 'domain' | 'readAt'> }>(
    sql`select read_at as "readAt", seen from campaigns.received_messages where domain = ${domain}`,
  )
  return row ? { domain, readAt: row.readAt, ...row.seen } : null
}

/** How many of the people given agreed to one of these channels, and how many of them under words that are kept. */
export async function countGrants(
  db: Queryable,
  persons: readonly string[],
  channels: readonly string[],
): Promise<{ people: number; granted: number; worded: number }> {
  const [row] = await db.query<{ people: number; granted: number; worded: number }>(sql`
    select count(*) as people, count(*) filter (where said.granted) as granted,
      count(*) filter (where said.worded) as worded
    from unnest(${[...persons]}::uuid[]) as asked (person_id)
    left join lateral (
      select bool_or(newest.state = 'granted') as granted,
        bool_and(newest.text_version is not null) filter (where newest.state = 'granted') as worded
      from (select distinct on (c.channel) c.state, c.text_version
        from ingest.people p join ingest.consents c on c.identifier_id = p.identifier_id
        where p.person_id = asked.person_id and c.channel = any(${[...channels]}::text[])
        order by c.channel, c.occurred_at desc, c.id desc) newest) said on true`)
  return row ?? { people: 0, granted: 0, worded: 0 }
}

/** Suppressed addresses of channels. */
export async function countSuppressed(db: Queryable, channels: readonly string[]): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select count(*) as n from ingest.suppressions where channel = any(${[...channels]}::text[]) and lifted_at is null`,
  )
  return row?.n ?? 0
}

/** When a channel was last heard of: a message by it was delivered, bounced or complained of, or somebody wrote by it. */
export async function selectLastHeard(
  db: Queryable,
  { channel, since }: { channel: string; since: Date },
): Promise<Date | null> {
  const [row] = await db.query<{ at: Date | null }>(sql`
    select max(recorded_at) as at from ingest.events
    where occurred_at >= ${since} and (source = ${channel}
      or (source = 'millrace' and channel = ${channel} and external_id not like '%:sent'
        and kind in ('message_delivered', 'message_bounced', 'message_complained', 'message_deferred')))`)
  return row?.at ?? null
}

/** People of an audience by the provider of the address they would be written to; domains nobody asked about stand alone. */
export const countAudience = (
  db: Queryable,
  persons: readonly string[],
): Promise<{ provider: string; people: number }[]> =>
  db.query(sql`
    select coalesce(m.provider, split_part(theirs.value, '@', 2)) as provider, count(*) as people
    from unnest(${[...persons]}::uuid[]) as asked (person_id)
    join lateral (select i.value from ingest.people p join ingest.identifiers i on i.id = p.identifier_id
      where p.person_id = asked.person_id and i.kind = 'email' order by i.id limit 1) theirs on true
    left join campaigns.mailbox_domains m on m.domain = split_part(theirs.value, '@', 2)
    group by 1`)

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

/** Grants of the people given, and how many of them say where, or under which words, they were given. */
export async function countGrants(
  db: Queryable,
  persons: readonly string[],
  channel: string,
): Promise<{ people: number; granted: number; worded: number }> {
  const [row] = await db.query<{ people: number; granted: number; worded: number }>(sql`
    select count(*) as people, count(*) filter (where newest.state = 'granted') as granted,
      count(*) filter (where newest.state = 'granted' and newest.text_version is not null) as worded
    from unnest(${[...persons]}::uuid[]) as asked (person_id)
    left join lateral (
      select c.state, c.text_version from ingest.people p join ingest.consents c on c.identifier_id = p.identifier_id
      where p.person_id = asked.person_id and c.channel = ${channel}
      order by c.occurred_at desc, c.id desc limit 1) newest on true`)
  return row ?? { people: 0, granted: 0, worded: 0 }
}

/** Suppressed addresses of a channel. */
export async function countSuppressed(db: Queryable, channel: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select count(*) as n from ingest.suppressions where channel = ${channel} and lifted_at is null`,
  )
  return row?.n ?? 0
}

/** When a provider was last heard about a message: it was delivered, bounced or complained of. */
export async function selectLastHeard(db: Queryable, since: Date): Promise<Date | null> {
  const [row] = await db.query<{ at: Date | null }>(sql`
    select max(recorded_at) as at from ingest.events
    where source = 'millrace' and kind in ('message_delivered', 'message_bounced', 'message_complained', 'message_deferred')
      and external_id not like '%:sent' and occurred_at >= ${since}`)
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

import type { Queryable } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import type { ChannelName } from '../channel.ts'

/**
 * How many people may be written to by any of some channels: one of their addresses agreed, took nothing back since, and
 * is not suppressed. Addresses of one person are not weighed against each other: it says how many there are, not who.
 */
export async function countReachable(db: Queryable, channels: readonly ChannelName[], at: Date): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`
    select count(distinct p.person_id)::integer as n from ingest.consents c
    join ingest.people p on p.identifier_id = c.identifier_id
    where c.channel = any(${[...channels]}::text[]) and c.state = 'granted' and c.occurred_at <= ${at}
      and not exists (select from ingest.consents w where w.identifier_id = c.identifier_id and w.channel = c.channel
        and w.state = 'withdrawn' and w.occurred_at >= c.occurred_at)
      and not exists (select from ingest.suppressions s where s.identifier_id = c.identifier_id
        and s.channel in (c.channel, 'all') and (s.lifted_at is null or s.lifted_at > ${at}))`)
  return row?.n ?? 0
}

import type { Queryable } from '#kernel/db.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { textChannels, type TextChannelName } from '../channel.ts'

/** What left before somebody let its channel go on is forgiven. */
const counts = (message: Sql): Sql => sql`not exists (select 1 from campaigns.channel_stops s
  where s.channel = ${message}.channel and s.released_at >= ${message}.occurred_at)`

/** Texts that a provider took since an instant and told the failure of, by channel. */
export const countFailedTexts = (db: Queryable, since: Date): Promise<{ channel: TextChannelName; failed: number }[]> =>
  db.query(sql`
    select taken.channel, count(distinct taken.id) as failed from ingest.events f
    join ingest.events taken on taken.source = 'millrace'
      and taken.external_id = regexp_replace(f.external_id, '(failed|bounced)$', 'sent')
    where f.source = 'millrace' and f.kind in ('message_failed', 'message_bounced')
      and f.channel = any(${[...textChannels]}::text[]) and f.occurred_at > ${since}
      and taken.occurred_at > ${since} and ${counts(sql`taken`)}
    group by 1 order by 1`)

/** Texts that a channel's provider took since an instant. */
export async function countTakenTexts(db: Queryable, channel: TextChannelName, since: Date): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`
    select count(*) as n from ingest.events e where e.source = 'millrace' and e.kind = 'message_sent'
      and e.channel = ${channel} and e.occurred_at > ${since} and ${counts(sql`e`)}`)
  return row?.n ?? 0
}

import type { Queryable } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'

/** An hour in which messages left by a channel, and how many of them people answered. */
export type Answered = { channel: string; hour: Date; sent: number; answered: number }

/** Whether a person opened, read, followed or answered a message. Expects `d`. */
const isAnswered = sql`exists (select from ingest.events v where v.source = 'millrace'
  and length(v.properties ->> 'deliveryId') between 1 and 500
  and (v.properties ->> 'deliveryId') collate "C" = d.id::text
  and v.kind in ('message_opened', 'message_read', 'message_clicked', 'message_replied')
  and v.properties ->> 'machine' is null)`

/** Messages whose readers may be followed and have had time to answer. Expects `d`. */
const telling = ({ since, until }: Span): Sql => sql`(d.tracked or d.channel <> 'email') and d.sent_at > ${since}
  and d.sent_at <= ${until}`

type Span = { since: Date; until: Date }

/** What each of these people got and answered, by the channel and the hour it left. */
export const selectAnsweredBy = (
  db: Queryable,
  input: Span & { people: readonly PersonId[] },
): Promise<(Answered & { personId: PersonId })[]> =>
  db.query(sql`
    select p.person_id as "personId", d.channel, date_trunc('hour', d.sent_at, 'UTC') as hour, count(*) as sent,
      count(*) filter (where ${isAnswered}) as answered
    from ingest.people p join campaigns.deliveries d on d.identifier_id = p.identifier_id and ${telling(input)}
    where p.person_id = any(${[...input.people]}::uuid[]) group by 1, 2, 3`)

/**
 * The same of everybody, as far as the newest messages tell, with the zone their newest profile names. They are found by their
 * claims, which a message leaves within a day of: the ledger itself has no index on when.
 */
export const selectAnswered = (
  db: Queryable,
  input: Span & { limit: number },
): Promise<(Answered & { zone: string | null })[]> =>
  db.query(sql`
    select zone.name as zone, d.channel, date_trunc('hour', d.sent_at, 'UTC') as hour, count(*) as sent,
      count(*) filter (where ${isAnswered}) as answered
    from (select d.id, d.identifier_id, d.channel, d.sent_at
      from campaigns.claims c join campaigns.deliveries d on d.claim_id = c.id and ${telling(input)}
      where c.claimed_at > ${input.since}::timestamptz - interval '1 day' and c.claimed_at <= ${input.until}
      order by c.claimed_at desc limit ${input.limit}) d
    left join lateral (
      select r.zone as name from ingest.people k join ingest.people p on p.person_id = k.person_id
      join ingest.profiles r on r.identifier_id = p.identifier_id
      where k.identifier_id = d.identifier_id and r.zone is not null order by r.updated_at desc limit 1) zone on true
    group by 1, 2, 3`)

/** What was learnt of an hour of the clock where readers are. */
export type LearntHour = { channel: string; hour: number; sent: number; answered: number }

/** What was learnt, and when; none where nothing was. */
export const selectHours = (db: Queryable): Promise<(LearntHour & { learntAt: Date })[]> =>
  db.query(sql`select channel, hour, sent, answered, learnt_at as "learntAt" from campaigns.answered_hours
    order by channel, hour`)

export async function replaceHours(db: Queryable, hours: readonly LearntHour[], at: Date): Promise<void> {
  await db.query(sql`
    insert into campaigns.answered_hours (channel, hour, sent, answered, learnt_at)
    select h.channel, h.hour, h.sent, h.answered, ${at}
    from jsonb_to_recordset(${json(hours)}::jsonb) as h (channel text, hour integer, sent float8, answered float8)
    on conflict (channel, hour) do update set sent = excluded.sent, answered = excluded.answered,
      learnt_at = excluded.learnt_at`)
}

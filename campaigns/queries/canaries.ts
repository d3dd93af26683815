import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { Reading } from '../canary/decide.ts'
import type { Occasion } from '../definition/terms.ts'
import { countsAs } from './travellers.ts'

/** How the rollout of a release stood when it was last looked at. */
export type Canary = {
  campaign: string
  releaseHash: Hash
  begunAt: Date
  percent: number
  stageSince: Date
  lookedAt: Date
  state: 'under-way' | 'breached' | 'finished'
  why: string
  readings: Reading[]
}

const columns = sql`campaign, release_hash as "releaseHash", begun_at as "begunAt", percent,
  stage_since as "stageSince", looked_at as "lookedAt", state, why, readings`

/** The newest canary of a release. */
export const selectCanary = async (db: Queryable, releaseHash: Hash): Promise<Canary | null> =>
  (
    await db.query<Canary>(sql`select ${columns} from campaigns.canaries where release_hash = ${releaseHash}
      order by begun_at desc limit 1`)
  )[0] ?? null

/** The newest canaries first: of one campaign, or of all. */
export const selectCanaries = (db: Queryable, campaign: string | null): Promise<Canary[]> =>
  db.query<Canary>(sql`select ${columns} from campaigns.canaries where ${campaign}::text is null or campaign = ${campaign}
    order by looked_at desc, begun_at desc limit 100`)

/** Keeps what a look found. Its time is the database's order of looks: an older one changes nothing. */
export async function keepCanary(tx: Queryable, canary: Canary): Promise<void> {
  const { campaign, releaseHash, begunAt, percent, stageSince, lookedAt, state, why, readings } = canary
  await tx.query(sql`
    insert into campaigns.canaries as kept
      (campaign, release_hash, begun_at, percent, stage_since, looked_at, state, why, readings)
    values (${campaign}, ${releaseHash}, ${begunAt}, ${percent}, ${stageSince}, ${lookedAt}, ${state}, ${why}, ${json(readings)})
    on conflict (release_hash, begun_at) do update set percent = excluded.percent, stage_since = excluded.stage_since,
      looked_at = excluded.looked_at, state = excluded.state, why = excluded.why, readings = excluded.readings
    where kept.looked_at <= excluded.looked_at and kept.state = 'under-way'`)
}

/** Rollouts that were taken back, and nobody was written to. */
export const selectUntoldBreaches = (db: Queryable): Promise<Canary[]> =>
  db.query<Canary>(sql`select ${columns} from campaigns.canaries where state = 'breached' and told_at is null
    order by looked_at, begun_at`)

export async function noteBreachTold(db: Queryable, { releaseHash, begunAt }: Canary, at: Date): Promise<void> {
  await db.query(sql`update campaigns.canaries set told_at = ${at}
    where release_hash = ${releaseHash} and begun_at = ${begunAt}`)
}

/** The campaigns whose live release declares a rollout. */
export async function selectDeclared(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ name: string }>(sql`
    select known.name from (select distinct name from governance.releases) as known
    cross join lateral (select p.hash from kernel.pointers p where p.kind = 'campaign' and p.name = known.name
      order by p.seq desc limit 1) as live
    join kernel.versions v on v.kind = 'campaign' and v.name = known.name and v.hash = live.hash
    where v.body -> 'definition' ? 'rollout' order by 1`)
  return rows.map(({ name }) => name)
}

/** Messages of a release that left after an instant, or are on their way. */
export async function countSince(db: Queryable, releaseHash: Hash, since: Date): Promise<number> {
  const rows = await db.query<{ count: number }>(sql`
    select count(*) as count from campaigns.claims c join campaigns.deliveries d on d.claim_id = c.id
    where c.release_hash = ${releaseHash} and coalesce(c.closed_at, 'infinity') >= ${since}
      and (d.state in ('claimed', 'sending') or d.sending_at >= ${since})`)
  return rows[0]?.count ?? 0
}

/** Whether anybody within a rollout waits for a message that is due by an instant. */
export async function waitsWithin(db: Queryable, campaign: string, percent: number, by: Date): Promise<boolean> {
  const rows = await db.query<{ waits: boolean }>(sql`
    select exists (select from campaigns.deliveries where campaign = ${campaign} and waiting and due_at <= ${by}
      and bucket < ${percent}) as waits`)
  return rows[0]?.waits ?? false
}

type Counts = { claimed: number; asked: number; failed: number; stopped: number; left: number; bounced: number; complained: number; unsubscribed: number } // prettier-ignore

/** Whose messages are counted: those claimed since an instant, or by the newest claims alone. */
export type Counted = { campaign: string; releaseHash: Hash; since: Date; newest: number | null }

const claimsOf = ({ releaseHash, since, newest }: Counted): Sql => sql`(select id from campaigns.claims
  where release_hash = ${releaseHash} and claimed_at >= ${since} order by claimed_at desc limit ${newest}::bigint)`

/** What became of the messages of a release. */
export async function countOutcomes(db: Queryable, counted: Counted): Promise<Counts> {
  const rows = await db.query<Counts>(sql`
    with ours as (
      select d.id, d.state from ${claimsOf(counted)} c join campaigns.deliveries d on d.claim_id = c.id)
    select count(*) filter (where state not in ('claimed', 'sending')) as claimed,
      count(*) filter (where state in ('sent', 'delivered', 'bounced', 'complained', 'failed', 'unknown')) as asked,
      count(*) filter (where state in ('failed', 'unknown')) as failed,
      count(*) filter (where state = 'held') as stopped,
      count(*) filter (where state in ('sent', 'delivered', 'bounced', 'complained')) as "left",
      count(*) filter (where state = 'bounced') as bounced,
      count(*) filter (where state = 'complained') as complained,
      count(*) filter (where state in ('sent', 'delivered', 'complained') and exists (select from ingest.events v
        where v.kind = 'message_unsubscribed' and length(v.properties ->> 'deliveryId') between 1 and 500
          and (v.properties ->> 'deliveryId') collate "C" = ours.id::text)) as unsubscribed
    from ours`)
  return rows[0]!
}

/** Of the messages old enough, those whose readers did something within so many hours of getting them. */
export async function countConverted(
  db: Queryable,
  input: Counted & { occasion: Occasion; hours: number; at: Date },
): Promise<{ hits: number; tries: number }> {
  const { event, where = {} } = input.occasion
  const rows = await db.query<{ hits: number; tries: number }>(sql`
    with ours as (
      select d.identifier_id, d.sent_at from ${claimsOf(input)} c
      join campaigns.deliveries d on d.claim_id = c.id
      where d.state in ('sent', 'delivered', 'complained') and d.sent_at <= ${input.at}::timestamptz - ${input.hours} * interval '1 hour')
    select count(*) as tries, count(*) filter (where exists (
      select from ingest.people known join ingest.people p on p.person_id = known.person_id
      join ingest.deeds v on v.identifier_id = p.identifier_id
      where known.identifier_id = ours.identifier_id and v.occurred_at > ours.sent_at
        and v.occurred_at <= ours.sent_at + ${input.hours} * interval '1 hour'
        and ${countsAs(input.campaign, sql`${event}`, sql`${json(where)}::jsonb`)})) as hits
    from ours`)
  return rows[0] ?? { hits: 0, tries: 0 }
}

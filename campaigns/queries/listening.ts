import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, EnrolmentId, Hash, PersonId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import { hasRun } from './enrolments.ts'
import { countsAs } from './travellers.ts'

/** Since when what somebody does counts: when what let them in happened, else when they were enrolled. Expects `e`. */
const countsFrom = sql`coalesce(e.counts_from, e.enrolled_at)`

/** Campaigns of which something is live and somebody may come in, be on their way, or wait for a message that did not leave yet. */
export async function selectLiveCampaigns(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ name: string }>(sql`
    select name from (select distinct name from kernel.pointers where kind = 'campaign') as live
    cross join lateral (select v.body -> 'definition' as definition from kernel.pointers p
      join kernel.versions v using (kind, name, hash)
      where p.kind = 'campaign' and p.name = live.name order by p.seq desc limit 1) newest
    where definition ? 'journey' and (definition ? 'enter' or definition ? 'ends'
      or exists (select from campaigns.enrolments e where e.campaign = live.name and e.next_due_at is not null)
      or exists (select from campaigns.deliveries d where d.campaign = live.name and d.waiting)
      or exists (select from campaigns.claims c where c.campaign = live.name and c.expires_at is not null))
    order by name`)
  return rows.map((row) => row.name)
}

export type Hears = 'events' | 'entries' | 'dates' | 'fitting' | 'shut'

/**
 * How far a campaign has listened, and how far it will have: every transaction below `next` has ended by now.
 * Null where it never listened.
 * @param knownTo the watermark beyond which nothing is known yet of who people are: what is later is heard again
 */
export async function listenedUpTo(
  db: Queryable,
  campaign: string,
  hears: Hears,
  knownTo: string | null = null,
): Promise<{ last: string | null; next: string }> {
  const [row] = await db.query<{ last: string | null; next: string }>(sql`
    select (select watermark from campaigns.listeners where campaign = ${campaign} and hears = ${hears}) as last,
      least(pg_snapshot_xmin(pg_current_snapshot()), ${knownTo}::xid8)::text as next`)
  return row!
}

export async function keepListened(db: Queryable, campaign: string, hears: Hears, watermark: string): Promise<void> {
  await db.query(sql`insert into campaigns.listeners (campaign, hears, watermark)
    values (${campaign}, ${hears}, ${watermark})
    on conflict (campaign, hears) do update set watermark = excluded.watermark`)
}

/** What changed since a watermark; a number this cluster has not reached is of another one: then all is news. By index. */
const changedSince = (alias: Sql, watermark: string | null): Sql =>
  watermark === null
    ? sql`true`
    : sql`${alias}.changed >= (case when ${watermark}::xid8 > pg_snapshot_xmax(pg_current_snapshot()) then '0' else ${watermark} end)::xid8`

/** What a release listens for: a way out of the whole journey, or the event that a step awaits. */
export type Listened = {
  event: string
  where: Record<string, unknown>
  /** The step that awaits it, or null for a way out. */
  stepKey: string | null
  withinMs: number | null
  reason: string | null
}

export type Heard = { id: EnrolmentId; reason: string | null }

/** Whoever still goes on, or whose last message has not left yet: one that was claimed may come back. Expects `e`. */
const underWay = sql`(e.next_due_at is not null or (${hasRun}
  and exists (select from campaigns.deliveries d where d.enrolment_id = e.id and d.settled_at is null)))`

/**
 * People on their way in a release who did something it listens for, since the watermark and since what let them in.
 * `reason` is why their journey ends; null for those who only need to be looked at now.
 */
export const selectHeard = (
  db: Queryable,
  input: { campaign: string; releaseHash: Hash; since: string | null; listened: readonly Listened[] },
): Promise<Heard[]> =>
  db.query<Heard>(sql`
    with listened as (select * from jsonb_to_recordset(${json(input.listened.map((one, place) => ({ ...one, place })))}::jsonb)
      as l (event text, "where" jsonb, "stepKey" text, "withinMs" bigint, reason text, place integer)),
    news as (
      select distinct p.person_id, v.occurred_at, l.*
      from listened l
      join ingest.deeds v on ${countsAs(input.campaign, sql`l.event`, sql`l."where"`)}
        and ${changedSince(sql`v`, input.since)}
        and v.occurred_at > (select min(${countsFrom}) from campaigns.enrolments e where e.campaign = ${input.campaign})
      join ingest.people p on p.identifier_id = v.identifier_id),
    theirs as (
      select e.id, e.step_key, e.enrolled_at, ${countsFrom} as counts_from, n."stepKey", n."withinMs", n.reason, n.place, n.occurred_at
      from news n join campaigns.enrolments e on e.campaign = ${input.campaign} and e.person_id = n.person_id
      where e.release_hash = ${input.releaseHash} and ${underWay}
      union
      select e.id, e.step_key, e.enrolled_at, ${countsFrom} as counts_from, n."stepKey", n."withinMs", n.reason, n.place, n.occurred_at
      from news n join ingest.people q on q.person_id = n.person_id
      join campaigns.enrolments e on e.identifier_id = q.identifier_id and e.campaign = ${input.campaign}
      where e.release_hash = ${input.releaseHash} and ${underWay}
        and not exists (select from ingest.people x where x.person_id = e.person_id))
    select distinct on (id) id, reason from theirs
    where occurred_at > counts_from and ("stepKey" is null or "stepKey" = step_key)
      and ("withinMs" is null or occurred_at <= enrolled_at + "withinMs" * interval '1 millisecond')
    order by id, reason is null, place`)

/**
 * Of ledger rows, those whose journey goes on, or came to its end and nothing that it listens for happened since its
 * beginning: who left, or reached the goal, is not written to again.
 */
export async function selectGoingOn(
  db: Queryable,
  input: { campaign: string; ids: readonly DeliveryId[]; listened: readonly Omit<Listened, 'stepKey'>[] },
): Promise<DeliveryId[]> {
  const rows = await db.query<{ id: DeliveryId }>(sql`
    select d.id from campaigns.deliveries d join campaigns.enrolments e on e.id = d.enrolment_id
    where d.id = any(${[...input.ids]}::uuid[]) and (e.ended_reason is null or ${hasRun})
      and not exists (
        select from jsonb_to_recordset(${json(input.listened)}::jsonb) as l (event text, "where" jsonb, "withinMs" bigint)
        join ingest.people p on p.person_id = coalesce(
          (select x.person_id from ingest.people x where x.person_id = e.person_id limit 1),
          (select x.person_id from ingest.people x where x.identifier_id = e.identifier_id))
        join ingest.deeds v on v.identifier_id = p.identifier_id and v.occurred_at > ${countsFrom}
          and (l."withinMs" is null or v.occurred_at <= e.enrolled_at + l."withinMs" * interval '1 millisecond')
          and ${countsAs(input.campaign, sql`l.event`, sql`l."where"`)})`)
  return rows.map(({ id }) => id)
}

/** Ends journeys, each for its reason; those that ended early already stay as they are. Returns whose ended. */
export async function endJourneys(
  tx: Tx,
  ended: readonly { id: EnrolmentId; reason: string | null }[],
): Promise<EnrolmentId[]> {
  const rows = await tx.query<{ id: EnrolmentId }>(sql`
    update campaigns.enrolments e set next_due_at = null, ended_reason = g.reason
    from jsonb_to_recordset(${json(ended)}::jsonb) as g (id uuid, reason text)
    where e.id = g.id and (e.next_due_at is not null or ${hasRun}) returning e.id`)
  return rows.map(({ id }) => id)
}

/** Has people looked at now, who wait for what has just happened; whose start is still to come waits for nothing yet. */
export async function wake(tx: Tx, enrolments: readonly EnrolmentId[], at: Date): Promise<void> {
  await tx.query(sql`update campaigns.enrolments set next_due_at = ${at}
    where id = any(${[...enrolments]}::uuid[]) and next_due_at > ${at} and entered_at is not null`)
}

/** Everybody on their way in a campaign, so many at a time. */
export async function selectTravelling(db: Queryable, campaign: string, limit: number): Promise<EnrolmentId[]> {
  const rows = await db.query<{ id: EnrolmentId }>(sql`
    select id from campaigns.enrolments where campaign = ${campaign} and next_due_at is not null limit ${limit}`)
  return rows.map(({ id }) => id)
}

/**
 * What let somebody in already lets them in no second time, though it may be heard again while the database is at something
 * long. Clocks differ: what happened within the hour behind their coming in is what they came in by. Expects `p`.
 */
const newTo = (campaign: string, happened: Sql): Sql => sql`not exists (
  select from campaigns.enrolments e where e.campaign = ${campaign} and e.person_id = p.person_id
    and ${happened} <= e.enrolled_at + interval '1 hour')`

/**
 * People who did something since an instant, as far as it was not heard before, and when each did it last: to the next whole
 * millisecond, so that it is never itself behind that.
 */
export async function selectDoers(
  db: Queryable,
  input: { campaign: string; event: string; where: Record<string, unknown>; after: Date; since: string | null },
): Promise<{ personId: PersonId; countsFrom: Date }[]> {
  return db.query(sql`
    select p.person_id as "personId",
      date_trunc('milliseconds', max(v.occurred_at) + interval '999 microseconds') as "countsFrom"
    from ingest.deeds v join ingest.people p on p.identifier_id = v.identifier_id
    where ${countsAs(input.campaign, sql`${input.event}`, sql`${json(input.where)}::jsonb`)}
      and v.occurred_at >= ${input.after} and ${changedSince(sql`v`, input.since)}
      and ${newTo(input.campaign, sql`v.occurred_at`)} group by 1 order by 1`)
}

/** People who came into a saved segment since an instant, as far as it was not heard before, and when each did. */
export async function selectEntered(
  db: Queryable,
  input: { campaign: string; segment: string; after: Date; since: string | null },
): Promise<{ personId: PersonId; countsFrom: Date }[]> {
  return db.query(sql`
    select p.person_id as "personId", p.since as "countsFrom"
    from graph.segment_members p join graph.segments s on s.id = p.segment_id
    where s.name = ${input.segment} and s.retired_at is null and p.until is null and p.since >= ${input.after}
      and ${changedSince(sql`p`, input.since)} and ${newTo(input.campaign, sql`p.since`)} order by 1`)
}

/** How many people, each as they are known now, reached a goal within its days of coming in; who is held out owes it to nothing of ours. */
export async function countGoals(
  db: Queryable,
  input: { campaign: string; event: string; where: Record<string, unknown>; withinDays: number },
): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`
    select count(distinct p.person_id) as n from campaigns.enrolments e
    join ingest.people p on p.person_id = coalesce(
      (select x.person_id from ingest.people x where x.person_id = e.person_id limit 1),
      (select x.person_id from ingest.people x where x.identifier_id = e.identifier_id))
    join ingest.deeds v on v.identifier_id = p.identifier_id and v.occurred_at > ${countsFrom}
      and v.occurred_at <= e.enrolled_at + ${input.withinDays}::int * interval '1 day'
      and ${countsAs(input.campaign, sql`${input.event}`, sql`${json(input.where)}::jsonb`)}
    where e.campaign = ${input.campaign} and e.ended_reason is distinct from 'holdout'`)
  return row?.n ?? 0
}

/** How many messages of a campaign were claimed in all: what its daily counters add up to. */
export async function countClaimed(db: Queryable, campaign: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select coalesce(sum(used), 0) as n from campaigns.buckets where scope = ${campaign}`,
  )
  return row?.n ?? 0
}

/** The same without those that a worker still has: they may come back to the plan and give their places back. */
export async function countLeft(db: Queryable, campaign: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`
    select coalesce((select sum(used) from campaigns.buckets where scope = ${campaign}), 0)
      - (select count(*) from campaigns.claims c join campaigns.deliveries d on d.claim_id = c.id
        where c.campaign = ${campaign} and c.expires_at is not null and d.state in ('claimed', 'sending')) as n`)
  return row?.n ?? 0
}

/** The people of e-mail addresses, each once; an address nobody is known by is left out. */
export async function peopleByAddress(db: Queryable, addresses: readonly string[]): Promise<PersonId[]> {
  const rows = await db.query<{ id: PersonId }>(sql`
    select distinct p.person_id as id from ingest.identifiers i join ingest.people p on p.identifier_id = i.id
    where i.kind = 'email' and i.value = any(${[...addresses]}) order by 1`)
  return rows.map(({ id }) => id)
}

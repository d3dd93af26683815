import { one, type Queryable, type Tx } from '#kernel/db.ts'
import type { DeliveryId, EnrolmentId, Hash, PersonId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import { goalReached, leftBy } from '../journeys/leaving.ts'
import { addressBy, type Reach } from './channel-addresses.ts'
import { takenUp, type TakenUp } from './migrating.ts'

/** The address somebody is enrolled by: that of their e-mail, or of one of several channels. */
export const addressFor = (reach: readonly Reach[] | null): Sql => (reach === null ? addressOfPerson : addressBy(reach))

/** The address a person is written to: expects `g."personId"`, gives `id`. */
export const addressOfPerson: Sql = sql`(
      select found.id from (
        select i.id, 0 as rank, i.first_seen_at from ingest.people p
        join ingest.identifiers i on i.id = p.identifier_id and i.kind = 'email' where p.person_id = g."personId"
        union all
        select i.id, 1, i.first_seen_at from ingest.people p
        join ingest.profiles r on r.identifier_id = p.identifier_id
        join ingest.identifiers i on i.kind = 'email' and i.value = lower(r.email) where p.person_id = g."personId"
      ) as found
      order by found.rank, (select max(c.occurred_at) from ingest.consents c
        where c.identifier_id = found.id and c.channel = 'email' and c.state = 'granted') desc nulls last,
        found.first_seen_at, found.id
      limit 1)`

/**
 * Somebody to come in: when their first step is due if that is later than for the others, when they did what lets them in,
 * what is said of them for its slots, and the question that brought them.
 */
export type Newcomer = {
  id: EnrolmentId
  personId: PersonId
  dueAt?: Date
  countsFrom?: Date
  properties?: Readonly<Record<string, string>>
  askedBy?: string
}

/** Where people stand once they are in; without a due time they have come to the end. */
export type Place = { stepKey: string; dueAt: Date | null }

/** What people are sent the moment they come in: the id of a ledger row and a bucket for each of them, in their order. */
export type FirstSend = { stepKey: string; channel: string; rows: readonly { id: DeliveryId; bucket: number }[] }

/** Who was in the campaign before may come again: not since `lastBefore`, and no more often than `most`. */
export type Again = { lastBefore: Date; most: number }

/**
 * Enrols people, each by one address: of their own e-mail addresses the one that consented last, else the oldest; a
 * person whose address belongs to somebody else (a shared mailbox) by the one their profile names. People without an
 * address, and those enrolled before, are left out. What they are sent at once is planned by the same statement, so that
 * nobody is ever seen between the two.
 * @param input.again its rule of re-entry. Nobody comes again while they are in it; whoever they were before a merge counts.
 */
export async function insertEnrolments(
  tx: Tx,
  input: {
    campaign: string
    releaseHash: Hash
    at: Date
    place: Place
    people: readonly Newcomer[]
    send: FirstSend | null
    again: Again | null
    /** The channels it writes by; e-mail alone when left out. */
    reach?: readonly Reach[] | null
  },
): Promise<{ enrolled: number; planned: number }> {
  const { campaign, at, place, people, send } = input
  const ids = people.map(({ id }) => id)
  const didIt = people.some(({ countsFrom }) => countsFrom !== undefined)
  const rows = send?.rows ?? []
  return one<{ enrolled: number; planned: number }>(
    tx,
    sql`
    with came as (
      insert into campaigns.enrolments (id, campaign, person_id, identifier_id, occurrence, release_hash, step_key,
        next_due_at, ended_reason, enrolled_at, properties, asked_by${didIt ? sql`, counts_from` : sql``})
      select g.id, ${campaign}, g."personId", a.id, ${input.again ? sql`coalesce(b.occurrence, 0) + 1` : 1}, ${input.releaseHash},
        ${place.stepKey}, coalesce(g."dueAt", ${place.dueAt}), ${place.dueAt ? null : 'completed'}, ${at}, g.properties, g."askedBy"${didIt ? sql`, g."countsFrom"` : sql``}
      from unnest(${ids}::uuid[], ${people.map(({ personId }) => personId)}::uuid[],
        ${people.map(({ dueAt }) => dueAt ?? null)}::timestamptz[],
        ${people.map(({ properties }) => (properties ? json(properties) : null))}::jsonb[],
        ${people.map(({ askedBy }) => askedBy ?? null)}::text[]${didIt ? sql`, ${people.map(({ countsFrom }) => countsFrom ?? null)}::timestamptz[]` : sql``})
        as g (id, "personId", "dueAt", properties, "askedBy"${didIt ? sql`, "countsFrom"` : sql``})
      cross join lateral ${addressFor(input.reach ?? null)} as a
      ${input.again ? comesAgain(campaign, input.again) : sql``}
      -- All who enrol at once meet the same people in the same order, and never wait for each other in a ring.
      order by g."personId"
      on conflict (campaign, person_id, occurrence) do nothing
      returning id, person_id, identifier_id, occurrence),
    planned as (
      insert into campaigns.deliveries (id, enrolment_id, campaign, person_id, step_key, occurrence, identifier_id,
        channel, bucket, state, planned_for, due_at)
      select g.id, c.id, ${campaign}, c.person_id, ${send?.stepKey}, c.occurrence, c.identifier_id, ${send?.channel},
        g.bucket, 'planned', ${at}, ${at}
      from came c join unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ bucket }) => bucket)}::integer[],
        ${send ? ids : []}::uuid[]) as g (id, bucket, enrolment_id) on g.enrolment_id = c.id
      on conflict (campaign, person_id, step_key, occurrence) do nothing
      returning id)
    select (select count(*) from came) as enrolled, (select count(*) from planned) as planned`,
  )
}

/** Whoever was in a campaign before, and may come again. Expects `g."personId"`, gives `b.occurrence`. */
const comesAgain = (campaign: string, { lastBefore, most }: Again): Sql => sql`
  cross join lateral (
    select max(e.occurrence) as occurrence, max(e.enrolled_at) as last, bool_or(e.next_due_at is not null) as inside
    from (
      select own.* from campaigns.enrolments own where own.campaign = ${campaign} and own.person_id = g."personId"
      union all
      select theirs.* from ingest.people p
      join campaigns.enrolments theirs on theirs.identifier_id = p.identifier_id and theirs.campaign = ${campaign}
      where p.person_id = g."personId") as e) as b
  where b.last is null or (not b.inside and b.last <= ${lastBefore} and b.occurrence < ${most})`

/** The releases that due enrolments of a campaign are pinned to. */
export async function selectDueReleases(db: Queryable, campaign: string, at: Date): Promise<Hash[]> {
  const rows = await db.query<{ hash: Hash }>(sql`
    select distinct release_hash as hash from campaigns.enrolments
    where campaign = ${campaign} and next_due_at <= ${at} order by 1`)
  return rows.map((row) => row.hash)
}

/** Of these releases, those that somebody stands in. */
export async function selectStandingIn(db: Queryable, campaign: string, hashes: readonly Hash[]): Promise<Hash[]> {
  const rows = await db.query<{ hash: Hash }>(sql`
    select distinct release_hash as hash from campaigns.enrolments
    where campaign = ${campaign} and next_due_at is not null and release_hash = any(${[...hashes]}::text[]) order by 1`)
  return rows.map((row) => row.hash)
}

/** Why a journey ended that a rollback left no step for; the step follows. */
const noStepLeft = 'held: the restored release has no step '

/** They came to the end of their journey, or to where a restored release has no step for them: a last message may still leave. Expects `e`. */
export const hasRun: Sql = sql`(e.ended_reason = 'completed' or starts_with(e.ended_reason, ${noStepLeft}))`

/** They reached the goal, or did what ends the journey: nothing more is for them. Expects `e`. */
export const hasLeft: Sql = sql`(e.ended_reason = ${goalReached} or starts_with(e.ended_reason, ${leftBy}))`

/**
 * Moves the enrolments of a withdrawn release to the same step of the restored one; where it has no such step they are
 * held. Deliveries already planned stay: their content is read through the pointer anyway. Whom somebody else moves on
 * meanwhile stays for the next time.
 * @param input.lands where the restored release takes up those who stood at a step
 */
export async function moveEnrolments(
  tx: Tx,
  input: { campaign: string; from: Hash; to: Hash; at: Date; lands: readonly ({ from: string } & TakenUp)[] },
): Promise<void> {
  const isStill = sql`e.step_key = s.step_key and e.release_hash = ${input.from} and e.next_due_at is not null`
  await tx.query(sql`
    with lands as (
      select * from jsonb_to_recordset(${json(input.lands)}::jsonb) as l ("from" text, "to" text, "afterMs" bigint)),
    standing as (
      select e.id, e.step_key, l."to", l."afterMs" from campaigns.enrolments e left join lands l on l."from" = e.step_key
      where e.campaign = ${input.campaign} and e.release_hash = ${input.from} and e.next_due_at is not null),
    held as (
      update campaigns.enrolments e set next_due_at = null,
        ended_reason = ${noStepLeft} || e.step_key
      from standing s where s.id = e.id and s."to" is null and ${isStill})
    update campaigns.enrolments e set release_hash = ${input.to}, step_key = s."to", ${takenUp(sql`s."afterMs"`, input.at)}
    from standing s where s.id = e.id and s."to" is not null and ${isStill}`)
}

export type DueEnrolment = { id: EnrolmentId; personId: PersonId; stepKey: string }

/** Where each step leads: its key, the waits before it, and the next step with its waits (null: none). */
export type StepTimes = { key: string; channel: string; afterMs: number; nextKey: string | null; nextAfterMs: number }

/** Takes due enrolments whose send before has settled long enough ago; whoever asks next gets others. */
export const takeDueEnrolments = (
  tx: Tx,
  input: { campaign: string; releaseHash: Hash; steps: readonly StepTimes[]; at: Date; limit: number },
): Promise<DueEnrolment[]> =>
  tx.query<DueEnrolment>(sql`
    select e.id, e.person_id as "personId", e.step_key as "stepKey"
    from campaigns.enrolments e
    join jsonb_to_recordset(${json(input.steps)}::jsonb) as s (key text, "afterMs" bigint) on s.key = e.step_key
    where e.campaign = ${input.campaign} and e.release_hash = ${input.releaseHash} and e.next_due_at <= ${input.at}
      and not exists (select from campaigns.deliveries d where d.enrolment_id = e.id
        and (d.settled_at is null or d.settled_at + s."afterMs" * interval '1 millisecond' > ${input.at}))
    order by e.next_due_at, e.id limit ${input.limit}
    for update of e skip locked`)

export type NewDelivery = { id: DeliveryId; enrolmentId: EnrolmentId; bucket: number }

/** Plans the due step of each enrolment: one insert-select, and the enrolments move on to their next step or their end. */
export async function planDeliveries(
  tx: Tx,
  input: { steps: readonly StepTimes[]; deliveries: readonly NewDelivery[]; at: Date },
): Promise<number> {
  const rows = await tx.query(sql`
    with step as (select * from jsonb_to_recordset(${json(input.steps)}::jsonb)
      as s (key text, channel text, "nextKey" text, "nextAfterMs" bigint)),
    given as (select * from jsonb_to_recordset(${json(input.deliveries)}::jsonb)
      as g (id uuid, "enrolmentId" uuid, bucket integer)),
    planned as (
      insert into campaigns.deliveries (id, enrolment_id, campaign, person_id, step_key, occurrence, identifier_id,
        channel, bucket, state, planned_for, due_at)
      select g.id, e.id, e.campaign, e.person_id, e.step_key, e.occurrence, e.identifier_id, s.channel, g.bucket,
        'planned', ${input.at}, ${input.at}
      from given g join campaigns.enrolments e on e.id = g."enrolmentId" join step s on s.key = e.step_key
      on conflict (campaign, person_id, step_key, occurrence) do nothing
      returning id),
    moved as (
      update campaigns.enrolments e set step_key = coalesce(s."nextKey", e.step_key),
        next_due_at = case when s."nextKey" is not null then ${input.at}::timestamptz + s."nextAfterMs" * interval '1 millisecond' end,
        ended_reason = case when s."nextKey" is null then 'completed' end
      from given g, step s where e.id = g."enrolmentId" and s.key = e.step_key)
    select id from planned`)
  return rows.length
}

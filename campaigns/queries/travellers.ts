import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, EnrolmentId, Hash, PersonId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { Occasion } from '../definition/terms.ts'
import type { Looked } from '../journeys/walk-all.ts'

/**
 * Somebody whose next step is due. `enteredAt`: when they came to it. `leftAt`: when their last message began to leave, since
 * they may answer before it is known here to have left; null where they were sent none. `unsettled`: a message of theirs is
 * still under way. `drawnBy`: the first person their address ever was.
 */
export type Due = {
  id: EnrolmentId
  personId: PersonId
  currentPersonId: PersonId | null
  stepKey: string
  enrolledAt: Date
  countsFrom: Date
  enteredAt: Date
  leftAt: Date | null
  unsettled: boolean
  drawnBy: string
  zone: string | null
}

/** The zone that the newest profile of a person names: expects the person's id. */
export const zoneOfPerson = (personId: Sql): Sql => sql`(
  select r.zone from ingest.people p join ingest.profiles r on r.identifier_id = p.identifier_id
  where p.person_id = ${personId} and r.zone is not null order by r.updated_at desc limit 1)`

/** The country, ISO 3166, that the newest profile of a person names: expects the person's id. */
export const countryOfPerson = (personId: Sql): Sql => sql`(
  select r.country from ingest.people p join ingest.profiles r on r.identifier_id = p.identifier_id
  where p.person_id = ${personId} and r.country is not null order by r.updated_at desc limit 1)`

/** Who an enrolled person is now: they may have been merged or come apart since. Expects `e`. */
const currentPerson = sql`coalesce(
  (select p.person_id from ingest.people p where p.person_id = e.person_id limit 1),
  (select p.person_id from ingest.people p where p.identifier_id = e.identifier_id))`

/**
 * Takes due enrolments of a release for as long as the lease; whoever asks next gets others. What is not moved on by
 * then (its worker died) is due again.
 */
export const takeTravellers = (
  db: Queryable,
  input: { campaign: string; releaseHash: Hash; at: Date; leaseUntil: Date; limit: number },
): Promise<Due[]> =>
  db.query<Due>(sql`
    with due as (
      select id from campaigns.enrolments
      where campaign = ${input.campaign} and release_hash = ${input.releaseHash} and next_due_at <= ${input.at}
      order by next_due_at, id limit ${input.limit} for update skip locked),
    taken as (
      update campaigns.enrolments e set next_due_at = ${input.leaseUntil}, entered_at = coalesce(e.entered_at, e.next_due_at)
      from due where e.id = due.id
      returning e.id, e.person_id, e.identifier_id, e.step_key, e.enrolled_at, e.counts_from, e.entered_at),
    now_known as (select e.*, ${currentPerson} as current_id from taken e)
    select e.id, e.person_id as "personId", e.current_id as "currentPersonId", e.step_key as "stepKey",
      e.enrolled_at as "enrolledAt", coalesce(e.counts_from, e.enrolled_at) as "countsFrom", e.entered_at as "enteredAt", mail.left_at as "leftAt",
      coalesce(mail.unsettled, false) as unsettled, ${zoneOfPerson(sql`e.current_id`)} as zone,
      coalesce((select m.person_id from ingest.memberships m where m.identifier_id = e.identifier_id
        order by m.seq limit 1), e.person_id) as "drawnBy"
    from now_known e
    left join lateral (
      select bool_or(d.settled_at is null) as unsettled, max(coalesce(d.sending_at, d.settled_at)) as left_at
      from campaigns.deliveries d where d.enrolment_id = e.id) mail on true
    order by e.id`)

/** A deed a journey counts: of messages only those of its own campaign, and none that a machine made. Expects `v`, of ingest.deeds. */
export const countsAs = (campaign: string, event: Sql, where: Sql): Sql => sql`v.kind = ${event}
  and v.properties @> ${where} and v.properties ->> 'machine' is null
  and (v.source <> 'millrace' or v.kind not like 'message\\_%' or v.campaign_ref = ${campaign})`

/** When each of these people first did something, after one instant and until another, or without an end. */
export async function selectFirst(
  db: Queryable,
  input: { campaign: string; occasion: Occasion; asked: readonly Looked[] },
): Promise<Map<string, Date>> {
  const { event, where = {} } = input.occasion
  const rows = await db.query<{ id: string; at: Date }>(sql`
    select a.id, min(v.occurred_at) as at
    from jsonb_to_recordset(${json(input.asked)}::jsonb)
      as a (id uuid, "personId" uuid, after timestamptz, before timestamptz)
    join ingest.people p on p.person_id = a."personId"
    join ingest.deeds v on v.identifier_id = p.identifier_id and v.occurred_at > a.after
      and (a.before is null or v.occurred_at <= a.before)
      and ${countsAs(input.campaign, sql`${event}`, sql`${json(where)}::jsonb`)}
    group by a.id`)
  return new Map(rows.map(({ id, at }) => [id, at]))
}

/**
 * Where an enrolment goes from `stepKey`: on to another step, due at a time, or to its end. `send`: what is planned on
 * the way; a step that loops is planned each time, any other once.
 */
export type Move = {
  id: EnrolmentId
  stepKey: string
  toKey: string
  enteredAt: Date
  dueAt: Date | null
  endedReason: string | null
  send: { id: DeliveryId; key: string; channel: string; bucket: number; loops: boolean } | null
}

export type TurnRow = { enrolmentId: EnrolmentId; stepKey: string; took: string | null; why: string }

/**
 * Moves enrolments that still stand where they were taken, in the release they were taken of, plans what they are sent
 * and notes the turns they took, in one statement. Returns how many messages were planned.
 */
export async function moveTravellers(
  tx: Tx,
  input: { releaseHash: Hash; leaseUntil: Date; at: Date; moves: readonly Move[]; turns: readonly TurnRow[] },
): Promise<number> {
  const { at } = input
  const moves = input.moves.map(({ send, ...move }) => ({ ...move, sendId: send?.id ?? null, sendKey: send?.key ?? null, channel: send?.channel ?? null, bucket: send?.bucket ?? null, loops: send?.loops ?? false })) // prettier-ignore
  const rows = await tx.query(sql`
    with given as (select * from jsonb_to_recordset(${json(moves)}::jsonb) as g (id uuid, "stepKey" text, "toKey" text,
      "enteredAt" timestamptz, "dueAt" timestamptz, "endedReason" text, "sendId" uuid, "sendKey" text, channel text,
      bucket integer, loops boolean)),
    moved as (
      update campaigns.enrolments e set step_key = g."toKey", entered_at = g."enteredAt", next_due_at = g."dueAt",
        ended_reason = g."endedReason"
      from given g where e.id = g.id and e.step_key = g."stepKey" and e.next_due_at = ${input.leaseUntil}
        and e.release_hash = ${input.releaseHash}
      returning e.id, e.campaign, e.person_id, e.identifier_id, e.occurrence),
    told as (
      insert into campaigns.turns (enrolment_id, taken_at, step_key, took, why)
      select m.id, ${at}, t."stepKey", t.took, t.why
      from jsonb_to_recordset(${json(input.turns)}::jsonb) as t ("enrolmentId" uuid, "stepKey" text, took text, why text)
      join moved m on m.id = t."enrolmentId")
    insert into campaigns.deliveries (id, enrolment_id, campaign, person_id, step_key, occurrence, identifier_id,
      channel, bucket, state, planned_for, due_at)
    select g."sendId", m.id, m.campaign, m.person_id, g."sendKey", case when g.loops then greatest(m.occurrence, (
        select max(d.occurrence) + 1 from campaigns.deliveries d
        where d.campaign = m.campaign and d.person_id = m.person_id and d.step_key = g."sendKey"))
      else m.occurrence end, m.identifier_id, g.channel, g.bucket, 'planned', ${at}, ${at}
    from given g join moved m on m.id = g.id where g."sendId" is not null
    on conflict (campaign, person_id, step_key, occurrence) do nothing
    returning id`)
  return rows.length
}

/** What is planned of a campaign that is over is not sent any more; whose last message it was did not come to the end. */
export async function dropCampaign(
  tx: Queryable,
  input: { campaign: string; reason: string; at: Date },
): Promise<void> {
  await tx.query(sql`
    with dropped as (
      update campaigns.deliveries set state = 'suppressed', reason = ${input.reason}, settled_at = ${input.at}
      where campaign = ${input.campaign} and waiting returning enrolment_id)
    update campaigns.enrolments e set ended_reason = ${input.reason} from dropped
    where e.id = dropped.enrolment_id and e.ended_reason = 'completed'`)
}

/** What was planned for people whose journey has ended early is not sent any more. */
export async function dropPlanned(tx: Tx, enrolments: readonly EnrolmentId[], at: Date): Promise<void> {
  await tx.query(sql`
    update campaigns.deliveries d set state = 'suppressed', reason = e.ended_reason, settled_at = ${at}
    from campaigns.enrolments e where e.id = d.enrolment_id and e.ended_reason is not null
      and e.id = any(${[...enrolments]}::uuid[]) and d.state = 'planned'`)
}

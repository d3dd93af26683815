import type { Queryable } from '#kernel/db.ts'
import type { DeliveryId, Hash, PersonId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type StateCount = { stepKey: string; state: string; count: number }

export const selectStateCounts = (db: Queryable, campaign: string): Promise<StateCount[]> =>
  db.query<StateCount>(sql`
    select step_key as "stepKey", state, count(*) as count from campaigns.deliveries
    where campaign = ${campaign} group by 1, 2 order by 1, 2`)

export type ReasonCount = { state: string; reason: string; count: number }

export const selectReasons = (db: Queryable, campaign: string): Promise<ReasonCount[]> =>
  db.query<ReasonCount>(sql`
    select state, reason, count(*) as count from campaigns.deliveries
    where campaign = ${campaign} and reason is not null
      and state in ('planned', 'suppressed', 'capped', 'expired', 'held', 'failed', 'bounced', 'unknown')
    group by 1, 2 order by count desc, 1, 2 limit 50`)

export const selectEnrolmentCounts = (
  db: Queryable,
  campaign: string,
): Promise<{ total: number; active: number; heldOut: number; nextDueAt: Date | null }[]> =>
  db.query(sql`
    select count(*) as total, count(*) filter (where next_due_at is not null) as active,
      count(*) filter (where ended_reason = 'holdout') as "heldOut",
      min(next_due_at) as "nextDueAt" from campaigns.enrolments where campaign = ${campaign}`)

export type ReactionCount = { kind: string; people: number; machines: number }

/** Messages that met each reaction; those a person made, and those only a machine did. */
export const selectReactions = (db: Queryable, campaign: string): Promise<ReactionCount[]> =>
  db.query<ReactionCount>(sql`
    select kind, count(*) filter (where by_person) as people, count(*) filter (where not by_person) as machines
    from (select kind, properties ->> 'deliveryId', bool_or(properties ->> 'machine' is null) as by_person
      from ingest.events
      where source = 'millrace' and campaign_ref = ${campaign} and kind in ('message_opened', 'message_clicked',
        'message_replied', 'message_unsubscribed', 'message_bounced', 'message_complained')
      group by 1, 2) as seen
    group by 1 order by 1`)

export const selectTimeline = (db: Queryable, campaign: string): Promise<{ hour: Date; sent: number }[]> =>
  db.query(sql`
    select date_trunc('hour', sent_at, 'UTC') as hour, count(*) as sent from campaigns.deliveries
    where campaign = ${campaign} and sent_at is not null group by 1 order by 1`)

export type PersonRow = {
  id: DeliveryId
  stepKey: string
  /** By what it goes, or went last. */
  channel: string
  occurrence: number
  state: string
  reason: string | null
  address: string
  plannedFor: Date
  dueAt: Date
  attempts: number
  sentAt: Date | null
  settledAt: Date | null
  releaseHash: Hash | null
}

/**
 * A person's rows of a campaign, also those made under an id that is part of them now. Which they are is known from indexes
 * alone; what became of each is read from the row.
 */
export const selectPersonRows = (db: Queryable, campaign: string, personId: PersonId): Promise<PersonRow[]> =>
  db.query<PersonRow>(sql`
    with mine as (
      select d.id from campaigns.deliveries d where d.campaign = ${campaign} and d.person_id = ${personId}
      union
      select d.id from ingest.people p
      join campaigns.deliveries d on d.identifier_id = p.identifier_id and d.campaign = ${campaign}
      where p.person_id = ${personId})
    select d.id, d.step_key as "stepKey", d.channel, d.occurrence, d.state, d.reason, i.value as address,
      d.planned_for as "plannedFor", d.due_at as "dueAt", d.attempts, d.sent_at as "sentAt",
      d.settled_at as "settledAt", d.release_hash as "releaseHash"
    from mine join campaigns.deliveries d using (id) join ingest.identifiers i on i.id = d.identifier_id
    order by d.planned_for, d.id`)

export type PersonEnrolment = {
  stepKey: string
  releaseHash: Hash
  enrolledAt: Date
  nextDueAt: Date | null
  endedReason: string | null
  /** Who is held out: of every campaign, or of this, and with how large a share of people. */
  heldOut: { scope: 'global' | 'campaign'; share: number } | null
}

export const selectPersonEnrolments = (
  db: Queryable,
  campaign: string,
  personId: PersonId,
): Promise<PersonEnrolment[]> =>
  db.query<PersonEnrolment>(sql`
    select e.step_key as "stepKey", e.release_hash as "releaseHash", e.enrolled_at as "enrolledAt",
      e.next_due_at as "nextDueAt", e.ended_reason as "endedReason",
      (select jsonb_build_object('scope', h.scope, 'share', h.share) from campaigns.holdouts h
        where h.enrolment_id = e.id) as "heldOut"
    from campaigns.enrolments e
    where e.campaign = ${campaign} and (e.person_id = ${personId}
      or e.identifier_id = any(array(select p.identifier_id from ingest.people p where p.person_id = ${personId})))
    order by e.enrolled_at, e.id`)

export type PersonEvent = { kind: string; at: Date; machine: string | null; deliveryId: string | null }

export const selectPersonEvents = (db: Queryable, campaign: string, personId: PersonId): Promise<PersonEvent[]> =>
  db.query<PersonEvent>(sql`
    select v.kind, v.occurred_at as at, v.properties ->> 'machine' as machine, v.properties ->> 'deliveryId' as "deliveryId"
    from ingest.events v
    where v.source = 'millrace' and v.campaign_ref = ${campaign} and v.identifier_id in (
      select p.identifier_id from ingest.people p where p.person_id = ${personId}
      union select d.identifier_id from campaigns.deliveries d
        where d.campaign = ${campaign} and d.person_id = ${personId})
    order by v.occurred_at, v.seq`)

export type PersonTurn = { stepKey: string; took: string | null; why: string; takenAt: Date }

/** Which ways a person was sent in a campaign, also under an id that is part of them now. */
export const selectPersonTurns = (db: Queryable, campaign: string, personId: PersonId): Promise<PersonTurn[]> =>
  db.query<PersonTurn>(sql`
    select t.step_key as "stepKey", t.took, t.why, t.taken_at as "takenAt"
    from campaigns.turns t join campaigns.enrolments e on e.id = t.enrolment_id
    where e.campaign = ${campaign} and (e.person_id = ${personId}
      or e.identifier_id = any(array(select p.identifier_id from ingest.people p where p.person_id = ${personId})))
    order by t.taken_at`)

/** The campaigns a person was ever in, also under an id that is part of them now: from indexes alone. */
export async function selectPersonCampaigns(db: Queryable, personId: PersonId): Promise<string[]> {
  const rows = await db.query<{ name: string }>(sql`
    select e.campaign as name from campaigns.enrolments e where e.person_id = ${personId}
    union
    select e.campaign from ingest.people p join campaigns.enrolments e on e.identifier_id = p.identifier_id
    where p.person_id = ${personId}
    order by 1`)
  return rows.map((row) => row.name)
}

/** The people of e-mail addresses or numbers, in the form they are kept in. */
export async function selectPeopleOf(db: Queryable, values: readonly string[]): Promise<PersonId[]> {
  const rows = await db.query<{ id: PersonId }>(sql`
    select distinct p.person_id as id from ingest.identifiers i join ingest.people p on p.identifier_id = i.id
    where i.kind in ('email', 'phone') and i.value = any(${[...values]}) order by 1`)
  return rows.map(({ id }) => id)
}

/** Where people are and how they ended: by step, and by reason. */
export type StepCount = { stepKey: string; here: number; ended: number; reason: string | null }

export const selectStepCounts = (db: Queryable, campaign: string): Promise<StepCount[]> =>
  db.query<StepCount>(sql`
    select step_key as "stepKey", ended_reason as reason, count(*) filter (where next_due_at is not null) as here,
      count(*) filter (where next_due_at is null) as ended
    from campaigns.enrolments where campaign = ${campaign} group by 1, 2 order by 1, 2`)

/** How many people went which way where a journey parts, or an event was awaited; null is the end. */
export type TurnCount = { stepKey: string; took: string | null; people: number }

export const selectTurnCounts = (db: Queryable, campaign: string): Promise<TurnCount[]> =>
  db.query<TurnCount>(sql`
    select t.step_key as "stepKey", t.took, count(*) as people
    from campaigns.turns t join campaigns.enrolments e on e.id = t.enrolment_id
    where e.campaign = ${campaign} group by 1, 2 order by 1, 2`)

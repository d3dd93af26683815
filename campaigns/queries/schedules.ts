import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash, Id } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { PlanReport } from '../journeys/enrol.ts'

export type RunId = Id<'run'>

/** A timetable as it stands; `definition` is its live version. */
export type StoredSchedule = {
  name: string
  campaign: string
  seenUntil: Date
  pausedAt: Date | null
  pausedBy: string | null
  pauseReason: string | null
  versionHash: Hash
  definition: unknown
  changedAt: Date
  changedBy: string
}

const stored = sql`
  s.name, s.campaign, s.seen_until as "seenUntil", s.paused_at as "pausedAt", s.paused_by as "pausedBy",
  s.pause_reason as "pauseReason", v.hash as "versionHash", v.body as definition, v.moved_at as "changedAt",
  v.moved_by as "changedBy"
  from campaigns.schedules s cross join lateral (
    select b.hash, b.body, p.moved_at, p.moved_by from kernel.pointers p join kernel.versions b using (kind, name, hash)
    where p.kind = 'schedule' and p.name = s.name order by p.seq desc limit 1) v`

export const selectSchedules = (db: Queryable): Promise<StoredSchedule[]> =>
  db.query<StoredSchedule>(sql`select ${stored} order by s.name`)

/** One timetable, locked: whoever decides on it, pauses or resumes it takes turns. */
export async function lockSchedule(tx: Tx, name: string): Promise<StoredSchedule | null> {
  const rows = await tx.query<StoredSchedule>(sql`select ${stored} where s.name = ${name} for update of s`)
  return rows[0] ?? null
}

/** Adds a timetable, or gives one another; what it decided on until now stays decided. */
export async function upsertSchedule(tx: Tx, input: { name: string; campaign: string; at: Date }): Promise<void> {
  await tx.query(sql`
    insert into campaigns.schedules as held (name, campaign, seen_until)
    values (${input.name}, ${input.campaign}, ${input.at})
    on conflict (name) do update set campaign = excluded.campaign,
      seen_until = greatest(held.seen_until, excluded.seen_until)`)
}

export async function updateSeen(tx: Tx, name: string, seenUntil: Date): Promise<void> {
  await tx.query(
    sql`update campaigns.schedules set seen_until = greatest(seen_until, ${seenUntil}) where name = ${name}`,
  )
}

export async function updatePause(
  tx: Tx,
  name: string,
  pause: { at: Date; by: string; reason: string } | null,
): Promise<void> {
  await tx.query(sql`update campaigns.schedules set paused_at = ${pause?.at ?? null}, paused_by = ${pause?.by ?? null},
    pause_reason = ${pause?.reason ?? null} where name = ${name}`)
}

export type RunState = 'begun' | 'done' | 'failed' | 'refused' | 'expired'

export type NewRun = {
  id: RunId
  schedule: string
  slotAt: Date
  versionHash: Hash
  startedBy: string
  state: 'begun' | 'expired'
  why: string | null
  at: Date
}

/** Writes starts down before they happen; a slot that stands already is left alone. Returns the ids that are new. */
export async function insertRuns(tx: Tx, runs: readonly NewRun[]): Promise<RunId[]> {
  if (runs.length === 0) return []
  const rows = await tx.query<{ id: RunId }>(sql`
    insert into campaigns.schedule_runs (id, schedule, slot_at, version_hash, started_by, state, why, started_at, ended_at)
    select id, schedule, "slotAt", "versionHash", "startedBy", state, why, at, case when state = 'expired' then at end
    from jsonb_to_recordset(${json(runs)}::jsonb) as r (id uuid, schedule text, "slotAt" timestamptz,
      "versionHash" text, "startedBy" text, state text, why text, at timestamptz)
    on conflict (schedule, slot_at) do nothing
    returning id`)
  return rows.map((row) => row.id)
}

export type BegunRun = { id: RunId; schedule: string; campaign: string; slotAt: Date; startedBy: string; attempts: number; why: string | null; definition: unknown } // prettier-ignore

/** Starts that were written down and have not ended, of timetables that are not paused; the oldest first. */
export const selectBegun = (db: Queryable): Promise<BegunRun[]> =>
  db.query<BegunRun>(sql`
    select r.id, r.schedule, s.campaign, r.slot_at as "slotAt", r.started_by as "startedBy", r.attempts, r.why,
      v.body as definition
    from campaigns.schedule_runs r join campaigns.schedules s on s.name = r.schedule
    join kernel.versions v on v.kind = 'schedule' and v.name = r.schedule and v.hash = r.version_hash
    where r.state = 'begun' and s.paused_at is null order by r.slot_at, r.id`)

/** Ends a start; false where it has ended already. */
export async function endRun(
  tx: Queryable,
  id: RunId,
  end: { state: Exclude<RunState, 'begun'>; why: string | null; releaseHash: Hash | null; plan: PlanReport | null; at: Date }, // prettier-ignore
): Promise<boolean> {
  const rows = await tx.query(sql`
    update campaigns.schedule_runs set state = ${end.state}, why = ${end.why}, release_hash = ${end.releaseHash},
      members = ${end.plan?.members ?? null}, enrolled = ${end.plan?.enrolled ?? null},
      planned = ${end.plan?.planned ?? null}, attempts = attempts + 1, ended_at = ${end.at}
    where id = ${id} and state = 'begun' returning id`)
  return rows.length === 1
}

/** Notes that a start did not succeed, and is tried again. */
export async function noteAttempt(tx: Queryable, id: RunId, why: string): Promise<void> {
  await tx.query(sql`update campaigns.schedule_runs set attempts = attempts + 1, why = ${why} where id = ${id}`)
}

export type Run = {
  schedule: string
  slotAt: Date
  state: RunState
  why: string | null
  startedBy: string
  releaseHash: Hash | null
  members: number | null
  enrolled: number | null
  planned: number | null
  endedAt: Date | null
}

/** The newest starts of every timetable, so many of each. */
export const selectRuns = (db: Queryable, each: number): Promise<Run[]> =>
  db.query<Run>(sql`
    select r.schedule, r.slot_at as "slotAt", r.state, r.why, r.started_by as "startedBy",
      r.release_hash as "releaseHash", r.members, r.enrolled, r.planned, r.ended_at as "endedAt"
    from campaigns.schedules s cross join lateral (
      select * from campaigns.schedule_runs where schedule = s.name order by slot_at desc limit ${each}) r
    order by r.slot_at desc`)

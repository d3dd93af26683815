import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import { pointAt, register } from '#kernel/versions.ts'
import { refusal, type Actor, type Refused } from '#governance/access.ts'
import type { Action } from '#governance/permissions.ts'
import {
  insertRuns, lockSchedule, selectRuns, selectSchedules, updatePause, updateSeen, upsertSchedule, type Run,
  type StoredSchedule,
} from '../queries/schedules.ts' // prettier-ignore
import { misreadings, type FieldNames } from '../definition/misreadings.ts'
import { newRun, runSchedules, type Ran, type RunSettings } from './run.ts'
import { isStartable } from './startable.ts'
import { nextSlots, scheduleDefinition, type ScheduleDefinition } from './timetable.ts'

type Deps = { db: Db; clock: Clock }

export type Schedule = Omit<StoredSchedule, 'definition'> & {
  definition: ScheduleDefinition
  /** When it starts next, unless it is paused. */
  next: Date[]
  /** What came of the last starts, newest first. */
  runs: Run[]
}

const shown = 5

/** Every timetable with its next starts and what came of the last ones. */
export async function listSchedules({ db, clock }: Deps): Promise<Schedule[]> {
  const [stored, runs] = await Promise.all([selectSchedules(db), selectRuns(db, 2 * shown)])
  return stored.map((one) => {
    const definition = scheduleDefinition.parse(one.definition)
    const next = one.pausedAt === null ? nextSlots(definition, clock(), shown) : []
    return { ...one, definition, next, runs: runs.filter(({ schedule }) => schedule === one.name) }
  })
}

type AddRule = 'not-a-timetable' | 'never' | 'not-approved' | 'not-permitted'

/**
 * Adds a timetable, or changes the one of that name: a new version of it. It binds to a campaign whose live release is
 * approved, and nothing else ever starts by it. What lies in the past is not made up for.
 * @param input.called what its author knows the fields by, where that is not their names
 */
export async function addSchedule(
  deps: Deps,
  input: { definition: unknown; by: Actor; called?: FieldNames },
): Promise<{ kind: 'added'; definition: ScheduleDefinition } | Refused<AddRule>> {
  const parsed = scheduleDefinition.safeParse(input.definition)
  if (!parsed.success) {
    const why = misreadings(parsed.error.issues, input.definition, input.called).join('; ')
    return { kind: 'refused', rule: 'not-a-timetable', why }
  }
  const definition = parsed.data
  if (nextSlots(definition, deps.clock(), 1).length === 0)
    return { kind: 'refused', rule: 'never', why: 'This timetable never strikes: change its days' }
  return deps.db.transaction(async (tx) => {
    const refused = (await refusal(tx, input.by, 'campaign.release')) ?? (await notApproved(tx, definition.campaign))
    if (refused) return refused
    const { name, campaign } = definition
    const author = { clock: deps.clock, by: input.by }
    const hash = await register(tx, author, 'schedule', name, definition)
    await pointAt(tx, author, 'schedule', name, hash, 'set')
    await upsertSchedule(tx, { name, campaign, at: deps.clock() })
    await appendAudit(tx, deps.clock, { actor: input.by, action: 'schedule.set', subject: name, detail: { hash, campaign } }) // prettier-ignore
    return { kind: 'added', definition }
  })
}

async function notApproved(db: Queryable, campaign: string): Promise<Refused<'not-approved'> | null> {
  if (await isStartable(db, campaign)) return null
  return {
    kind: 'refused',
    rule: 'not-approved',
    why: `No approved release of "${campaign}" is live: approve it first`,
  }
}

type Changed = { kind: 'changed' } | Refused<'unknown' | 'no-reason' | 'already' | 'not-permitted'>

/** Stops a timetable at once: a start that was written down and has not begun waits, and expires. */
export async function pauseSchedule(deps: Deps, input: { name: string; by: Actor; reason: string }): Promise<Changed> {
  const reason = input.reason.trim().slice(0, 500)
  if (reason === '') return { kind: 'refused', rule: 'no-reason', why: 'Say why: whoever resumes it reads it' }
  return change(deps, { ...input, action: 'campaign.rollback', note: { action: 'schedule.paused', reason } }, async (tx, { pausedAt }) => {
    if (pausedAt !== null) return { kind: 'refused', rule: 'already', why: 'It is paused already' }
    await updatePause(tx, input.name, { at: deps.clock(), by: input.by, reason })
    return { kind: 'changed' }
  }) // prettier-ignore
}

/** Lets a timetable go on with its next start; those that passed meanwhile do not happen. */
export const resumeSchedule = (deps: Deps, input: { name: string; by: Actor }): Promise<Changed> =>
  change(deps, { ...input, action: 'campaign.release', note: { action: 'schedule.resumed' } }, async (tx, schedule) => {
    if (schedule.pausedAt === null) return { kind: 'refused', rule: 'already', why: 'It is not paused' }
    const refused = await notApproved(tx, schedule.campaign)
    if (refused) return { kind: 'refused', rule: 'not-permitted', why: refused.why }
    await updateSeen(tx, input.name, deps.clock())
    await updatePause(tx, input.name, null)
    return { kind: 'changed' }
  })

/**
 * Starts a timetable now, by somebody's hand, as it would by itself. Where another process leads at this moment, that
 * one does it within a minute: then `ran` is null.
 */
export async function startSchedule(
  deps: RunSettings,
  input: { name: string; by: Actor },
): Promise<{ kind: 'started'; ran: Ran | null } | Exclude<Changed, { kind: 'changed' }>> {
  const slotAt = deps.clock()
  const begun = await change(deps, { ...input, action: 'campaign.release', note: { action: 'schedule.started' } }, async (tx, schedule) => {
    if (schedule.pausedAt !== null) return { kind: 'refused', rule: 'already', why: 'It is paused: resume it first' }
    const [id] = await insertRuns(tx, [newRun(deps.clock, schedule, { slotAt, startedBy: input.by })])
    return id ? { kind: 'changed' } : { kind: 'refused', rule: 'already', why: 'It has just started' }
  }) // prettier-ignore
  if (begun.kind === 'refused') return begun
  const ran = (await runSchedules(deps)) ?? []
  const mine = ran.find((one) => one.schedule === input.name && one.slotAt.getTime() === slotAt.getTime())
  return { kind: 'started', ran: mine ?? null }
}

async function change(
  deps: Deps,
  input: { name: string; by: Actor; action: Action; note: { action: string; reason?: string } },
  act: (tx: Tx, schedule: StoredSchedule) => Promise<Changed>,
): Promise<Changed> {
  const { name: subject, by: actor, note } = input
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, actor, input.action)
    if (refused) return refused
    const schedule = await lockSchedule(tx, subject)
    if (!schedule) return { kind: 'refused', rule: 'unknown', why: `There is no timetable "${subject}"` }
    const done = await act(tx, schedule)
    if (done.kind === 'changed') {
      const detail = note.reason === undefined ? {} : { reason: note.reason }
      await appendAudit(tx, deps.clock, { actor, action: note.action, subject, detail })
    }
    return done
  })
}

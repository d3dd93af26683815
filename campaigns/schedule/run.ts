import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { messageOf, codeOf } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { scrubbed } from '#kernel/log.ts'
import { approved, type Approved } from '#governance/approvals.ts'
import { isOn } from '#governance/flags.ts'
import type { Release } from '#governance/release.ts'
import { liveRelease } from '#governance/releases.ts'
import { planRelease, type Members, type PlanReport } from '../journeys/enrol.ts'
import { definitionOf } from '../definition.ts'
import { standsAgainst } from '../content/holds.ts'
import { endedBy } from '../journeys/endings.ts'
import {
  endRun, insertRuns, lockSchedule, noteAttempt, selectBegun, selectSchedules, updateSeen, type BegunRun, type NewRun,
  type RunState, type StoredSchedule,
} from '../queries/schedules.ts' // prettier-ignore
import { dueSince } from './due.ts'
import { scheduleDefinition } from './timetable.ts'

export type RunSettings = { db: Db; clock: Clock; members: Members }

/** What came of one start. `waiting`: it failed, and is tried again while its grace lasts. */
export type Ran = {
  schedule: string
  slotAt: Date
  state: RunState | 'waiting'
  why: string | null
  plan: PlanReport | null
}

const leaseMs = 5 * 60_000
/** Who a start is by when nobody pressed anything. */
export const byTimetable = 'timetable'

/**
 * What the timetables ask for now, by one leader at a time: starts are written down, then done; what a killed leader left
 * is done by the next. Null where somebody else leads. Call it every minute or so.
 */
export const runSchedules = (deps: RunSettings): Promise<Ran[] | null> =>
  underLease(deps, 'schedules', leaseMs, async (stillMine) => {
    for (const { name } of await selectSchedules(deps.db)) {
      await deps.db.transaction((tx) => decide(tx, deps.clock, name))
    }
    const ran: Ran[] = []
    for (const run of await selectBegun(deps.db)) {
      if (!stillMine()) break
      ran.push(await perform(deps, run))
    }
    return ran
  })

/** Writes down what is due of one timetable. A paused one only sees time go by. */
async function decide(tx: Tx, clock: Clock, name: string): Promise<void> {
  const schedule = await lockSchedule(tx, name)
  if (!schedule) return
  const now = clock()
  if (schedule.pausedAt !== null) return updateSeen(tx, name, now)
  const { slots, late, seenUntil } = dueSince(scheduleDefinition.parse(schedule.definition), schedule.seenUntil, now)
  await insertRuns(tx, [
    ...(late ? [newRun(clock, schedule, { slotAt: late.last, state: 'expired', why: tooLate(late.count) })] : []),
    ...slots.map((slotAt) => newRun(clock, schedule, { slotAt })),
  ])
  await updateSeen(tx, name, seenUntil)
}

const tooLate = (count: number): string => (count === 1 ? 'it came too late' : `${count} starts came too late`)

/** A start to be written down; by the timetable unless told. */
export const newRun = (
  clock: Clock,
  { name, versionHash }: Pick<StoredSchedule, 'name' | 'versionHash'>,
  start: Pick<NewRun, 'slotAt'> & Partial<Pick<NewRun, 'state' | 'why' | 'startedBy'>>,
): NewRun => ({ id: newId<'run'>(clock), schedule: name, versionHash, startedBy: byTimetable, state: 'begun', why: null, at: clock(), ...start }) // prettier-ignore

/** One start, in its grace: the audience is asked anew and enrolled by the campaign's rule of re-entry. */
async function perform(deps: RunSettings, run: BegunRun): Promise<Ran> {
  const { graceMinutes } = scheduleDefinition.parse(run.definition)
  const at = deps.clock()
  const late = at.getTime() - run.slotAt.getTime() > graceMinutes * 60_000
  const ended = async (
    state: Exclude<RunState, 'begun'>,
    why: string | null,
    done: { release?: Release; plan?: PlanReport } = {},
  ): Promise<Ran> => {
    const { release, plan = null } = done
    await endRun(deps.db, run.id, { state, why, plan, releaseHash: release?.hash ?? null, at: deps.clock() })
    return { schedule: run.schedule, slotAt: run.slotAt, state, why, plan }
  }
  if (late) return run.attempts > 0 ? ended('failed', run.why) : ended('expired', tooLate(1))
  const allowed = await permitted(deps, run.campaign)
  if (allowed.kind === 'refused') return ended('refused', allowed.why)
  try {
    return await ended('done', null, { release: allowed.release, plan: await planRelease(deps, allowed.release) })
  } catch (fault) {
    const why = scrubbed(codeOf(fault) ?? messageOf(fault)).slice(0, 200)
    await noteAttempt(deps.db, run.id, why)
    return { schedule: run.schedule, slotAt: run.slotAt, state: 'waiting', why, plan: null }
  }
}

/** Nothing starts that could not be sent: switched off, not approved, held. */
async function permitted(
  { db, clock }: RunSettings,
  campaign: string,
): Promise<{ kind: 'permitted'; release: Approved<Release> } | { kind: 'refused'; why: string }> {
  if (!(await isOn(db, 'sending'))) return { kind: 'refused', why: 'sending is switched off' }
  const live = await liveRelease(db, campaign)
  const release = live && (await approved(db, live.hash))
  if (!release) return { kind: 'refused', why: 'no approved release of the campaign is live' }
  const over = await endedBy({ db, clock }, definitionOf(release))
  if (over !== null) return { kind: 'refused', why: over }
  const against = await standsAgainst(db, release, clock())
  if (against?.kind === 'held') return { kind: 'refused', why: against.why }
  return against === null ? { kind: 'permitted', release } : { kind: 'refused', why: 'its copy is not true any more' }
}

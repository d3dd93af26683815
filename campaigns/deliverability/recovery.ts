import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import { newId, type UserId } from '#kernel/ids.ts'
import { refusal, type Refused } from '#governance/access.ts'
import { suppress } from '#ingest/consent.ts'
import {
  insertRecovery, lockRecovery, lockUnengaged, selectHealthyDay, selectRecovery, updateRecovery, type RecoveryId,
  type RecoveryRow, type StepDone,
} from '../queries/deliverability-recoveries.ts' // prettier-ignore
import type { Sending } from '../queries/deliverability-reach.ts'
import { dayIn } from '../hours/window.ts'
import { releaseStopped } from './reputation.ts'

export type { RecoveryRow } from '../queries/deliverability-recoveries.ts'

/** The way back. Nothing leaves before `restart`. */
export const recoverySteps = ['authentication', 'bounces', 'unengaged', 'restart', 'recovered'] as const
export type RecoveryStep = (typeof recoverySteps)[number]

const firstPercent = 25
const percentMore = 25
const cleanDaysAStep = 3
const dayMs = 24 * 3_600_000
/** Who did nothing with what they got for that long is not written to again. */
export const unengagedAfter = 90 * dayMs
/** A day that was healthy, where the house remembers none. */
const smallestDay = 50

export type RecoveryDeps = {
  db: Db
  clock: Clock
  zone: string
  /** What of the domain's set-up does not pass, in words; none when all is well. */
  domainProblems: (domain: string) => Promise<string[]>
}

export type Moved = { kind: 'moved'; step: RecoveryStep; evidence: string }
type RecoveryRule = 'not-permitted' | 'no-recovery' | 'already' | 'not-yet' | 'no-note'

/** Stops the marketing mail of a domain, and begins the way back. */
export async function beginRecovery(
  { db, clock, zone }: RecoveryDeps,
  { domain, channel, by, note }: Sending & { by: UserId; note: string },
): Promise<Moved | Refused<RecoveryRule>> {
  const why = note.trim().slice(0, 500)
  if (why === '') return { kind: 'refused', rule: 'no-note', why: 'Say what happened: it is kept with the recovery' }
  return db.transaction(async (tx) => {
    const refused = await refusal(tx, by, 'sending.stop')
    if (refused) return refused
    const at = clock()
    const healthy = await selectHealthyDay(tx, channel, at)
    const id = newId<'recovery'>(clock)
    const steps: StepDone[] = [{ step: 'stopped', at, by, evidence: why }]
    const begun = await insertRecovery(tx, { id, domain, channel, step: 'authentication', baseline: Math.max(smallestDay, healthy), percent: firstPercent, cleanDays: 0, onDay: dayIn(zone, at), steps, begunAt: at, begunBy: by, endedAt: null }) // prettier-ignore
    if (!begun) return { kind: 'refused', rule: 'already', why: 'This domain is on its way back already' }
    await appendAudit(tx, clock, { actor: by, action: 'recovery.begun', subject: domain, detail: { recovery: id } })
    return { kind: 'moved', step: 'authentication', evidence: why }
  })
}

/**
 * One step further, when what it asks is done: authentication must pass now, the source of bounces and complaints must
 * be told, and whoever did nothing for 90 days is suppressed before anything leaves again. From there it goes by itself.
 */
export async function advanceRecovery(
  deps: RecoveryDeps,
  input: { id: RecoveryId; by: UserId; note: string },
): Promise<Moved | Refused<RecoveryRule>> {
  const open = await selectRecovery(deps.db, { id: input.id })
  if (!open) return { kind: 'refused', rule: 'no-recovery', why: 'There is no such recovery, or it has ended' }
  // Asked before the transaction begins: it takes as long as the name servers do.
  const problems = open.step === 'authentication' ? await deps.domainProblems(open.domain) : []
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, input.by, 'sending.start')
    if (refused) return refused
    const now = await lockRecovery(tx, input.id)
    if (now?.step !== open.step)
      return { kind: 'refused', rule: 'already', why: 'Somebody went on meanwhile: look again' }
    const done = await stepDone(tx, deps, now, { ...input, note: input.note.trim().slice(0, 500), problems })
    if (done.kind === 'refused') return done
    const at = deps.clock()
    const steps = [...now.steps, { step: now.step, at, by: input.by, evidence: done.evidence }]
    const step = recoverySteps[recoverySteps.indexOf(now.step) + 1]!
    await updateRecovery(tx, { ...now, step, steps, onDay: dayIn(deps.zone, at) })
    const detail = { recovery: now.id, done: now.step }
    await appendAudit(tx, deps.clock, { actor: input.by, action: 'recovery.advanced', subject: now.domain, detail })
    return { kind: 'moved', step, evidence: done.evidence }
  })
}

async function stepDone(
  tx: Tx,
  { clock }: RecoveryDeps,
  { step, domain, channel }: RecoveryRow,
  { note, problems, by }: { note: string; problems: readonly string[]; by: UserId },
): Promise<{ kind: 'done'; evidence: string } | Refused<RecoveryRule>> {
  if (step === 'authentication') {
    if (problems.length > 0) return { kind: 'refused', rule: 'not-yet', why: problems.join('\n') }
    return { kind: 'done', evidence: 'SPF, DKIM, DMARC and alignment passed' }
  }
  if (step === 'bounces') {
    if (note === '')
      return { kind: 'refused', rule: 'no-note', why: 'Say where the bad addresses or complaints came from, and what was done' } // prettier-ignore
    return { kind: 'done', evidence: note }
  }
  if (step === 'unengaged') {
    const at = clock()
    const unengaged = await lockUnengaged(tx, channel, new Date(at.getTime() - unengagedAfter))
    await suppress(tx, unengaged.map((identifierId) => ({ identifierId, channel, reason: 'unengaged', occurredAt: at }))) // prettier-ignore
    await releaseStopped(tx, { domain, channel }, { at, by, reason: 'the domain begins again' })
    return { kind: 'done', evidence: `${unengaged.length} addresses suppressed that did nothing for 90 days` }
  }
  return { kind: 'refused', rule: 'not-yet', why: 'From here it goes by itself: a quarter more after three clean days' }
}

/** A day of the way back, closed: three clean ones on which something was sent allow a quarter more. */
export function closeRecoveryDay(
  state: Pick<RecoveryRow, 'step' | 'percent' | 'cleanDays' | 'onDay'>,
  today: string,
  day: { sent: number; troubled: boolean },
): Pick<RecoveryRow, 'step' | 'percent' | 'cleanDays' | 'onDay'> {
  if (state.step !== 'restart' || state.onDay >= today) return state
  if (day.troubled) return { ...state, cleanDays: 0, onDay: today }
  const cleanDays = state.cleanDays + (day.sent > 0 ? 1 : 0)
  if (cleanDays < cleanDaysAStep) return { ...state, cleanDays, onDay: today }
  if (state.percent >= 100) return { ...state, step: 'recovered', cleanDays, onDay: today }
  return { ...state, percent: Math.min(100, state.percent + percentMore), cleanDays: 0, onDay: today }
}

/** What a recovery lets out on a day, all providers together; null before it may begin again. */
export const recoveryTotal = ({
  step,
  baseline,
  percent,
}: Pick<RecoveryRow, 'step' | 'baseline' | 'percent'>): number | null =>
  step === 'restart' ? Math.max(1, Math.floor((baseline * percent) / 100)) : null

/** The open recovery of a domain, or null. */
export const openRecovery = (db: Queryable, sending: Sending): Promise<RecoveryRow | null> =>
  selectRecovery(db, sending)

import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { approved } from '#governance/approvals.ts'
import { isOn } from '#governance/flags.ts'
import { liveRelease } from '#governance/releases.ts'
import { inWords } from './citations.ts'
import { standsAgainst, type Against } from './holds.ts'
import {
  selectEnrolmentCounts, selectReactions, selectReasons, selectStateCounts, selectTimeline, type ReactionCount,
  type ReasonCount, type StateCount,
} from './queries/progress.ts' // prettier-ignore

export type Progress = {
  campaign: string
  asOf: Date
  release: { hash: Hash; percent: number; approved: boolean } | null
  /** Whether anything may leave now, and if not, why. */
  sending: { kind: 'on' } | { kind: 'stopped'; why: string }
  enrolled: number
  /** Enrolments with a step still to come, and when the next is due. */
  active: number
  nextDueAt: Date | null
  /** Ledger rows by state, over all steps. */
  states: Record<string, number>
  byStep: StateCount[]
  reasons: ReasonCount[]
  /** Messages opened, clicked and so on, by people, and apart from them by machines only. */
  reactions: ReactionCount[]
  /** Messages sent by hour (UTC). */
  timeline: { hour: Date; sent: number }[]
}

/** How a campaign stands. */
export async function campaignProgress(deps: { db: Db; clock: Clock }, campaign: string): Promise<Progress> {
  const live = await liveRelease(deps.db, campaign)
  const isApproved = live !== null && (await approved(deps.db, live.hash)) !== null
  const against = live && (await standsAgainst(deps.db, live, deps.clock()))
  const byStep = await selectStateCounts(deps.db, campaign)
  const enrolments = (await selectEnrolmentCounts(deps.db, campaign))[0]
  const states: Record<string, number> = {}
  for (const { state, count } of byStep) states[state] = (states[state] ?? 0) + count
  return {
    campaign,
    asOf: deps.clock(),
    release: live && { hash: live.hash, percent: live.percent, approved: isApproved },
    sending: sendingState(await isOn(deps.db, 'sending'), live !== null, isApproved, against),
    enrolled: enrolments?.total ?? 0,
    active: enrolments?.active ?? 0,
    nextDueAt: enrolments?.nextDueAt ?? null,
    states,
    byStep,
    reasons: await selectReasons(deps.db, campaign),
    reactions: await selectReactions(deps.db, campaign),
    timeline: await selectTimeline(deps.db, campaign),
  }
}

function sendingState(
  on: boolean,
  released: boolean,
  isApproved: boolean,
  against: Against | null,
): Progress['sending'] {
  if (!on) return { kind: 'stopped', why: 'Sending is switched off for the whole house' }
  if (!released) return { kind: 'stopped', why: 'No release is live' }
  if (!isApproved) return { kind: 'stopped', why: 'The live release is not approved' }
  if (against)
    return { kind: 'stopped', why: against.kind === 'held' ? against.why : `Held: ${inWords(against.findings)}` }
  return { kind: 'on' }
}

import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { approved } from '#governance/approvals.ts'
import { liveRelease } from '#governance/releases.ts'
import { inWords } from './content/citations.ts'
import { countByChannel } from './queries/channel-addresses.ts'
import { copiesOf, definitionOf } from './definition.ts'
import { standsAgainst, type Against } from './content/holds.ts'
import { endedBy } from './journeys/endings.ts'
import { switchesOver } from './switches.ts'
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
  /** Switches that keep a part of it back, in words. */
  switches: string[]
  /** Why the campaign itself is over, by its own words; null while it goes on. */
  over: string | null
  enrolled: number
  /** Enrolments with a step still to come, and when the next is due. */
  active: number
  /** Enrolments that are sent nothing, to be compared with. */
  heldOut: number
  nextDueAt: Date | null
  /** Ledger rows by state, over all steps. */
  states: Record<string, number>
  byStep: StateCount[]
  /** Ledger rows by channel and state. */
  channels: { channel: string; state: string; count: number }[]
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
  const definition = live && definitionOf(live)
  const channels = definition ? [...new Set(copiesOf(definition).map(({ channel }) => channel))] : ['email']
  const { stopped, partly } = await switchesOver(deps.db, campaign, channels)
  const byStep = await selectStateCounts(deps.db, campaign)
  const enrolments = (await selectEnrolmentCounts(deps.db, campaign))[0]
  const states: Record<string, number> = {}
  for (const { state, count } of byStep) states[state] = (states[state] ?? 0) + count
  return {
    campaign,
    asOf: deps.clock(),
    release: live && { hash: live.hash, percent: live.percent, approved: isApproved },
    sending: sendingState(stopped, live !== null, isApproved, against),
    switches: partly,
    over: definition && (await endedBy(deps, definition)),
    enrolled: enrolments?.total ?? 0,
    active: enrolments?.active ?? 0,
    heldOut: enrolments?.heldOut ?? 0,
    nextDueAt: enrolments?.nextDueAt ?? null,
    states,
    byStep,
    channels: await countByChannel(deps.db, campaign),
    reasons: await selectReasons(deps.db, campaign),
    reactions: await selectReactions(deps.db, campaign),
    timeline: await selectTimeline(deps.db, campaign),
  }
}

/** What went by which channel, a line for each; none where all of it is e-mail. */
export function channelLines({ channels }: Pick<Progress, 'channels'>): string[] {
  if (channels.every(({ channel }) => channel === 'email')) return []
  const of = Map.groupBy(channels, ({ channel }) => channel)
  return [...of].map(([channel, rows]) => `by ${channel}: ${rows.map(({ state, count }) => `${count} ${state}`).join(', ')}`) // prettier-ignore
}

function sendingState(
  stopped: string | null,
  released: boolean,
  isApproved: boolean,
  against: Against | null,
): Progress['sending'] {
  if (!released) return { kind: 'stopped', why: 'No release is live' }
  if (stopped !== null) return { kind: 'stopped', why: stopped }
  if (!isApproved) return { kind: 'stopped', why: 'The live release is not approved' }
  if (against)
    return { kind: 'stopped', why: against.kind === 'held' ? against.why : `Held: ${inWords(against.findings)}` }
  return { kind: 'on' }
}

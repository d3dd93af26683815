import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { liveRelease } from '#governance/releases.ts'
import { segmentByName } from '#graph/segments/registry.ts'
import type { ChannelName } from '../channel.ts'
import { channelsOf, definitionOf, sendsOf, type CampaignDefinition } from '../definition.ts'
import { unseenKinds, type Unseen } from './event-kinds.ts'
import type { Problem } from './soundness.ts'
import type { Journey } from './steps.ts'

export type HouseDeps = {
  db: Db
  clock: Clock
  /** By what this house can send; e-mail alone when left out. */
  channels?: readonly ChannelName[]
}

/**
 * What speaks against a campaign in this house at this time, and not in another: a channel nothing is sent by, a time that
 * has passed, a segment there is none of, an event that is but misspelt.
 */
export async function problemsInHouse(deps: HouseDeps, definition: CampaignDefinition): Promise<Problem[]> {
  const { db, clock, channels = ['email'] } = deps
  const live = await liveRelease(db, definition.name)
  const running = live && definitionOf(live)
  const unseen = await unseenKinds(db, eventsOf(definition))
  return [
    ...channelsMissing(definition, channels),
    ...past(definition, running, clock()),
    ...(await segmentsMissing(db, definition)),
    ...unseen.flatMap(misspelt),
  ]
}

/** What is nobody's error, and worth knowing before a yes: events that never happened here. */
export async function noticesInHouse(db: Db, definition: CampaignDefinition): Promise<string[]> {
  const unseen = await unseenKinds(db, eventsOf(definition))
  return unseen.map(({ kind }) => `The event “${kind}” never happened here yet: see that something tells of it`)
}

const problem = (step: string | null, why: string): Problem => ({ step, why })

const channelsMissing = (definition: CampaignDefinition, known: readonly ChannelName[]): Problem[] =>
  sendsOf(definition).flatMap(
    (step) =>
    channelsOf(step)
      .filter((channel) => !known.includes(channel))
      .map((channel) => problem(step.key, `goes by ${channel}, and this house sends nothing by it: set it up (see Channels), or choose one of ${known.join(', ')}`)), // prettier-ignore
  )

/** A version of what is live may keep the times that have passed since; not an end that has come. */
function past({ journey, startAt, ends }: CampaignDefinition, live: CampaignDefinition | null, at: Date): Problem[] {
  const isOver = (instant: string): boolean => Date.parse(instant) <= at.getTime()
  const kept = new Set(live ? [live.startAt, ...instantsOf(live.journey)] : [])
  return [
    ...(ends?.at !== undefined && isOver(ends.at) ? [problem(null, `The campaign was to end on ${shown(ends.at)}, which has passed: choose a later end`)] : []), // prettier-ignore
    ...(startAt !== null && isOver(startAt) && !kept.has(startAt) ? [problem(null, `The campaign was to start on ${shown(startAt)}, which has passed: choose a later start, or leave it out to begin at once`)] : []), // prettier-ignore
    ...journey.flatMap((step) =>
      step.kind === 'wait' && step.untilDate !== undefined && isOver(step.untilDate) && !kept.has(step.untilDate)
        ? [problem(step.key, `waits until ${shown(step.untilDate)}, which has passed: choose a later time, or take it out`)] // prettier-ignore
        : [],
    ),
  ]
}

const shown = (instant: string): string => `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`

const instantsOf = (journey: Journey): string[] =>
  journey.flatMap((step) => (step.kind === 'wait' && step.untilDate !== undefined ? [step.untilDate] : []))

/** Whom a campaign lets in by a segment that is kept: one that is retired, or never was, nobody comes into. */
async function segmentsMissing(db: Db, { enter }: CampaignDefinition): Promise<Problem[]> {
  if (!enter || !('onEntry' in enter)) return []
  const segment = await segmentByName(db, enter.onEntry)
  if (segment && segment.retiredAt === null) return []
  return [problem(null, `People come in by the segment “${enter.onEntry}”, and no such segment is in use: save it first, or name another (millrace segments)`)] // prettier-ignore
}

/** Every event that a campaign listens for. */
const eventsOf = ({ journey, enter, exitOn = [], goalReachedBy }: CampaignDefinition): string[] => [
  ...journey.flatMap((step) => (step.kind === 'wait' && step.forEvent ? [step.forEvent.event] : [])),
  ...(enter && 'onEvent' in enter ? [enter.onEvent.event] : []),
  ...exitOn.map(({ event }) => event),
  ...(goalReachedBy ? [goalReachedBy.event] : []),
]

const misspelt = ({ kind, meant }: Unseen): Problem[] =>
  meant === null ? [] : [problem(null, `The campaign listens for “${kind}”, which never happened here: “${meant}” is known. Is that meant?`)] // prettier-ignore

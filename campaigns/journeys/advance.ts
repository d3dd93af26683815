import type { Clock } from '#kernel/clock.ts'
import { sha256 } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type Hash } from '#kernel/ids.ts'
import type { Members } from './enrol.ts'
import type { CampaignDefinition } from '../definition.ts'
import { sendByKey } from '../definition.ts'
import type { Journey } from '../definition/steps.ts'
import { addressPlanned } from '../delivery/detours.ts'
import { loopingSteps } from '../definition/ways.ts'
import { keptTimes } from '../experiments/best-times.ts'
import {
  dropPlanned, moveTravellers, selectFirst, takeTravellers, type Due, type Move, type TurnRow,
} from '../queries/travellers.ts' // prettier-ignore
import { zoneOr } from '../hours/window.ts'
import { leaving } from './leaving.ts'
import { sinceSent, standsSince } from './walk.ts'
import { walkAll, type Questions, type Walked, type Walker } from './walk-all.ts'

/** What journeys stand on. `zone`: the business's, for people whose own is not known. */
export type JourneyDeps = { db: Db; clock: Clock; members: Members; zone: string }

/** How long a worker may take over a batch before others take it up, in milliseconds. */
const leaseMs = 2 * 60_000
/** How soon somebody is looked at again whose message is still under way, in milliseconds. */
const underWayMs = 60_000

/**
 * Takes everybody on whose next step is due: taken in one statement, asked about outside any transaction, moved in
 * another statement where they still stand as they were taken. Whatever a killed worker left is due again.
 * @returns how many messages were planned
 */
export async function advanceTravellers(
  deps: JourneyDeps,
  input: { campaign: string; hash: Hash; definition: CampaignDefinition; limit: number },
): Promise<number> {
  const { campaign, definition } = input
  const at = deps.clock()
  const leaseUntil = new Date(at.getTime() + leaseMs)
  const due = await takeTravellers(deps.db, { campaign, releaseHash: input.hash, at, leaseUntil, limit: input.limit })
  if (due.length === 0) return 0
  const questions = questionsOf(deps, definition, at)
  const looked = due.map((one) => ({ id: one.id, personId: one.currentPersonId, after: one.countsFrom, cameIn: one.enrolledAt })) // prettier-ignore
  const left = await leaving(questions, definition, looked)
  const free = due.filter((one) => !left.has(one.id) && !one.unsettled)
  const walkers = free.map((one) => walkerOf(one, definition.journey, deps.zone))
  const walked = await walkAll(questions, { campaign, journey: definition.journey, at }, walkers)
  const planning = { definition, loops: loopingSteps(definition.journey) }
  const moves = [
    ...due.flatMap((one) => movedAside(one, left.get(one.id), at)),
    ...walked.map((one) => moveOf(deps.clock, planning, one, at)),
  ]
  return deps.db.transaction(async (tx) => {
    const planned = await moveTravellers(tx, { releaseHash: input.hash, leaseUntil, at, moves, turns: walked.flatMap(turnsOf) }) // prettier-ignore
    await addressPlanned(tx, deps.clock, { definition, ids: moves.flatMap(({ send }) => (send ? [send.id] : [])) })
    if (left.size > 0) await dropPlanned(tx, due.filter((one) => left.has(one.id)).map((one) => one.id), at) // prettier-ignore
    return planned
  })
}

const questionsOf = (deps: JourneyDeps, definition: CampaignDefinition, at: Date): Questions => ({
  selected: async (rule, among) => new Set<string>(await deps.members(rule, at, among)),
  happened: (occasion, asked) => selectFirst(deps.db, { campaign: definition.name, occasion, asked }),
  bestTimes: (step, asked) => keptTimes({ db: deps.db, clock: () => at }, definition, step, asked),
})

type DueWalker = Walker & { due: Due }

const walkerOf = (due: Due, journey: Journey, businessZone: string): DueWalker => ({
  id: due.id,
  personId: due.currentPersonId,
  drawnBy: due.drawnBy,
  zones: { person: zoneOr(due.zone, businessZone), business: businessZone },
  place: { stepKey: due.stepKey, since: standsSince(journey, due) },
  letIn: due.leftAt === null ? { at: due.enrolledAt, countsFrom: due.countsFrom } : undefined,
  due,
})

/** Who leaves, and who must wait for the message before. */
function movedAside(due: Due, reason: string | undefined, at: Date): Move[] {
  const stays = { id: due.id, stepKey: due.stepKey, toKey: due.stepKey, enteredAt: due.enteredAt, send: null }
  if (reason !== undefined) return [{ ...stays, dueAt: null, endedReason: reason }]
  return due.unsettled ? [{ ...stays, dueAt: new Date(at.getTime() + underWayMs), endedReason: null }] : []
}

type Planning = { definition: CampaignDefinition; loops: ReadonlySet<string> }

function moveOf(clock: Clock, { definition, loops }: Planning, { walker, stop }: Walked<DueWalker>, at: Date): Move {
  const { id, stepKey, personId } = walker.due
  const move = { id, stepKey, enteredAt: at, send: null, dueAt: null, endedReason: null }
  if (stop.kind === 'ends') return { ...move, toKey: stop.stepKey, endedReason: stop.reason }
  if (stop.kind === 'waits')
    return { ...move, toKey: stop.place.stepKey, enteredAt: stop.place.since, dueAt: stop.dueAt }
  const send = {
    id: newId<'delivery'>(clock),
    key: stop.stepKey,
    channel: sendByKey(definition, stop.stepKey)?.channel ?? 'email',
    bucket: bucketOf(definition.name, personId),
    loops: loops.has(stop.stepKey),
  }
  if (stop.next === null) return { ...move, toKey: stop.stepKey, endedReason: 'completed', send }
  return { ...move, toKey: stop.next, enteredAt: sinceSent(definition.journey, stop.next, at), dueAt: at, send }
}

const turnsOf = ({ walker, turns }: Walked<DueWalker>): TurnRow[] =>
  turns.map((turn) => ({ enrolmentId: walker.due.id, ...turn }))

/** A person's fixed place from 0 to 99 in the rollouts of a campaign. */
export const bucketOf = (campaign: string, personId: string): number =>
  Number.parseInt(sha256(`rollout ${campaign} ${personId}`).slice(0, 8), 16) % 100

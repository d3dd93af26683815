import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import { newId, type Hash } from '#kernel/ids.ts'
import { releaseByHash, releaseHistory } from '#governance/releases.ts'
import { definitionOf, type CampaignDefinition } from '../definition.ts'
import { addressPlanned } from '../delivery/detours.ts'
import { advanceTravellers, bucketOf, type JourneyDeps } from './advance.ts'
import { landings, plainSends, type TimedSend } from './plain.ts'
import {
  moveEnrolments, planDeliveries, selectDueReleases, selectStandingIn, takeDueEnrolments, type StepTimes,
} from '../queries/enrolments.ts' // prettier-ignore

/**
 * Takes every due enrolment of a campaign on, and plans what it is sent. People stay on the steps of the release they
 * entered with; only a release that was withdrawn by a rollback hands its people to the restored one, due or not.
 * @returns how many ledger rows were planned; fewer than `limit` for each release when nothing more is due
 */
export async function advanceJourneys(deps: JourneyDeps, input: { campaign: string; limit: number }): Promise<number> {
  const { db, clock } = deps
  const due = () => selectDueReleases(db, input.campaign, clock())
  let hashes = await due()
  if (await handOverWithdrawn(deps, input.campaign, hashes)) hashes = await due()
  let planned = 0
  for (const hash of hashes) planned += await advanceRelease(deps, { ...input, hash })
  return planned
}

/** By database and campaign, the last move of its pointer after which everybody was handed over. */
const handedOver = new WeakMap<Db, Map<string, string>>()

/**
 * Hands everybody who stands in a withdrawn release to the restored one, due or not: what they wait for is another now.
 * All are looked through once for each move of the pointer, and after it only those who are due (`hashes`).
 * @returns whether anybody may have been handed over
 */
export async function handOverWithdrawn(
  deps: { db: Db; clock: Clock },
  campaign: string,
  hashes: readonly Hash[] = [],
): Promise<boolean> {
  const moves = await releaseHistory(deps.db, campaign)
  const restored = restoredFor(moves.map(({ hash }) => hash))
  if (restored.size === 0) return false
  const last = JSON.stringify([moves.length, moves[0]])
  const known = handedOver.get(deps.db) ?? new Map<string, string>()
  const isNew = known.get(campaign) !== last
  const from = isNew
    ? await selectStandingIn(deps.db, campaign, [...restored.keys()])
    : hashes.filter((hash) => restored.has(hash))
  for (const hash of from) await handOver(deps, campaign, hash, restored.get(hash)!)
  handedOver.set(deps.db, known.set(campaign, last))
  return from.length > 0
}

/**
 * Of each release that was left by going back, the one that was gone back to, whatever went live since; a release that
 * goes live again is not withdrawn any more.
 * @param moves of the pointer, newest first
 */
function restoredFor(moves: readonly Hash[]): Map<Hash, Hash> {
  const restored = new Map<Hash, Hash>()
  const firstLive: Hash[] = []
  for (const hash of moves.toReversed()) {
    restored.delete(hash)
    const before = firstLive.indexOf(hash)
    if (before < 0) firstLive.push(hash)
    else for (const later of firstLive.slice(before + 1)) restored.set(later, hash)
  }
  return restored
}

async function handOver(deps: { db: Db; clock: Clock }, campaign: string, from: Hash, to: Hash): Promise<void> {
  const definition = await pinnedDefinition(deps.db, to)
  const afterMs = waitsBefore(definition)
  const lands = landings(definition).map((one) => ({ ...one, afterMs: afterMs(one.to) }))
  await deps.db.transaction((tx) => moveEnrolments(tx, { campaign, from, to, at: deps.clock(), lands }))
}

/** The waits before a step of a plain journey, in milliseconds; null for any other, which works them out at the step. */
export function waitsBefore(definition: CampaignDefinition): (stepKey: string) => number | null {
  const sends = plainSends(definition)
  return (stepKey) => sends && (sends.find(({ step }) => step.key === stepKey)?.afterMs ?? 0)
}

async function advanceRelease(
  deps: JourneyDeps,
  input: { campaign: string; hash: Hash; limit: number },
): Promise<number> {
  const definition = await pinnedDefinition(deps.db, input.hash)
  const sends = plainSends(definition)
  if (!sends) return advanceTravellers(deps, { ...input, definition })
  return deps.db.transaction((tx) => planDue(tx, deps.clock, sends, input))
}

/** Plans what is due of one release with a plain journey, in the caller's transaction. */
export async function planDue(
  tx: Tx,
  clock: Clock,
  sends: readonly TimedSend[],
  input: { campaign: string; hash: Hash; limit: number },
): Promise<number> {
  const steps = stepTimes(sends)
  const { campaign, hash, limit } = input
  const due = await takeDueEnrolments(tx, { campaign, releaseHash: hash, steps, at: clock(), limit })
  if (due.length === 0) return 0
  const deliveries = due.map((enrolment) => ({
    id: newId<'delivery'>(clock),
    enrolmentId: enrolment.id,
    bucket: bucketOf(campaign, enrolment.personId),
  }))
  const planned = await planDeliveries(tx, { steps, deliveries, at: clock() })
  const definition = { journey: sends.map(({ step }) => step) }
  await addressPlanned(tx, clock, { definition, ids: deliveries.map(({ id }) => id) })
  return planned
}

const stepTimes = (sends: readonly TimedSend[]): StepTimes[] =>
  sends.map(({ step, afterMs }, index) => {
    const next = sends[index + 1]
    return { key: step.key, channel: step.channel, afterMs, nextKey: next?.step.key ?? null, nextAfterMs: next?.afterMs ?? 0 } // prettier-ignore
  })

/** The definition of a release that people are pinned to. */
export async function pinnedDefinition(db: Queryable, hash: Hash): Promise<CampaignDefinition> {
  const release = await releaseByHash(db, hash)
  if (!release) throw new Error(`Enrolments are pinned to release ${hash.slice(0, 12)}, which is not stored`)
  return definitionOf(release)
}

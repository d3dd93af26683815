import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import { newId, type Hash } from '#kernel/ids.ts'
import { releaseByHash, releaseHistory } from '#governance/releases.ts'
import { definitionOf, type CampaignDefinition } from '../definition.ts'
import { addressPlanned } from '../delivery/detours.ts'
import { advanceTravellers, bucketOf, type JourneyDeps } from './advance.ts'
import { landings, plainSends, type TimedSend } from './plain.ts'
import {
  moveEnrolments, planDeliveries, selectDueReleases, takeDueEnrolments, type StepTimes,
} from '../queries/enrolments.ts' // prettier-ignore

/**
 * Takes every due enrolment of a campaign on, and plans what it is sent. People stay on the steps of the release they
 * entered with; only a release that was withdrawn by a rollback hands its people to the restored one.
 * @returns how many ledger rows were planned; fewer than `limit` for each release when nothing more is due
 */
export async function advanceJourneys(deps: JourneyDeps, input: { campaign: string; limit: number }): Promise<number> {
  const hashes = await selectDueReleases(deps.db, input.campaign, deps.clock())
  if (hashes.length === 0) return 0
  const restored = await withdrawnBy(deps.db, input.campaign)
  const pinned = new Set(hashes.map((hash) => (restored?.withdrawn.has(hash) ? restored.live : hash)))
  let planned = 0
  for (const hash of hashes.filter((one) => restored?.withdrawn.has(one))) {
    await handOver(deps, input.campaign, hash, restored!.live)
  }
  for (const hash of pinned) planned += await advanceRelease(deps, { ...input, hash })
  return planned
}

/** The live release, and those that were first live after it: they were withdrawn. Null when nothing is live. */
async function withdrawnBy(db: Queryable, campaign: string): Promise<{ live: Hash; withdrawn: Set<Hash> } | null> {
  const hashes = (await releaseHistory(db, campaign)).map((move) => move.hash)
  const live = hashes[0]
  if (live === undefined) return null
  const firstLive = [...new Set(hashes.toReversed())]
  return { live, withdrawn: new Set(firstLive.slice(firstLive.indexOf(live) + 1)) }
}

async function handOver(deps: { db: Db }, campaign: string, from: Hash, to: Hash): Promise<void> {
  const lands = landings(await pinnedDefinition(deps.db, to))
  await deps.db.transaction((tx) => moveEnrolments(tx, { campaign, from, to, lands }))
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

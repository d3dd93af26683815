import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { newId, type DeliveryId } from '#kernel/ids.ts'
import { approved, type Approved } from '#governance/approvals.ts'
import { mayReceive } from '#governance/consent.ts'
import { isOn } from '#governance/flags.ts'
import { liveRelease, type LiveRelease } from '#governance/releases.ts'
import type { Release } from '#governance/release.ts'
import { messagesBeforeLook } from './canary/allowance.ts'
import { definitionOf, type CampaignDefinition } from './definition.ts'
import { openPlaces } from './deliverability/places.ts'
import { judge } from './gate.ts'
import { heldAtClaim } from './holds.ts'
import { messagesLeft } from './journeys/endings.ts'
import {
  addToBucket, applyVerdicts, insertClaim, lockBucket, selectCandidates, takeDue, type ClaimId, type Verdict,
} from './queries/claims.ts' // prettier-ignore
import { findByIndex } from './queries/plans.ts'
import { dayIn } from './window.ts'

/** How long a worker's rows are its own without a sign of life, in milliseconds. A group must be answered well within. */
export const leaseMs = 2 * 60_000

export type ClaimSettings = {
  db: Db
  clock: Clock
  /** The business's IANA zone: days of caps, and windows of people without a zone. */
  zone: string
  /** Names the worker in the ledger. */
  worker: string
}

/** Rows that are one worker's until the lease expires, and the release they are sent with. */
export type Claim = { kind: 'claimed'; id: ClaimId; approved: Approved<Release>; count: number; ended: number }

/** Why nothing of a campaign was claimed: a rule that holds for all of it. Its rows stay planned. */
export type Blocked = {
  kind: 'blocked'
  rule: 'sending-off' | 'no-release' | 'not-approved' | 'held' | 'daily-cap' | 'ended'
  why: string
}

/**
 * Claims due rows of a campaign in one short transaction: reads the live release and its approval, the kill switch,
 * holds and the facts the copy cites, consent, suppression, caps and windows, and commits with them what it decided.
 * Several workers take turns.
 */
export async function claimBatch(
  deps: ClaimSettings,
  input: { campaign: string; limit: number },
): Promise<Claim | Blocked | { kind: 'nothing-due'; ended: number }> {
  // One instant for all of it, from before anything is read: a claim that says it began after a rollback has seen it.
  const at = deps.clock()
  return claimAt({ ...deps, clock: () => at }, input)
}

function claimAt(
  deps: ClaimSettings,
  input: { campaign: string; limit: number },
): Promise<Claim | Blocked | { kind: 'nothing-due'; ended: number }> {
  return deps.db.transaction(async (tx) => {
    await findByIndex(tx)
    const permitted = await permittedRelease(tx, deps.clock, input.campaign)
    if (permitted.kind === 'blocked') return permitted
    const { live, release } = permitted
    const definition = definitionOf(release)
    const day = dayIn(deps.zone, deps.clock())
    if (capsPeople(definition)) await lockBucket(tx, '*', day)
    const room = (definition.limits.dailyCap ?? Infinity) - (await lockBucket(tx, input.campaign, day))
    if (room <= 0) return blocked('daily-cap', `Today's ${definition.limits.dailyCap} messages are used up`)
    const left = await messagesLeft(tx, definition)
    if (left <= 0) return blocked('ended', 'All the messages this campaign may send are sent')
    const limit = Math.min(input.limit, room, left, await messagesBeforeLook(tx, live, definition))
    const placedAt = await openPlaces(tx, { definition, percent: live.percent, at: deps.clock(), zone: deps.zone })
    const due = await takeDue(tx, {
      campaign: input.campaign,
      at: deps.clock(),
      percent: live.percent,
      limit,
      placedAt,
    })
    if (due.length === 0) return { kind: 'nothing-due', ended: 0 }
    const verdicts = await verdictsOn(tx, deps, definition, due)
    return commitClaim(tx, deps, { campaign: input.campaign, release, day, verdicts })
  })
}

const capsPeople = ({ limits }: CampaignDefinition): boolean =>
  limits.perPersonPerWeek !== null || (limits.perPersonPerDay ?? null) !== null

async function permittedRelease(
  tx: Tx,
  clock: Clock,
  campaign: string,
): Promise<Blocked | { kind: 'permitted'; live: LiveRelease; release: Approved<Release> }> {
  if (!(await isOn(tx, 'sending'))) return blocked('sending-off', 'Sending is switched off: switch it on to go on')
  const live = await liveRelease(tx, campaign)
  if (!live) return blocked('no-release', `Nothing of "${campaign}" is released`)
  const release = await approved(tx, live.hash)
  if (!release) return blocked('not-approved', `The live release of "${campaign}" is not approved: approve it first`)
  const held = await heldAtClaim(tx, clock, release)
  return held === null ? { kind: 'permitted', live, release } : blocked('held', held)
}

const blocked = (rule: Blocked['rule'], why: string): Blocked => ({ kind: 'blocked', rule, why })

const dayMs = 24 * 3_600_000

async function verdictsOn(
  tx: Tx,
  deps: ClaimSettings,
  definition: CampaignDefinition,
  due: readonly DeliveryId[],
): Promise<Verdict[]> {
  const at = deps.clock()
  const candidates = await selectCandidates(tx, due, { dayAgo: new Date(at.getTime() - dayMs), weekAgo: new Date(at.getTime() - 7 * dayMs) }) // prettier-ignore
  const addresses = candidates.map((candidate) => candidate.identifierId)
  const mayMail = await mayReceive(tx, { channel: 'email', purpose: 'marketing', at }, addresses)
  const mayTrack = await mayReceive(tx, { channel: 'tracking', purpose: 'marketing', at }, addresses)
  return judge(candidates, { definition, at, businessZone: deps.zone, mayMail, mayTrack })
}

async function commitClaim(
  tx: Tx,
  deps: ClaimSettings,
  input: { campaign: string; release: Approved<Release>; day: string; verdicts: readonly Verdict[] },
): Promise<Claim | { kind: 'nothing-due'; ended: number }> {
  const { campaign, release, day, verdicts } = input
  const at = deps.clock()
  const id = newId<'claim'>(deps.clock)
  const count = verdicts.filter((verdict) => verdict.state === 'claimed').length
  const ended = verdicts.filter((verdict) => !['claimed', 'planned'].includes(verdict.state)).length
  if (count > 0) {
    const expiresAt = new Date(at.getTime() + leaseMs)
    await insertClaim(tx, { id, campaign, releaseHash: release.hash, worker: deps.worker, at, expiresAt })
    await addToBucket(tx, campaign, day, count)
  }
  await applyVerdicts(tx, { claimId: id, releaseHash: release.hash, capDay: day, at, verdicts })
  return count > 0 ? { kind: 'claimed', id, approved: release, count, ended } : { kind: 'nothing-due', ended }
}

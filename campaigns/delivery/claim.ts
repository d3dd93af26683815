import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { newId, type DeliveryId } from '#kernel/ids.ts'
import { approved, type Approved } from '#governance/approvals.ts'
import { heardSoFar, mayReceiveBy, type Heard } from '#governance/consent.ts'
import { liveRelease, type LiveRelease } from '#governance/releases.ts'
import type { Release } from '#governance/release.ts'
import { messagesBeforeLook } from '../canary/allowance.ts'
import { capsOf, capsPeople, type PersonCaps } from './caps.ts'
import { carriedBy, type AnyChannel, type ChannelName } from '../channel.ts'
import { channelRoom } from './channel-room.ts'
import { definitionOf, purposeOf, type CampaignDefinition } from '../definition.ts'
import { openPlaces } from '../deliverability/places.ts'
import { drawContents } from '../experiments/contents.ts'
import { detour } from './detours.ts'
import { judge } from './gate.ts'
import { heldAtClaim } from '../content/holds.ts'
import { messagesLeft } from '../journeys/endings.ts'
import {
  addToBucket, applyVerdicts, insertClaim, lockBucket, selectCandidates, takeDue, mailUsedOn, type ClaimId, type Verdict,
} from '../queries/claims.ts' // prettier-ignore
import { byIndex } from '../queries/plans.ts'
import { paceOf, spend, type Rates } from './rates.ts'
import { selectWays, type Sharing } from '../queries/switches.ts'
import { sharesOf, switchedOff } from '../switches.ts'
import { wayAtClaim, type WayAtClaim } from '../way-out/at-claim.ts'
import type { WaysOut } from '../way-out/configuration.ts'
import { dayIn } from '../hours/window.ts'

/** How long a worker's rows are its own without a sign of life, in milliseconds. A group must come to its turn and be answered well within. */
export const leaseMs = 3 * 60_000

export type ClaimSettings = {
  db: Db
  clock: Clock
  /** The business's IANA zone: days of caps, and windows of people without a zone. */
  zone: string
  /** Names the worker in the ledger. */
  worker: string
  /** Where messages may leave; without them they leave by the worker's own channel, whatever is switched. */
  ways?: WaysOut
  /** What the house lets one person have of all campaigns; as much as these say when left out. */
  houseCaps?: PersonCaps
  /** How many messages may leave in a second, of all workers; as many as can when left out. */
  rates?: Rates
}

/** Rows that are one worker's until the lease expires, and the release they are sent with. */
export type Claim = {
  kind: 'claimed'
  id: ClaimId
  approved: Approved<Release>
  /** In the order in which they leave. */
  ids: readonly DeliveryId[]
  count: number
  ended: number
  /** The way out that was live when the claim began. */
  way: WayAtClaim
  /** How far the house had heard when it was asked who may be written to. */
  heard: Heard
}

/** Why nothing of a campaign was claimed: a rule that holds for all of it. Its rows stay planned. */
export type Blocked = {
  kind: 'blocked'
  rule:
    | 'sending-off'
    | 'switched-off'
    | 'no-way-out'
    | 'no-release'
    | 'not-approved'
    | 'held'
    | 'daily-cap'
    | 'channel'
    | 'ended'
  why: string
}

/** `via`: the way out that asks; it is given the rows that go by its channel, those of e-mail when left out. */
type ClaimInput = { campaign: string; limit: number; via?: AnyChannel }

/**
 * Claims due rows of a campaign in one short transaction: reads the live release and its approval, the switches,
 * the way out, holds and the facts the copy cites, consent, suppression, caps and windows, and commits with them what it decided.
 * Several workers take turns.
 */
export async function claimBatch(
  deps: ClaimSettings,
  input: ClaimInput,
): Promise<Claim | Blocked | { kind: 'nothing-due'; ended: number }> {
  // One instant for all of it, from before anything is read: a claim that says it began after a rollback has seen it.
  const at = deps.clock()
  return claimAt({ ...deps, clock: () => at }, input)
}

function claimAt(
  deps: ClaimSettings,
  input: ClaimInput,
): Promise<Claim | Blocked | { kind: 'nothing-due'; ended: number }> {
  return byIndex(deps.db, async (tx) => {
    const channel = input.via ? carriedBy(input.via) : 'email'
    const permitted = await permittedRelease(tx, deps, { campaign: input.campaign, channel })
    if (permitted.kind === 'blocked') return permitted
    const { live, release, way, shares } = permitted
    const definition = definitionOf(release)
    const day = dayIn(deps.zone, deps.clock())
    if (capsPeople(capsOf(definition, deps.houseCaps)) || way.dailyCap !== null) await lockBucket(tx, '*', day)
    const ofAll = way.dailyCap === null ? Infinity : way.dailyCap - (await mailUsedOn(tx, day))
    if (ofAll <= 0) return blocked('daily-cap', `Today's ${way.dailyCap} e-mails of all campaigns are used up`)
    const own = (definition.limits.dailyCap ?? Infinity) - (await lockBucket(tx, input.campaign, day))
    if (own <= 0) return blocked('daily-cap', `Today's ${definition.limits.dailyCap} messages are used up`)
    const left = await messagesLeft({ db: tx, clock: deps.clock }, definition)
    if (left <= 0) return blocked('ended', 'The campaign is over: its end has come, or all that it may send is sent')
    const room = await channelRoom(tx, way.channel ?? input.via, { definition, at: deps.clock() })
    if (room.most <= 0) return blocked('channel', room.why ?? `Nothing may leave by ${channel} now`)
    const pace = await paceOf(tx, deps.rates, { via: way.channel ?? input.via, at: deps.clock() })
    if (pace.most <= 0) return blocked('channel', pace.why ?? '')
    const limit = Math.min(
      input.limit,
      ofAll,
      own,
      left,
      room.most,
      pace.most,
      await messagesBeforeLook(tx, live, definition),
    )
    const placedAt = channel === 'email' ? await openPlaces(tx, { definition, percent: live.percent, shares, at: deps.clock(), zone: deps.zone }) : null // prettier-ignore
    const due = await takeDue(tx, {
      campaign: input.campaign,
      channel,
      held: room.held,
      at: deps.clock(),
      percent: live.percent,
      shares,
      limit,
      placedAt,
    })
    if (due.length === 0)
      return room.held.length > 0 ? blocked('channel', room.why ?? '') : { kind: 'nothing-due', ended: 0 }
    const heard = await heardSoFar(tx)
    const judged = await verdictsOn(tx, deps, { definition, channel, due })
    const verdicts = await spend(tx, deps.rates, {
      pace,
      channel,
      at: deps.clock(),
      purpose: purposeOf(definition),
      verdicts: judged,
    })
    return commitClaim(tx, deps, { campaign: input.campaign, channel, release, way, day, heard, verdicts })
  })
}

type Permitted = {
  kind: 'permitted'
  live: LiveRelease
  release: Approved<Release>
  way: WayAtClaim
  shares: Sharing[]
}

async function permittedRelease(
  tx: Tx,
  { clock, ways }: Pick<ClaimSettings, 'clock' | 'ways'>,
  { campaign, channel }: { campaign: string; channel: ChannelName },
): Promise<Blocked | Permitted> {
  const switches = await selectWays(tx, { campaign, channel })
  const off = switchedOff(switches, { campaign, channel })
  if (off !== null) return blocked(switches.sending ? 'switched-off' : 'sending-off', off)
  const way = await wayAtClaim(tx, ways, switches.configuration)
  if (!way)
    return blocked(
      'no-way-out',
      'The way out that is live needs a setting that this process does not have: see Ways out',
    )
  const live = await liveRelease(tx, campaign)
  if (!live) return blocked('no-release', `Nothing of "${campaign}" is released`)
  const release = await approved(tx, live.hash)
  if (!release) return blocked('not-approved', `The live release of "${campaign}" is not approved: approve it first`)
  const held = await heldAtClaim(tx, clock, release)
  if (held !== null) return blocked('held', held)
  return { kind: 'permitted', live, release, way, shares: sharesOf(switches, { campaign, channel }) }
}

const blocked = (rule: Blocked['rule'], why: string): Blocked => ({ kind: 'blocked', rule, why })

const dayMs = 24 * 3_600_000

async function verdictsOn(
  tx: Tx,
  deps: ClaimSettings,
  { definition, channel, due }: { definition: CampaignDefinition; channel: ChannelName; due: readonly DeliveryId[] },
): Promise<Verdict[]> {
  const at = deps.clock()
  const candidates = await selectCandidates(tx, due, { dayAgo: new Date(at.getTime() - dayMs), weekAgo: new Date(at.getTime() - 7 * dayMs) }) // prettier-ignore
  const addresses = candidates.map((candidate) => candidate.identifierId)
  const may = await mayReceiveBy(tx, { channels: [channel, 'tracking'], purpose: purposeOf(definition), at }, addresses)
  const [mayMail, mayTrack] = [may.get(channel)!, may.get('tracking')!]
  return judge(candidates, {
    definition,
    at,
    channel,
    businessZone: deps.zone,
    houseCaps: deps.houseCaps,
    mayMail,
    mayTrack,
  })
}

async function commitClaim(
  tx: Tx,
  deps: ClaimSettings,
  input: {
    campaign: string
    channel: ChannelName
    release: Approved<Release>
    way: WayAtClaim
    day: string
    heard: Heard
    verdicts: readonly Verdict[]
  },
): Promise<Claim | { kind: 'nothing-due'; ended: number }> {
  const { campaign, channel, release, way, day, heard, verdicts } = input
  const at = deps.clock()
  const id = newId<'claim'>(deps.clock)
  const claimed = verdicts.filter((verdict) => verdict.state === 'claimed').map((verdict) => verdict.id)
  const count = claimed.length
  const ended = verdicts.filter((verdict) => !['claimed', 'planned'].includes(verdict.state)).length
  if (count > 0) {
    const expiresAt = new Date(at.getTime() + leaseMs)
    await insertClaim(tx, { id, campaign, channel, releaseHash: release.hash, worker: deps.worker, at, expiresAt })
    await addToBucket(tx, campaign, day, count)
  }
  await applyVerdicts(tx, { claimId: id, releaseHash: release.hash, capDay: day, at, verdicts })
  const unreached = verdicts.flatMap((one) => (one.unreached ? [{ id: one.id, why: one.reason ?? '' }] : []))
  await detour(tx, deps.clock, { definition: definitionOf(release), from: input.channel, rows: unreached })
  await drawContents(tx, deps.clock, definitionOf(release), claimed)
  return count > 0
    ? { kind: 'claimed', id, approved: release, ids: claimed, count, ended, way, heard }
    : { kind: 'nothing-due', ended }
}

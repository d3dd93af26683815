import pLimit, { type LimitFunction } from 'p-limit'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { DeliveryId, IdentifierId } from '#kernel/ids.ts'
import { readAhead } from '#kernel/read-ahead.ts'
import type { Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { liveSurvivorship } from '#ingest/identity/survivorship.ts'
import { beyondLedger, record } from './answers.ts'
import { begin, keep } from './begin.ts'
import { refund } from './caps.ts'
import { handOver, type AnyChannel, type AnyMessage, type Batch, type Outcome } from '../channel.ts'
import { leaseMs, type Claim } from './claim.ts'
import { withPeople, type Outgoing } from '../render/person-fields.ts'
import type { ClaimId } from '../queries/claims.ts'
import { closeClaim, holdClaimed, leavePlaces, returnClaimed, selectClaimed } from '../queries/deliveries.ts'
import { byId, byIndex } from '../queries/plans.ts'
import { keepShortLinks } from '../queries/short-links.ts'
import { renderAll } from './render-rows.ts'
import type { LinkSettings } from '../render/message.ts'
import { attemptLimits, pauseAfter, resultOf } from './retry.ts'
import type { Variants } from '../render/variants.ts'

export type DeliverSettings = {
  db: Db
  clock: Clock
  channel: AnyChannel
  /** The other ways out of this process: what they left unanswered is theirs to ask for again. */
  beside?: readonly AnyChannel[]
  links: LinkSettings
  variants: Variants
  /** Keeps groups of claims that are worked on side by side from being on their way together, beyond what the channel takes. */
  inTurn?: LimitFunction
}

/** What a claim took: see `Claim`. */
export type Claimed = Pick<Claim, 'id' | 'ids' | 'way' | 'heard'>

export type Delivered = Record<'sent' | 'retried' | 'bounced' | 'failed' | 'unknown' | 'held' | 'returned', number>

/**
 * For how long messages of a group wait for their turn, and how much longer the last may wait for their answers. A claim may be
 * prolonged `prolongAfterMs` before its group begins, or behind it and then wait for a group of another: both, with this, end
 * within the lease, so that nobody else takes its rows meanwhile.
 */
const [groupDeadlineMs, answerMs] = [leaseMs / 3, leaseMs / 4]

/**
 * Sends what a claim took. Only an `Approved<Release>` gets here, and only `governance.approved` makes one.
 * Each group is committed as `sending` before its first byte leaves, and answered before the next, which is read and rendered
 * meanwhile: claims leave side by side, not the groups of one. When the channel is down, or somebody stops the sending, holds
 * the campaign, takes the approval back or makes another way out live, or a fact that its copy cites changes, no further group
 * begins and the rest goes back to the plan.
 */
export async function deliver(
  settings: DeliverSettings,
  release: Approved<Release>,
  claim: Claimed,
  stop: AbortSignal,
): Promise<Delivered> {
  const deps = { ...settings, channel: claim.way.channel ?? settings.channel }
  const delivered: Delivered = { sent: 0, retried: 0, bounced: 0, failed: 0, unknown: 0, held: 0, returned: 0 }
  let waitMs: number
  try {
    waitMs = await sendGroups(deps, release, claim, { stop, delivered })
  } catch (fault) {
    // Rows that no group has begun must not wait for the lease, nor count as held by a worker that stopped.
    await giveBack(deps, claim.id, new Date(deps.clock().getTime() + pauseAfter(0))).catch(() => {})
    throw fault
  }
  delivered.returned = await giveBack(deps, claim.id, new Date(deps.clock().getTime() + waitMs))
  return delivered
}

/** Some rows of a claim that leave together, and what was rendered of each, in order. */
type Group = { place: number; rows: readonly Outgoing[]; rendered: Awaited<ReturnType<typeof renderAll>> }

/**
 * Sends a claim group by group; the next is made while one leaves.
 * @returns how long the channel is to be left alone, in milliseconds
 */
async function sendGroups(
  deps: DeliverSettings,
  release: Approved<Release>,
  claim: Claimed,
  { stop, delivered }: { stop: AbortSignal; delivered: Delivered },
): Promise<number> {
  const lease = { ...claim, prolongedAt: deps.clock() }
  const turn = deps.inTurn ?? pLimit(1)
  /** Null where the next may leave, too. */
  const leave = async (group: Group): Promise<number | null> => {
    if (stop.aborted) return 0
    const messages = await messagesOf(deps, claim.id, group, delivered)
    const begun = await begin(deps, release, lease, { ...group, messages })
    if (begun === null) return 0
    return begun.messages.length > 0 ? sendGroup(deps, release, claim.id, begun, group.rows, delivered) : null
  }
  for await (const group of readAhead(groupsOf(deps, release, claim))) {
    const waitMs = await turn(() => leave(group))
    if (waitMs !== null) return waitMs
    await keep(deps, lease)
  }
  return 0
}

/** Only a group's rows are in memory: those of a whole claim would live long enough to cost the collector dearly. */
async function* groupsOf(deps: DeliverSettings, release: Approved<Release>, claim: Claimed): AsyncGenerator<Group> {
  const { rules } = await liveSurvivorship(deps.db)
  const size = deps.channel.maxBatch
  for (let place = 0; place * size < claim.ids.length; place += 1) {
    const ids = claim.ids.slice(place * size, (place + 1) * size)
    const rows = withPeople(await byId(deps.db, (tx) => selectClaimed(tx, claim.id, ids)), rules)
    yield { place, rows, rendered: await renderAll(deps, release, rows) }
  }
}

/** What can be said to those of a group to whom something can; the others are held. */
async function messagesOf(
  deps: DeliverSettings,
  claimId: ClaimId,
  { rows, rendered }: Group,
  delivered: Delivered,
): Promise<AnyMessage[]> {
  const blocked = rendered.flatMap((one, at) => (one.kind === 'blocked' ? [{ id: rows[at]!.id, reason: one.why }] : []))
  if (blocked.length > 0) {
    await deps.db.transaction(async (tx) => {
      const held = await holdClaimed(tx, { claimId, at: deps.clock(), rows: blocked })
      await refund(tx, await leavePlaces(tx, held))
    })
    delivered.held += blocked.length
  }
  const messages = rendered.flatMap((one) => (one.kind === 'ready' ? [one.message] : []))
  await keepShortLinks(deps.db, messages)
  return messages
}

/**
 * Sends one group and records what became of it.
 * @param askedBefore whether this batch left before and its answer was lost: a refusal now says nothing of then, but that
 *   its reader shut the channel holds
 * @returns null, or how long to leave the channel alone, in milliseconds, when it refused as a whole
 */
export async function sendGroup(
  deps: DeliverSettings,
  release: Approved<Release>,
  claimId: ClaimId,
  batch: Batch<AnyMessage>,
  rows: readonly { id: DeliveryId; identifierId: IdentifierId; attempts: number }[],
  delivered: Delivered,
  askedBefore = false,
): Promise<number | null> {
  const outcomes = await handOver(deps.channel, batch, AbortSignal.timeout(groupDeadlineMs), answerMs)
  const at = deps.clock()
  const attempts = new Map(rows.map((row) => [row.id, row.attempts]))
  const sent = batch.messages.map((message, index) => {
    const answer: Outcome = outcomes[index] ?? { kind: 'unclear', why: 'the channel gave no answer' }
    const outcome: Outcome = askedBefore && answer.kind !== 'sent' ? { kind: 'unclear', why: answer.why } : answer
    const row = { id: message.deliveryId, attempts: attempts.get(message.deliveryId) ?? 0 }
    return { row, outcome, shut: answer.kind === 'unwanted' }
  })
  const again = sent.filter(({ row, outcome }) => askAgain(deps.channel, row, outcome))
  const results = sent.filter((one) => !again.includes(one)).map(({ row, outcome }) => resultOf(row, outcome, at))
  const identifiers = new Map(rows.map((row) => [row.id, row.identifierId]))
  const beyond = sent.flatMap(({ row, outcome, shut }) => beyondLedger({ outcome, shut }, row.id, identifiers))
  await record(deps, { release, claimId, results, again: again.map(({ row }) => row), beyond })
  for (const result of results) delivered[result.state === 'planned' ? 'retried' : result.state] += 1
  const refused = sent.find(
    ({ outcome }) => outcome.kind === 'stop' || (outcome.kind === 'retry' && outcome.scope === 'channel'),
  )
  if (refused) return pauseAfter(0, refused.outcome.kind === 'retry' ? refused.outcome.afterMs : 0)
  return again.length > 0 ? pauseAfter(0) : null
}

/** An unclear answer of a channel that promises once is asked for again under the same key. */
const askAgain = (channel: AnyChannel, row: { attempts: number }, outcome: Outcome): boolean =>
  channel.idempotent && outcome.kind === 'unclear' && row.attempts + 1 < attemptLimits.channel

async function giveBack(deps: DeliverSettings, claimId: ClaimId, dueAt: Date): Promise<number> {
  return byIndex(deps.db, async (tx) => {
    const returned = await returnClaimed(tx, { claimId, dueAt, reason: null })
    await refund(tx, returned)
    await closeClaim(tx, claimId, deps.clock())
    return returned.reduce((sum, row) => sum + row.count, 0)
  })
}

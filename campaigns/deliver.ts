import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, IdentifierId } from '#kernel/ids.ts'
import type { Approved } from '#governance/approvals.ts'
import { decisionsOn } from '#governance/approvals.ts'
import { mayReceive } from '#governance/consent.ts'
import { isOn } from '#governance/flags.ts'
import type { Release } from '#governance/release.ts'
import { suppress } from '#ingest/consent.ts'
import type { Batch, Channel, Message, Outcome } from './channel.ts'
import { leaseMs } from './claim.ts'
import { definitionOf } from './definition.ts'
import { standsAgainst } from './holds.ts'
import { dayOfReturn, refund } from './caps.ts'
import type { ClaimId } from './queries/claims.ts'
import {
  closeClaim, holdClaimed, postponeBatch, prolongClaim, recordEnds, recordRetries, returnClaimed, selectClaimed,
  startSending, type Result, type Starting,
} from './queries/deliveries.ts' // prettier-ignore
import { findByIndex } from './queries/plans.ts'
import { withPeople, type Outgoing } from './person-fields.ts'
import { renderMessage, type LinkSettings } from './render/message.ts'
import { attemptLimits, pauseAfter, resultOf } from './retry.ts'
import type { Variants } from './variants.ts'

export type DeliverSettings = { db: Db; clock: Clock; channel: Channel; links: LinkSettings; variants: Variants }

export type Delivered = Record<'sent' | 'retried' | 'bounced' | 'failed' | 'unknown' | 'held' | 'returned', number>

/** Most messages of a group, which stand `sending` together. */
const groupSize = 100
/** How long a group may take: well within the lease, so that nobody else takes its rows meanwhile. */
const groupDeadlineMs = leaseMs / 2
/** A claim is prolonged when this much of its lease is gone, not with every group: they would wait for each other. */
const prolongAfterMs = leaseMs / 4

/**
 * Sends what a claim took. Only an `Approved<Release>` gets here, and only `governance.approved` makes one.
 * Each group is committed as `sending` before its first byte leaves; as many groups as the channel takes at once are on
 * their way together. When the channel is down, or somebody stops the sending, holds the campaign or takes the approval
 * back, or a fact that its copy cites changes, no further group begins and the rest goes back to the plan.
 */
export async function deliver(
  deps: DeliverSettings,
  release: Approved<Release>,
  claim: { id: ClaimId },
  stop: AbortSignal,
): Promise<Delivered> {
  const delivered: Delivered = { sent: 0, retried: 0, bounced: 0, failed: 0, unknown: 0, held: 0, returned: 0 }
  const rows = await withPeople(deps.db, await selectClaimed(deps.db, claim.id))
  const size = Math.min(groupSize, deps.channel.maxBatch)
  const groups = Array.from({ length: Math.ceil(rows.length / size) }, (_, n) => rows.slice(n * size, (n + 1) * size))
  const lease = { ...claim, prolongedAt: deps.clock() }
  const ending = { waitMs: 0, now: false }
  await inLanes(deps.channel.atOnce ?? 1, groups, async (group, number) => {
    if (ending.now || stop.aborted) return
    const messages = await rendered(deps, release, claim.id, group, delivered)
    const begun = await begin(deps, release, lease, `${claim.id}.${number}`, { messages, group })
    const waitMs = begun && begun.messages.length > 0 ? await sendGroup(deps, claim.id, begun, group, delivered) : null
    if (begun === null || waitMs !== null) ending.now = true
    ending.waitMs = Math.max(ending.waitMs, waitMs ?? 0)
  })
  const dueAt = new Date(deps.clock().getTime() + ending.waitMs)
  delivered.returned = await giveBack(deps, claim.id, dueAt)
  return delivered
}

/** Works on items in order, a few at a time. A fault keeps the items behind it from being begun; it is thrown last. */
async function inLanes<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  // prettier-ignore
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++
      try {
        await work(items[index]!, index)
      } catch (fault) {
        next = items.length
        throw fault
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

async function rendered(
  deps: DeliverSettings,
  release: Approved<Release>,
  claimId: ClaimId,
  group: readonly Outgoing[],
  delivered: Delivered,
): Promise<Message[]> {
  const all = await renderAll(deps, release, group)
  const blocked = all.flatMap((one, at) => (one.kind === 'blocked' ? [{ id: group[at]!.id, reason: one.why }] : []))
  if (blocked.length > 0) {
    await deps.db.transaction((tx) => holdClaimed(tx, { claimId, at: deps.clock(), rows: blocked }))
    delivered.held += blocked.length
  }
  return all.flatMap((one) => (one.kind === 'ready' ? [one.message] : []))
}

/** Every row's message, in order, or why it has none. */
export async function renderAll(deps: DeliverSettings, release: Approved<Release>, rows: readonly Outgoing[]) {
  const definition = definitionOf(release)
  const variants = await deps.variants(release)
  return rows.map((row) => {
    const recipient = { ...row, deliveryId: row.id, campaign: definition.name }
    return renderMessage(variants.get(row.stepKey)!, definition.sender, deps.links, recipient)
  })
}

/** A claim, and when it was last prolonged. */
type Lease = { id: ClaimId; prolongedAt: Date }

/** Commits a group as `sending`. Null when since the claim sending was stopped, the campaign held or made untrue, or the approval taken back. */
async function begin(
  deps: DeliverSettings,
  release: Approved<Release>,
  lease: Lease,
  batchKey: string,
  {
    messages,
    group,
  }: { messages: readonly Message[]; group: readonly { id: DeliveryId; identifierId: IdentifierId }[] },
): Promise<Batch | null> {
  const begun = await deps.db.transaction(async (tx) => {
    await findByIndex(tx)
    const at = deps.clock()
    if (!(await stillPermitted(tx, release, at))) return null
    const rendering = new Set(messages.map((message) => message.deliveryId))
    const rows = await lastWords(
      tx,
      group.filter((row) => rendering.has(row.id)),
      at,
    )
    await prolong(tx, lease, at)
    return startSending(tx, { claimId: lease.id, rows, batchKey, sender: deps.channel.name, at })
  })
  if (begun === null) return null
  const ids = new Set(begun)
  return { key: batchKey, messages: messages.filter((message) => ids.has(message.deliveryId)) }
}

async function prolong(tx: Tx, lease: Lease, at: Date): Promise<void> {
  if (at.getTime() - lease.prolongedAt.getTime() < prolongAfterMs) return
  lease.prolongedAt = at
  await prolongClaim(tx, lease.id, new Date(at.getTime() + leaseMs))
}

/** Consent as it stands now: a claim may be minutes old, and somebody may have left meanwhile. */
async function lastWords(
  tx: Tx,
  group: readonly { id: DeliveryId; identifierId: IdentifierId }[],
  at: Date,
): Promise<Starting[]> {
  const may = await mayReceive(
    tx,
    { channel: 'email', purpose: 'marketing', at },
    group.map((row) => row.identifierId),
  )
  return group.map(({ id, identifierId }) => {
    const word = may.get(identifierId)
    return { id, blocked: word?.kind === 'blocked' ? `${word.rule}: ${word.why}` : null }
  })
}

/** Whether anything of a release may leave at this moment; people are asked about one by one. */
export async function stillPermitted(db: Queryable, release: Approved<Release>, at: Date): Promise<boolean> {
  if (!(await isOn(db, 'sending'))) return false
  if ((await decisionsOn(db, release.hash))[0]?.decision !== 'approved') return false
  return (await standsAgainst(db, release, at)) === null
}

/**
 * Sends one group and records what became of it.
 * @param askedBefore whether this batch left before and its answer was lost: a refusal now says nothing of then
 * @returns null, or how long to leave the channel alone, in milliseconds, when it refused as a whole
 */
export async function sendGroup(
  deps: DeliverSettings,
  claimId: ClaimId,
  batch: Batch,
  rows: readonly { id: DeliveryId; attempts: number }[],
  delivered: Delivered,
  askedBefore = false,
): Promise<number | null> {
  const outcomes = await deps.channel.send(batch, AbortSignal.timeout(groupDeadlineMs))
  const at = deps.clock()
  const attempts = new Map(rows.map((row) => [row.id, row.attempts]))
  const sent = batch.messages.map((message, index) => {
    const answer: Outcome = outcomes[index] ?? { kind: 'unclear', why: 'the channel gave no answer' }
    const outcome: Outcome = askedBefore && answer.kind === 'retry' ? { kind: 'unclear', why: answer.why } : answer
    return { row: { id: message.deliveryId, attempts: attempts.get(message.deliveryId) ?? 0 }, outcome }
  })
  const again = sent.filter(({ row, outcome }) => askAgain(deps.channel, row, outcome))
  const results = sent.filter((one) => !again.includes(one)).map(({ row, outcome }) => resultOf(row, outcome, at))
  await record(deps, claimId, results, again.map(({ row }) => row)) // prettier-ignore
  for (const result of results) delivered[result.state === 'planned' ? 'retried' : result.state] += 1
  const refused = sent.find(({ outcome }) => outcome.kind === 'retry' && outcome.scope === 'channel')
  if (refused?.outcome.kind === 'retry') return pauseAfter(0, refused.outcome.afterMs)
  return again.length > 0 ? pauseAfter(0) : null
}

/** An unclear answer of a channel that promises once is asked for again under the same key. */
const askAgain = (channel: Channel, row: { attempts: number }, outcome: Outcome): boolean =>
  channel.idempotent && outcome.kind === 'unclear' && row.attempts + 1 < attemptLimits.channel

async function record(
  deps: DeliverSettings,
  claimId: ClaimId,
  results: readonly Result[],
  again: readonly { id: DeliveryId; attempts: number }[],
): Promise<void> {
  const at = deps.clock()
  await deps.db.transaction(async (tx) => {
    await findByIndex(tx)
    const ends = results.filter((result) => result.state !== 'planned')
    if (ends.length > 0) {
      const dead = await recordEnds(tx, { claimId, at, results: ends })
      await suppress(
        tx,
        dead.map((address) => ({ ...address, reason: 'bounced', occurredAt: at })),
      )
    }
    if (ends.length < results.length) {
      const retries = results.filter((result) => result.state === 'planned')
      await refund(tx, dayOfReturn(await recordRetries(tx, { claimId, results: retries })))
    }
    if (again.length > 0) {
      const until = new Date(at.getTime() + pauseAfter(again[0]!.attempts))
      const reason = 'no clear answer: asking again under the same key'
      await postponeBatch(tx, { claimId, ids: again.map((row) => row.id), until, reason })
    }
  })
}

async function giveBack(deps: DeliverSettings, claimId: ClaimId, dueAt: Date): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const returned = await returnClaimed(tx, { claimId, dueAt, reason: null })
    await refund(tx, returned)
    await closeClaim(tx, claimId)
    return returned.reduce((sum, row) => sum + row.count, 0)
  })
}

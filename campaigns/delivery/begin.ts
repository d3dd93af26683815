import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, IdentifierId } from '#kernel/ids.ts'
import { decisionsOn, type Approved } from '#governance/approvals.ts'
import { mayReceive, saidSince, type Heard, type Purpose } from '#governance/consent.ts'
import type { Release } from '#governance/release.ts'
import { batchKeyOf } from './batch-key.ts'
import { refund } from './caps.ts'
import { carriedBy, type AnyMessage, type Batch } from '../channel.ts'
import { leaseMs } from './claim.ts'
import { definitionOf, purposeOf } from '../definition.ts'
import type { Claimed, DeliverSettings } from './deliver.ts'
import { detour } from './detours.ts'
import { standsAgainst } from '../content/holds.ts'
import { leavePlaces, prolongClaim, startSending, type Starting } from '../queries/deliveries.ts'
import { byId } from '../queries/plans.ts'
import { selectWays } from '../queries/switches.ts'
import { switchedOff } from '../switches.ts'
import type { WayAtClaim } from '../way-out/at-claim.ts'

/** A claim, and when it was last prolonged. */
type Lease = Omit<Claimed, 'ids'> & { prolongedAt: Date }

/** A claim is prolonged when this much of its lease is gone, not with every group: they would wait for each other. */
const prolongAfterMs = leaseMs / 4

/** Rows of a claim that leave together, those of its first group at place 0, and the messages to them. */
type Leaving = {
  place: number
  rows: readonly { id: DeliveryId; identifierId: IdentifierId }[]
  messages: readonly AnyMessage[]
}

/** Commits a group as `sending`. Null when since the claim sending was stopped, the campaign held or made untrue, or the approval taken back. */
export async function begin(
  deps: DeliverSettings,
  release: Approved<Release>,
  lease: Lease,
  { place, rows: group, messages }: Leaving,
): Promise<Batch<AnyMessage> | null> {
  const begun = await byId(deps.db, async (tx) => {
    const at = deps.clock()
    const channel = carriedBy(deps.channel)
    const rendering = new Set(messages.map((message) => message.deliveryId))
    const [permitted, rows] = await Promise.all([
      stillPermitted(tx, release, at, { channel, way: lease.way }),
      lastWords(tx, group.filter((row) => rendering.has(row.id)), { at, channel, purpose: purposeOf(definitionOf(release)), heard: lease.heard }),
    ]) // prettier-ignore
    if (!permitted) return null
    const prolongedAt = await prolong(tx, lease, at)
    const batchKey = batchKeyOf(lease.id, place, rows.filter(({ blocked }) => blocked === null).length)
    const { sending, ended } = await startSending(tx, { claimId: lease.id, rows, batchKey, sender: deps.channel.name, at }) // prettier-ignore
    if (ended.length > 0) {
      await refund(tx, await leavePlaces(tx, ended.map(({ id }) => id))) // prettier-ignore
      await detour(tx, deps.clock, { definition: definitionOf(release), from: channel, rows: ended })
    }
    return { ids: new Set(sending), batchKey, prolongedAt }
  })
  if (begun === null) return null
  lease.prolongedAt = begun.prolongedAt
  return { key: begun.batchKey, messages: messages.filter((message) => begun.ids.has(message.deliveryId)) }
}

const isTime = (lease: Lease, at: Date): boolean => at.getTime() - lease.prolongedAt.getTime() >= prolongAfterMs

/** Keeps a claim behind a group that took long: the next one may have to wait for another claim's. */
export async function keep({ db, clock }: DeliverSettings, lease: Lease): Promise<void> {
  const at = clock()
  if (isTime(lease, at)) lease.prolongedAt = await db.transaction((tx) => prolong(tx, lease, at))
}

/** Prolongs a claim where it is time; says when it was last prolonged. */
async function prolong(tx: Tx, lease: Lease, at: Date): Promise<Date> {
  if (!isTime(lease, at)) return lease.prolongedAt
  await prolongClaim(tx, lease.id, new Date(at.getTime() + leaseMs))
  return at
}

/**
 * Consent as it stands now: a claim may be minutes old, and somebody may have left meanwhile. Asked about those alone of whom
 * something was said since.
 */
async function lastWords(
  tx: Tx,
  group: readonly { id: DeliveryId; identifierId: IdentifierId }[],
  { heard, ...input }: { at: Date; channel: string; purpose: Purpose; heard: Heard },
): Promise<Starting[]> {
  const ids = group.map((row) => row.identifierId)
  const may = await mayReceive(tx, input, await saidSince(tx, heard, ids))
  return group.map(({ id, identifierId }) => {
    const word = may.get(identifierId)
    return { id, blocked: word?.kind === 'blocked' ? `${word.rule}: ${word.why}` : null }
  })
}

/**
 * Whether anything of a release may leave at this moment; people are asked about one by one.
 * @param way the way out it would leave by: no group begins by one that is live no longer
 */
export async function stillPermitted(
  db: Queryable,
  release: Approved<Release>,
  at: Date,
  { channel, way }: { channel: string; way?: Pick<WayAtClaim, 'configuration'> | undefined },
): Promise<boolean> {
  const of = { campaign: release.name, channel }
  const [ways, decisions, against] = await Promise.all([
    selectWays(db, of),
    decisionsOn(db, release.hash),
    standsAgainst(db, release, at),
  ])
  if (switchedOff(ways, of) !== null || (way && way.configuration !== ways.configuration)) return false
  return decisions[0]?.decision === 'approved' && against === null
}

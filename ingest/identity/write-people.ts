import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { newId, type Hash, type IdentifierId, type PersonId } from '#kernel/ids.ts'
import { deleteAlikeOf, insertAlike, replaceKeys } from '../queries/alike.ts'
import { insertEdges, type NewEdge } from '../queries/edges.ts'
import { deleteHubs, insertHubs } from '../queries/hubs.ts'
import { insertChange, type ChangeId, type Move } from '../queries/identity-changes.ts'
import { setIdentityState } from '../queries/identity-state.ts'
import { beginMemberships, endMemberships, type MembershipRow } from '../queries/memberships.ts'
import { closeReviews, upsertReviews, type NewReview, type OpenPair } from '../queries/reviews.ts'
import type { Found } from './find-alike.ts'

/** Whatever a resolution has to write. */
export type Outcome = {
  edges: readonly NewEdge[]
  memberships: readonly MembershipRow[]
  /** Who they are now, of those whose membership ends. */
  current: ReadonlyMap<string, PersonId>
  hubs: { more: readonly IdentifierId[]; gone: readonly IdentifierId[] }
  /** `isKnown`: some pairs of these profiles are kept from before. */
  found: (Found & { isKnown: boolean }) | null
  reviews: { open: readonly NewReview[]; settled: readonly OpenPair[] }
  state: { watermark: string; rulesHash: Hash; linkageHash: Hash | null }
}

const batchSize = 5_000

/**
 * Writes it in one transaction; of very many edges all but the last in transactions before it: a crash between them
 * leaves people as they were, and the next resolution goes on.
 */
export async function writePeople(deps: { db: Db; clock: Clock }, by: string, outcome: Outcome): Promise<void> {
  const { db, clock } = deps
  const author = { by, at: clock() }
  const batches = batchesOf(outcome.edges)
  for (const batch of batches.slice(0, -1)) await db.transaction((tx) => insertEdges(tx, author, batch))
  await db.transaction(async (tx) => {
    await insertEdges(tx, author, batches.at(-1) ?? [])
    await changePeople(tx, clock, { by, reason: 'resolved' }, outcome.memberships, outcome.current)
    await writeFound(tx, author.at, outcome)
    await setIdentityState(tx, outcome.state)
  })
}

async function writeFound(tx: Tx, at: Date, { hubs, found, reviews, state }: Outcome): Promise<void> {
  if (hubs.more.length > 0) await insertHubs(tx, hubs.more)
  if (hubs.gone.length > 0) await deleteHubs(tx, hubs.gone)
  if (found) {
    await replaceKeys(tx, found.ids, found.keys)
    if (found.isKnown) await deleteAlikeOf(tx, found.ids)
    if (found.pairs.length > 0) await insertAlike(tx, found.pairs)
  }
  if (reviews.open.length > 0 && state.linkageHash) await upsertReviews(tx, at, state.linkageHash, reviews.open)
  if (reviews.settled.length > 0) await closeReviews(tx, at, 'settled', reviews.settled)
}

function batchesOf<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, index) =>
    rows.slice(index * batchSize, (index + 1) * batchSize),
  )
}

/**
 * Gives identifiers their new person, and notes as a change that some had another one before; the first person somebody
 * has is no change. Returns the change.
 */
export async function changePeople(
  tx: Tx,
  clock: Clock,
  why: { by: string; reason: string },
  memberships: readonly MembershipRow[],
  current: ReadonlyMap<string, PersonId>,
): Promise<ChangeId | null> {
  const at = clock()
  const moves = memberships.flatMap(({ identifierId, personId }): Move[] => {
    const from = current.get(identifierId)
    return from === undefined ? [] : [{ identifierId, from, to: personId }]
  })
  if (moves.length > 0) await endMemberships(tx, at, moves.map((move) => move.identifierId)) // prettier-ignore
  for (const batch of batchesOf(memberships)) await beginMemberships(tx, at, why.reason, batch)
  if (moves.length === 0) return null
  const id = newId<'identity-change'>(clock)
  await insertChange(tx, { id, ...why, at }, moves)
  return id
}

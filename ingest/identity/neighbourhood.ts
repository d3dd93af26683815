import type { Db } from '#kernel/db.ts'
import type { IdentifierId, PersonId } from '#kernel/ids.ts'
import { selectAlikeOf, type AlikeRow } from '../queries/alike.ts'
import { selectProfileNamesOf, type LinkRow, type ProfileNameRow } from '../queries/claims.ts'
import { selectEdgesOf, type EdgeRow } from '../queries/edges.ts'
import { selectMembersBeside, selectMembershipsOf } from '../queries/memberships.ts'
import { selectBeside, selectLinksOf, selectNeighbours, type Neighbour } from '../queries/neighbourhood.ts'
import { selectOpenPairs, type OpenPair } from '../queries/reviews.ts'
import { isBlockedBy } from './claims.ts'
import { isOfWall } from './ledger.ts'
import { familyOf, type IdentityModel } from './model.ts'

/** Everything that can bear on who some identifiers are: nothing outside can change it, nothing inside is missing. */
export type Neighbourhood = {
  identifiers: Map<string, Neighbour>
  hubs: ReadonlySet<string>
  links: LinkRow[]
  profiles: ProfileNameRow[]
  ledger: EdgeRow[]
  /** Who they are now. */
  current: Map<string, PersonId>
  /** Pairs of them that look alike, as far as that is written. */
  alike: AlikeRow[]
  /** Pairs of them that wait for a person's word. */
  openPairs: OpenPair[]
}

/**
 * Walks from these identifiers along links, ties, likenesses and people until nothing new is met. Placeholders are not
 * walked through, nor are identifiers with too many claims (but from such a vendor's id to what it claims itself).
 * Null when it comes to more than `limit` identifiers: then everything had better be resolved at once.
 * @param fresh pairs that look alike and are not written yet
 */
export async function neighbourhoodOf(
  db: Db,
  start: readonly IdentifierId[],
  model: IdentityModel,
  input: { fresh: readonly AlikeRow[]; limit: number },
): Promise<Neighbourhood | null> {
  const isBlocked = isBlockedBy(model)
  const found = new Map<string, Neighbour>()
  const ends = [...start, ...input.fresh.flatMap(({ left, right }) => [left, right])]
  let met = await selectNeighbours(db, [...new Set(ends)])
  while (met.length > 0) {
    for (const one of met) found.set(one.id, one)
    if (found.size > input.limit) return null
    const open = met.filter((one) => !isBlocked(one))
    const beside = await selectBeside(db, {
      linked: open.filter((one) => !one.isHub).map((one) => one.id),
      claimed: open.filter((one) => one.isHub && familyOf(one.kind) === 'vendor').map((one) => one.id),
      all: met.map((one) => one.id),
    })
    met = beside.filter((one) => !found.has(one.id))
  }
  return read(db, found, isBlocked)
}

/** What is known of the people that some identifiers belong to now, and of nobody around them. */
export async function peopleOf(db: Db, ids: readonly IdentifierId[], model: IdentityModel): Promise<Neighbourhood> {
  const members = (await selectMembersBeside(db, ids)).map((row) => row.identifierId)
  const own = await selectNeighbours(db, [...new Set([...ids, ...members])])
  return read(db, new Map(own.map((one) => [one.id, one])), isBlockedBy(model))
}

async function read(
  db: Db,
  identifiers: Map<string, Neighbour>,
  isBlocked: (one: Neighbour) => boolean,
): Promise<Neighbourhood> {
  const all = [...identifiers.values()]
  const ids = all.map((one) => one.id)
  const walked = all.filter((one) => !one.isHub && !isBlocked(one)).map((one) => one.id)
  const [links, profiles, edges, memberships, alike, openPairs] = await Promise.all([
    selectLinksOf(db, walked),
    selectProfileNamesOf(db, ids),
    selectEdgesOf(db, ids),
    selectMembershipsOf(db, ids),
    selectAlikeOf(db, ids),
    selectOpenPairs(db, ids),
  ])
  return {
    identifiers,
    hubs: new Set(all.filter((one) => one.isHub).map((one) => one.id)),
    links,
    profiles,
    // Walls to somebody far away stay: they tell whose ties give way.
    ledger: edges.filter((edge) => (identifiers.has(edge.left) && identifiers.has(edge.right)) || isOfWall(edge.rule)),
    current: new Map(memberships.map((row) => [row.identifierId, row.personId])),
    alike,
    openPairs,
  }
}

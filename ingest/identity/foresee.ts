import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { IdentifierId, PersonId } from '#kernel/ids.ts'
import { selectEdgesOf } from '../queries/edges.ts'
import { selectFollowing, type Following } from '../queries/identity-desk.ts'
import { selectIdentifiersOf, type PersonIdentifier } from '../queries/people.ts'
import { components, type SameEdge } from './components.ts'
import { readLedger } from './ledger.ts'
import { liveModel } from './model.ts'
import { boundsIn } from './settle.ts'

/** What saying "this is not them" of one identifier would do. */
export type Leaving = {
  identifierId: IdentifierId
  /** Whom it is said to be different from: the identifier that most others hang on. */
  from: IdentifierId
  /** Identifiers that would go with it, but for itself. */
  along: PersonIdentifier[]
  /** What would go with them all. */
  orders: number
  consents: number
  events: number
}

/** Beyond so many identifiers only the first are told: each is worked out by itself. */
const mostTold = 100

/**
 * For each identifier of a person what taking it apart (`unmerge` from `from`) would come to, worked out as the un-merge
 * itself would be, and nothing written. Empty for a person of one identifier.
 */
export async function foreseeLeaving(deps: { db: Db; clock: Clock }, personId: PersonId): Promise<Leaving[]> {
  const { db } = deps
  const members = await selectIdentifiersOf(db, personId)
  if (members.length < 2) return []
  const { model } = await liveModel(deps, 'millrace')
  const byId = new Map(members.map((row): [string, PersonIdentifier] => [row.id, row]))
  const { same, different } = readLedger(await selectEdgesOf(db, [...byId.keys()] as IdentifierId[]), model)
  const inside = same.filter((edge) => byId.has(edge.left) && byId.has(edge.right))
  const following = new Map((await selectFollowing(db, members.map((row) => row.id))).map((row) => [row.identifierId, row])) // prettier-ignore
  return members.slice(0, mostTold).map(({ id }) => {
    const from = centreBut(id, members, inside)
    const wall = { left: from, right: id, leaves: id }
    const { people } = components([...byId.keys()], inside, [...different, wall], boundsIn(byId, model))
    const leaving = people.find((group) => group.includes(id)) ?? [id]
    const along = leaving.filter((other) => other !== id).map((other) => byId.get(other)!)
    return { identifierId: id, from, along, ...totalOf(leaving, following) }
  })
}

/** The identifier with most ties, but for one; of equals the first. */
function centreBut(id: IdentifierId, members: readonly PersonIdentifier[], inside: readonly SameEdge[]): IdentifierId {
  const ties = Map.groupBy(inside.flatMap(({ left, right }) => [left, right]), (end) => end) // prettier-ignore
  const count = (row: PersonIdentifier): number => ties.get(row.id)?.length ?? 0
  const others = members.filter((row) => row.id !== id)
  return others.reduce((most, row) => (count(row) > count(most) ? row : most)).id
}

function totalOf(ids: readonly string[], following: ReadonlyMap<string, Following>): Omit<Following, 'identifierId'> {
  const sum = { orders: 0, consents: 0, events: 0 }
  for (const id of ids) {
    const one = following.get(id)
    sum.orders += one?.orders ?? 0
    sum.consents += one?.consents ?? 0
    sum.events += one?.events ?? 0
  }
  return sum
}

import type { Clock } from '#kernel/clock.ts'
import type { Queryable } from '#kernel/db.ts'
import type { Hash, IdentifierId, PersonId } from '#kernel/ids.ts'
import { selectLinkedProfiles, type AlikeRow } from '../queries/alike.ts'
import type { LinkRow, ProfileNameRow } from '../queries/claims.ts'
import type { EdgeRow, NewEdge } from '../queries/edges.ts'
import type { IdentifierRow } from '../queries/identifiers.ts'
import { selectFormerMemberships, type MembershipRow } from '../queries/memberships.ts'
import type { NewReview, OpenPair } from '../queries/reviews.ts'
import type { RefusalRule } from './evidence.ts'
import { appendix } from './ledger.ts'
import type { Linkage, Prepared } from './linkage.ts'
import type { IdentityModel } from './model.ts'
import { personIds } from './person-ids.ts'
import { profilesConcerned, settleByLikeness, settleByRules, type Ruled, type Settled } from './settle.ts'

export type Models = { rules: { hash: Hash; model: IdentityModel }; linkage: Linkage | null }

/** Some part of the world that nothing outside bears on, or all of it. */
export type World = {
  identifiers: ReadonlyMap<string, IdentifierRow>
  hubs?: ReadonlySet<string>
  links: readonly LinkRow[]
  profiles: readonly ProfileNameRow[]
  ledger: readonly EdgeRow[]
  current: ReadonlyMap<string, PersonId>
  /** Pairs of profiles that look alike. */
  alike: readonly AlikeRow[]
  /** Pairs that wait for a person's word. */
  openPairs: readonly OpenPair[]
}

/** What must be written so that everybody is who they are. */
export type Decided = {
  people: string[][]
  refused: Map<RefusalRule, number>
  hubs: IdentifierId[]
  added: readonly NewEdge[]
  withdrawn: readonly NewEdge[]
  edges: readonly NewEdge[]
  memberships: MembershipRow[]
  current: ReadonlyMap<string, PersonId>
  reviews: { open: NewReview[]; settled: OpenPair[] }
}

/**
 * Settles who is who in a part of the world, and works out what that changes. Writes nothing.
 * @param ready profiles that are prepared already; the others are read where they are needed
 */
export async function decide(
  db: Queryable,
  clock: Clock,
  world: World,
  models: Models,
  ready: ReadonlyMap<string, Prepared> = new Map(),
): Promise<Decided> {
  const ruled = settleByRules(world, world.ledger, models.rules)
  const { rules, linkage } = models
  const settled = linkage ? await likened(db, ruled, world.alike, { rules, linkage }, ready) : ruled
  const inside = world.ledger.filter((edge) => world.identifiers.has(edge.left) && world.identifiers.has(edge.right))
  const { added, withdrawn } = appendix(inside, settled.findings, clock)
  const memberships = await changedMemberships(db, clock, settled.people, world.current)
  return {
    people: settled.people,
    refused: settled.refused,
    hubs: settled.hubs as IdentifierId[],
    added,
    withdrawn,
    edges: [...withdrawn, ...added],
    memberships,
    current: world.current,
    reviews: reviewsOf(settled, world.openPairs),
  }
}

export const writtenBy = ({ added, withdrawn, memberships }: Decided) => ({
  edges: added.length,
  withdrawals: withdrawn.length,
  memberships: memberships.length,
})

async function likened(
  db: Queryable,
  ruled: Ruled,
  alike: readonly AlikeRow[],
  { linkage, rules }: Models & { linkage: Linkage },
  ready: ReadonlyMap<string, Prepared>,
): Promise<Settled> {
  const crossing = crossingOf(ruled.people, alike)
  const missing = profilesConcerned(ruled, crossing).filter((id) => !ready.has(id)) as IdentifierId[]
  const rows = missing.length === 0 ? [] : await selectLinkedProfiles(db, missing)
  const prepared = new Map([...ready, ...rows.map((row): [string, Prepared] => [row.identifierId, linkage.prepare(row)])]) // prettier-ignore
  return settleByLikeness(ruled, crossing, {
    hash: linkage.hash,
    merge: linkage.merge,
    review: linkage.review,
    largest: rules.model.largest,
    compare: (left, right) => {
      const [one, other] = [prepared.get(left), prepared.get(right)]
      return one && other ? linkage.compare(one, other) : null
    },
  })
}

/** Pairs of two different people. */
function crossingOf(people: readonly string[][], alike: readonly AlikeRow[]): AlikeRow[] {
  const ends = new Set<string>(alike.flatMap(({ left, right }) => [left, right]))
  const homes = new Map<string, number>()
  for (const [index, members] of people.entries()) for (const id of members) if (ends.has(id)) homes.set(id, index)
  return alike.filter(({ left, right }) => homes.has(left) && homes.has(right) && homes.get(left) !== homes.get(right))
}

function reviewsOf({ doubts }: Settled, openPairs: readonly OpenPair[]): { open: NewReview[]; settled: OpenPair[] } {
  const open = doubts.map(({ left, right, reason, weight }): NewReview => ({ left: left as IdentifierId, right: right as IdentifierId, reason, weight })) // prettier-ignore
  const doubted = new Set(open.map(({ left, right }) => `${left} ${right}`))
  return { open, settled: openPairs.filter(({ left, right }) => !doubted.has(`${left} ${right}`)) }
}

async function changedMemberships(
  db: Queryable,
  clock: Clock,
  people: readonly string[][],
  current: ReadonlyMap<string, PersonId>,
): Promise<MembershipRow[]> {
  const split = splitOff(people, current) as IdentifierId[]
  const former = split.length > 0 ? formerOf(await selectFormerMemberships(db, split)) : new Map<string, PersonId[]>()
  return movedTo(personIds(people, current, former, clock), current)
}

/** Identifiers of people who were one and are now several: they may get back who they were before. */
function splitOff(people: readonly string[][], current: ReadonlyMap<string, PersonId>): string[] {
  const parts = new Map<PersonId, number>()
  for (const members of people) {
    for (const person of new Set(members.map((id) => current.get(id)))) {
      if (person !== undefined) parts.set(person, (parts.get(person) ?? 0) + 1)
    }
  }
  return people.flat().filter((id) => (parts.get(current.get(id) as PersonId) ?? 0) > 1)
}

/** The people identifiers were before, by identifier. */
export function formerOf(rows: readonly MembershipRow[]): Map<string, PersonId[]> {
  const grouped = Map.groupBy(rows, (row) => row.identifierId)
  return new Map([...grouped].map(([id, group]) => [id, group.map((row) => row.personId)]))
}

/** Only the memberships that are not as they were. */
export const movedTo = (
  persons: ReadonlyMap<string, PersonId>,
  current: ReadonlyMap<string, PersonId>,
): MembershipRow[] =>
  [...persons]
    .filter(([id, personId]) => current.get(id) !== personId)
    .map(([id, personId]) => ({ identifierId: id as IdentifierId, personId }))

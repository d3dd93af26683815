import type { Hash } from '#kernel/ids.ts'
import type { EdgeRow } from '../queries/edges.ts'
import type { IdentifierRow } from '../queries/identifiers.ts'
import { components, disjointSets, type Bound, type BoundsOf } from './components.ts'
import { weigh, type Founded, type Known, type Refused, type RefusalRule } from './evidence.ts'
import { joinAlike, type Alike, type Doubt, type Join, type Judging, type Limits } from './joins.ts'
import { byHand, likenessRule, rankOf, readLedger } from './ledger.ts'
import { familyOf, type IdentityModel } from './model.ts'

/** Who everybody is, what says so, and what was not joined. */
export type Settled = {
  findings: Founded[]
  people: string[][]
  refused: Map<RefusalRule, number>
  places: Refused[]
  hubs: string[]
  doubts: Doubt[]
}

/** What the rules alone say, and within what limits likeness may add to it. */
export type Ruled = Settled & { limits: Limits }

/**
 * People by rule: a pure function of what sources say and of what persons said (the hand-made part of the ledger). It
 * never matters what is resolved beside: people who hang together by nothing do not touch each other.
 */
export function settleByRules(
  known: Known,
  ledger: readonly EdgeRow[],
  rules: { hash: Hash; model: IdentityModel },
): Ruled {
  const { model } = rules
  const { findings, refused, places, hubs } = weigh(known, model)
  const spoken = ledger.filter((row) => row.verdict !== 'same' || row.rule === byHand)
  const { same, different } = readLedger(spoken, model)
  const evidence = findings.map(({ left, right, rule }) => ({ left, right, rank: rankOf(rule, model) }))
  const boundsOf = boundsIn(known.identifiers, model)
  const { people, cut, beyond } = components([...known.identifiers.keys()], [...same, ...evidence], different, boundsOf)
  count(refused, 'kept-apart', cut.length)
  count(refused, 'too-many-ids', beyond.length)
  const profiles = new Set<string>(known.profiles.map((profile) => profile.identifierId))
  return {
    findings: findings.map((finding): Founded => ({
      ...finding,
      evidence: { ...finding.evidence },
      model: rules.hash,
    })),
    people,
    refused,
    places,
    hubs,
    doubts: [],
    limits: { different, boundsOf, isProfile: (id) => profiles.has(id) },
  }
}

/** The profiles of people who look like somebody else: those that must be compared to settle them. */
export function profilesConcerned({ people, limits }: Ruled, alike: readonly Alike[]): string[] {
  const ends = new Set(alike.flatMap(({ left, right }) => [left, right]))
  return people.filter((members) => members.some((id) => ends.has(id))).flatMap((members) => members.filter(limits.isProfile)) // prettier-ignore
}

/** The same people, joined where they are alike beyond doubt. */
export function settleByLikeness(ruled: Ruled, alike: readonly Alike[], judging: Judging & { hash: Hash }): Settled {
  const { joins, doubts } = joinAlike(ruled.people, alike, judging, ruled.limits)
  const refused = new Map(ruled.refused)
  for (const { reason } of doubts) count(refused, reason, 1)
  const alikeFindings = joins.map((join) => foundAlike(join, judging.hash))
  return { ...ruled, refused, findings: [...ruled.findings, ...alikeFindings], people: joinedBy(ruled.people, joins), doubts } // prettier-ignore
}

const count = (refused: Map<RefusalRule, number>, rule: RefusalRule, more: number): void => {
  if (more > 0) refused.set(rule, (refused.get(rule) ?? 0) + more)
}

const foundAlike = ({ left, right, weight, average }: Join, model: Hash): Founded => ({
  left,
  right,
  rule: likenessRule,
  evidence: { weight, average },
  recordId: null,
  model,
})

/** The people as joins make them; whoever is not concerned stays as they are. */
function joinedBy(people: readonly string[][], joins: readonly Join[]): string[][] {
  if (joins.length === 0) return [...people]
  const ends = new Set(joins.flatMap(({ left, right }) => [left, right]))
  const homes = new Map<string, string>()
  for (const members of people) for (const id of members) if (ends.has(id)) homes.set(id, members[0]!)
  const sets = disjointSets()
  for (const { left, right } of joins) sets.join(homes.get(left)!, homes.get(right)!)
  const concerned = new Set(homes.values())
  const groups = Map.groupBy(people, (members) => (concerned.has(members[0]!) ? sets.of(members[0]!) : members[0]!))
  return [...groups.values()].map((group) => (group.length === 1 ? group[0]! : group.flat().toSorted()))
}

/** What each identifier counts against: the ids of a source that knows each person once, and what a person has few of. */
export function boundsIn(
  identifiers: ReadonlyMap<string, Pick<IdentifierRow, 'kind'>>,
  model: Pick<IdentityModel, 'distinct' | 'perPerson'>,
): BoundsOf {
  return (id) => {
    const kind = identifiers.get(id)?.kind
    if (kind === undefined) return []
    const family = familyOf(kind)
    const most = model.perPerson[family]
    const bounds: Bound[] = most === undefined ? [] : [{ key: family, most }]
    return model.distinct.includes(kind) ? [...bounds, { key: `id:${kind}`, most: 1 }] : bounds
  }
}

import type { Db } from '#kernel/db.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Hash, IdentifierId, PersonId } from '#kernel/ids.ts'
import { selectLinkedProfiles } from '../queries/alike.ts'
import type { EdgeRow } from '../queries/edges.ts'
import { refusals, type RefusalRule } from './evidence.ts'
import { namedIn, reasonOf, type Reason } from './explain.ts'
import { activeEdges } from './ledger.ts'
import { liveLinkage, type Linkage, type Prepared, type Waterfall } from './linkage.ts'
import { liveModel, type Rules } from './model.ts'
import { neighbourhoodOf, peopleOf, type Neighbourhood } from './neighbourhood.ts'
import { settleByRules } from './settle.ts'

/** Something both sides share, and the rule by which it joined nobody. */
export type SharedInVain = { identifierId: IdentifierId; called: string; rule: RefusalRule; why: string }

/** How two identifiers stand to each other, with everything it rests on. */
export type PairExplanation = {
  left: { id: IdentifierId; called: string; personId: PersonId | null }
  right: { id: IdentifierId; called: string; personId: PersonId | null }
  isOnePerson: boolean
  /** The ties that lead from one to the other, the fewest; none where they are two people. */
  because: Reason[]
  /** Where a person said that they, or others of theirs, are different. */
  apart: Reason[]
  /** What both share, but joins nobody. */
  refused: SharedInVain[]
  /** They hang together with too many others: only the two people were looked at, and nothing is told of `refused`. */
  isCutShort: boolean
  /** How alike the two profiles are that are most alike, and what speaks for and against; null without a trained model or profiles. */
  waterfall: (Waterfall & { left: IdentifierId; right: IdentifierId; model: Hash }) | null
  /** What decided, in a sentence. */
  words: string
}

type Deps = { db: Db; clock: Clock }

const mostRead = 20_000
/** So many pairs of profiles are compared at most to find those that are most alike. */
const mostCompared = 10_000

/**
 * Explains any pair of identifiers, one person's or not. Null when one of them is not known.
 * @param input.limit how many identifiers around the two may be looked at; beyond, only the two people are
 */
export async function explainPair(
  deps: Deps,
  input: { left: IdentifierId; right: IdentifierId; limit?: number },
): Promise<PairExplanation | null> {
  const { db } = deps
  const { left, right } = input
  const rules = await liveModel(deps, 'millrace')
  const around = await neighbourhoodOf(db, [left, right], rules.model, { fresh: [], limit: input.limit ?? mostRead })
  const isCutShort = around === null
  const near = around ?? (await peopleOf(db, [left, right], rules.model))
  if (!near.identifiers.has(left) || !near.identifiers.has(right)) return null
  const people = near.current
  const active = activeEdges(near.ledger)
  const told = namedIn(near.identifiers)
  const because = pathBetween(active, left, right).map((row) => reasonOf(row, near.identifiers))
  const apart = active
    .filter((row) => row.verdict === 'different' && standsBetween(row, people, left, right))
    .map((row) => reasonOf(row, near.identifiers))
  const refused = around ? sharedInVain(around, rules, left, right) : []
  const waterfall = await waterfallOf(deps, people, left, right)
  const isOnePerson = left === right || (people.has(left) && people.get(left) === people.get(right))
  const side = (id: IdentifierId) => ({ id, called: told(id), personId: people.get(id) ?? null })
  const facts = { isOnePerson, because, apart, refused, waterfall, isCutShort }
  return { left: side(left), right: side(right), ...facts, words: verdictOf(facts) }
}

/** The fewest ties that lead from one identifier to the other. */
function pathBetween(active: readonly EdgeRow[], from: string, to: string): EdgeRow[] {
  const ties = active.filter((row) => row.verdict === 'same')
  const ends = ties.flatMap((row): { at: string; row: EdgeRow }[] => [row.left, row.right].map((at) => ({ at, row })))
  const beside = Map.groupBy(ends, (end) => end.at)
  const cameBy = new Map<string, { row: EdgeRow; from: string } | null>([[from, null]])
  for (let frontier = [from]; frontier.length > 0 && !cameBy.has(to);) {
    const next: string[] = []
    for (const at of frontier) {
      for (const { row } of beside.get(at) ?? []) {
        const other: string = row.left === at ? row.right : row.left
        if (cameBy.has(other)) continue
        cameBy.set(other, { row, from: at })
        next.push(other)
      }
    }
    frontier = next
  }
  const path: EdgeRow[] = []
  for (let step = cameBy.get(to); step; step = cameBy.get(step.from)) path.unshift(step.row)
  return path
}

type People = ReadonlyMap<string, PersonId>

function standsBetween(wall: EdgeRow, people: People, left: string, right: string): boolean {
  const [a, b] = [people.get(left) ?? left, people.get(right) ?? right]
  const [x, y] = [people.get(wall.left) ?? wall.left, people.get(wall.right) ?? wall.right]
  return (x === a && y === b) || (x === b && y === a)
}

/** What both people name, and by which rule it joins nobody. Only of everything around them can the rules say so. */
function sharedInVain(near: Neighbourhood, rules: Rules, left: string, right: string): SharedInVain[] {
  const told = namedIn(near.identifiers)
  return settleByRules(near, near.ledger, rules)
    .places.filter((place) => isShared(near, near.current, place.id, left, right))
    .map(({ id, rule }) => ({ identifierId: id as IdentifierId, called: told(id), rule, why: refusals[rule] }))
}

/** Whether records of both people name the identifier. */
function isShared(near: Neighbourhood, people: People, id: string, left: string, right: string): boolean {
  const claimants = near.links
    .filter((link) => link.leftId === id || link.rightId === id)
    .map((link) => (link.leftId === id ? link.rightId : link.leftId))
  const claims = (of: string): boolean =>
    claimants.some((claimant) => claimant === of || (people.has(of) && people.get(claimant) === people.get(of)))
  return claims(left) && claims(right)
}

async function waterfallOf(
  { db }: Deps,
  people: People,
  left: IdentifierId,
  right: IdentifierId,
): Promise<PairExplanation['waterfall']> {
  const linkage = await liveLinkage(db)
  if (!linkage) return null
  const membersOf = (id: IdentifierId): IdentifierId[] => {
    const person = people.get(id)
    return [...people].flatMap(([member, of]) => (of === person ? [member as IdentifierId] : []))
  }
  const isOne = people.get(left) === people.get(right)
  const [ones, others] = [membersOf(left), membersOf(right)]
  // Of one person the two themselves are compared; of two people those of their profiles that are most alike.
  const sides = isOne || ones.length * others.length > mostCompared ? [[left], [right]] : [ones, others]
  const prepared = await Promise.all(sides.map((ids) => preparedOf(db, linkage, ids)))
  return mostAlike(linkage, prepared[0]!, prepared[1]!)
}

const preparedOf = async (db: Db, linkage: Linkage, ids: readonly IdentifierId[]): Promise<Prepared[]> =>
  (await selectLinkedProfiles(db, ids)).map((profile) => linkage.prepare(profile))

function mostAlike(
  linkage: Linkage,
  ones: readonly Prepared[],
  others: readonly Prepared[],
): PairExplanation['waterfall'] {
  let best: PairExplanation['waterfall'] = null
  for (const one of ones) {
    for (const other of others) {
      if (one.id === other.id) continue
      const waterfall = linkage.explain(one, other)
      if (best === null || waterfall.weight > best.weight) best = { ...waterfall, left: one.id, right: other.id, model: linkage.hash } // prettier-ignore
    }
  }
  return best
}

type Facts = Pick<PairExplanation, 'isOnePerson' | 'because' | 'apart' | 'refused' | 'waterfall' | 'isCutShort'>

function verdictOf({ isOnePerson, because, apart, refused, waterfall, isCutShort }: Facts): string {
  if (isOnePerson) return because.length > 0 ? `One person: ${because.map((reason) => reason.words).join(' ')}` : 'One person.' // prettier-ignore
  if (apart[0]) return `Two people: ${apart[0].words}`
  if (waterfall?.band === 'review') return 'Two people for now: they are alike, but a person must look.'
  if (refused[0]) return `Two people: they share ${refused[0].called}, but ${lowerFirst(refused[0].why)}`
  const why = waterfall ? 'Two people: they are not alike enough.' : 'Two people: nothing ties them.'
  return isCutShort ? `${why} What they share with very many others is not told here.` : why
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)

import type { ReviewReason } from '../queries/reviews.ts'
import { disjointSets, tallyOf, type BoundsOf, type DifferentEdge, type Tally } from './components.ts'

/** Two profiles that look alike; `weight` is log2 of the odds that they are one person's. */
export type Alike = { left: string; right: string; weight: number }

/** How alike two profiles are; null where too little is known of them to say, `apart` where they cannot be one person's. */
export type Comparison = number | 'apart' | null

/** What likeness is judged by. Weights in bits: at `merge` and above people are joined, between `review` and it in doubt. */
export type Judging = {
  compare: (left: string, right: string) => Comparison
  merge: number
  review: number
  /** People of more profiles than this are not made by likeness. */
  largest: number
}

/** Who must stay apart, and which identifiers have a profile to compare. */
export type Limits = {
  different: readonly DifferentEdge[]
  boundsOf: BoundsOf
  isProfile: (id: string) => boolean
}

export type Join = Alike & { /** The mean weight of all telling pairs between the two people. */ average: number }
export type Doubt = Alike & { reason: ReviewReason }

/**
 * Joins people who are alike, though no identifier ties them: greedy average-link over whole people (every profile of
 * one is compared with every profile of the other), which no two may enter who are said to be different, cannot be one
 * by their ids, or would together be too many. What is neither clear nor clearly not, is left in doubt for a person.
 * A pure function of each group of people who hang together by likeness; the order of the input does not matter.
 */
export function joinAlike(
  people: readonly (readonly string[])[],
  alike: readonly Alike[],
  judging: Judging,
  limits: Limits,
): { joins: Join[]; doubts: Doubt[] } {
  const personOf = new Map<string, string>()
  for (const members of people) for (const id of members) personOf.set(id, members[0]!)
  const crossing = alike.filter(({ left, right }) => personOf.has(left) && personOf.has(right) && personOf.get(left) !== personOf.get(right)) // prettier-ignore
  const concerned = new Set(crossing.flatMap(({ left, right }) => [personOf.get(left)!, personOf.get(right)!]))
  const groups = new Map(
    people
      .filter((members) => concerned.has(members[0]!))
      .map((members) => [members[0]!, { members, profiles: members.filter(limits.isProfile) }]),
  )
  const tally = tallyOf(limits.boundsOf)
  for (const { members } of groups.values()) {
    // As in components: the first member stands for all.
    for (const member of members.slice(1)) tally.move(member, members[0]!)
  }
  const walls = new Map<string, Set<string>>()
  for (const { left, right } of limits.different) {
    const [a, b] = [personOf.get(left), personOf.get(right)]
    if (a === undefined || b === undefined || a === b) continue
    walls.set(a, (walls.get(a) ?? new Set()).add(b))
    walls.set(b, (walls.get(b) ?? new Set()).add(a))
  }
  const found: { joins: Join[]; doubts: Doubt[] } = { joins: [], doubts: [] }
  for (const pairs of componentsOf(crossing, personOf)) {
    const meeting = newMeeting(pairs, personOf, groups, judging)
    linkAverage(meeting, judging, tally, walls, found)
  }
  return found
}

/** Pairs of people who hang together by likeness, in an order of their own. */
function componentsOf(crossing: readonly Alike[], personOf: ReadonlyMap<string, string>): Alike[][] {
  const sets = disjointSets()
  for (const { left, right } of crossing) sets.join(personOf.get(left)!, personOf.get(right)!)
  return [...Map.groupBy(crossing, ({ left }) => sets.of(personOf.get(left)!)).values()]
}

/** What lies between two people: the telling pairs of their profiles. */
type Between = { sum: number; count: number; close: number; best: Alike; isApart: boolean }
type Group = { profiles: readonly string[] }
type Meeting = { groups: Map<string, Group>; between: Map<string, Map<string, Between>>; judging: Judging }

function newMeeting(
  pairs: readonly Alike[],
  personOf: ReadonlyMap<string, string>,
  all: ReadonlyMap<string, Group>,
  judging: Judging,
): Meeting {
  const meeting: Meeting = { groups: new Map(), between: new Map(), judging }
  for (const { left, right } of pairs) {
    const [a, b] = [personOf.get(left)!, personOf.get(right)!]
    for (const person of [a, b]) meeting.groups.set(person, all.get(person)!)
    if (!meeting.between.get(a)?.has(b)) put(meeting, a, b, measured(meeting, a, b))
  }
  return meeting
}

function put({ between }: Meeting, a: string, b: string, value: Between): void {
  between.set(a, (between.get(a) ?? new Map<string, Between>()).set(b, value))
  between.set(b, (between.get(b) ?? new Map<string, Between>()).set(a, value))
}

const most = 40

/** Compares every profile of one with every profile of the other, of very many the first ones. */
function measured({ groups, judging }: Meeting, a: string, b: string): Between {
  const [ones, others] = [a, b].map((person) => groups.get(person)!.profiles.slice(0, most))
  const between: Between = {
    sum: 0,
    count: 0,
    close: 0,
    best: { left: a, right: b, weight: -Infinity },
    isApart: false,
  }
  for (const one of ones!) {
    for (const other of others!) {
      const weight = judging.compare(one, other)
      if (weight === 'apart') between.isApart = true
      if (weight === 'apart' || weight === null) continue
      between.sum += clipped(weight, judging)
      between.count += 1
      if (weight >= judging.review) between.close += 1
      const pair = one < other ? { left: one, right: other, weight } : { left: other, right: one, weight }
      if (isBetter(pair, between.best)) between.best = pair
    }
  }
  return between
}

/** One very strong or very weak pair must not decide alone. */
const clipped = (weight: number, { merge }: Judging): number => Math.min(merge + 5, Math.max(-10, weight))

const isBetter = (one: Alike, other: Alike): boolean =>
  one.weight > other.weight ||
  (one.weight === other.weight && (one.left < other.left || (one.left === other.left && one.right < other.right)))

const mean = ({ sum, count }: Between): number => (count === 0 ? -Infinity : sum / count)

function linkAverage(
  meeting: Meeting,
  judging: Judging,
  tally: Tally,
  walls: Map<string, Set<string>>,
  found: { joins: Join[]; doubts: Doubt[] },
): void {
  const { groups, between } = meeting
  const mayNever = (a: string, b: string, value: Between): boolean =>
    value.isApart || (walls.get(a)?.has(b) ?? false) || tally.isBeyond(a, b)
  const alarm = (a: string, b: string, value: Between): ReviewReason | null => {
    const sizes = [a, b].map((person) => groups.get(person)!.profiles.length)
    if (sizes[0]! + sizes[1]! > judging.largest) return 'too-large'
    return sizes[0]! > 1 && sizes[1]! > 1 && value.close < 2 ? 'one-bridge' : null
  }
  const bestOf = (a: string): string | null => {
    let best: string | null = null
    for (const [b, value] of between.get(a) ?? []) {
      if (mean(value) < judging.merge || mayNever(a, b, value) || alarm(a, b, value) !== null) continue
      const rival = best === null ? null : mean(between.get(a)!.get(best)!)
      if (best === null || mean(value) > rival! || (mean(value) === rival && b < best)) best = b
    }
    return best
  }
  // Two who are each other's best are joined: as greedy average-link would, without asking for the best of all.
  for (let isDone = false; !isDone;) {
    isDone = true
    for (const a of [...groups.keys()].toSorted()) {
      const b = groups.has(a) ? bestOf(a) : null
      if (b === null || bestOf(b) !== a) continue
      const value = between.get(a)!.get(b)!
      found.joins.push({ ...value.best, average: mean(value) })
      fuse(meeting, tally, walls, a, b)
      isDone = false
    }
  }
  for (const [a, values] of between) {
    for (const [b, value] of values) {
      if (a > b || value.best.weight < judging.review || mayNever(a, b, value)) continue
      const reason = mean(value) >= judging.merge ? (alarm(a, b, value) ?? 'in-doubt') : 'in-doubt'
      found.doubts.push({ ...value.best, reason })
    }
  }
}

/** Two people become one: what lies between them and each third adds up; where nothing was known, it is compared now. */
function fuse(meeting: Meeting, tally: Tally, walls: Map<string, Set<string>>, one: string, other: string): void {
  const { groups, between } = meeting
  const [kept, lost] = one < other ? [one, other] : [other, one]
  const thirds = new Set([...between.get(kept)!.keys(), ...between.get(lost)!.keys()])
  for (const third of [...thirds].toSorted()) {
    if (third === kept || third === lost) continue
    const [a, b] = [kept, lost].map((person) => between.get(person)!.get(third) ?? measured(meeting, person, third))
    put(meeting, kept, third, {
      sum: a!.sum + b!.sum,
      count: a!.count + b!.count,
      close: a!.close + b!.close,
      best: isBetter(a!.best, b!.best) ? a!.best : b!.best,
      isApart: a!.isApart || b!.isApart,
    })
    between.get(third)!.delete(lost)
  }
  between.get(kept)!.delete(lost)
  between.delete(lost)
  groups.set(kept, { profiles: [...groups.get(kept)!.profiles, ...groups.get(lost)!.profiles] })
  groups.delete(lost)
  tally.move(lost, kept)
  for (const far of walls.get(lost) ?? []) {
    walls.get(far)!.delete(lost)
    walls.set(far, walls.get(far)!.add(kept))
    walls.set(kept, (walls.get(kept) ?? new Set()).add(far))
  }
  walls.delete(lost)
}

import { averageLink, componentsOf, type Edges } from './cluster.ts'
import type { Duck } from './duck.ts'
import type { Field } from './fields.ts'
import { contradiction, doubtOf } from './doubts.ts'
import type { Mixture } from './mixture.ts'
import type { LinkageModel } from './model.ts'
import { levelAt, missing } from './patterns.ts'
import { makePatterns } from './pairs.ts'
import { scorePairs } from './scoring.ts'

/** Components larger than this are taken apart at higher weights before all their pairs are compared. */
const largestComponent = 200
/** More records than this are never one person's. */
export const largestPerson = 1000
const linkage = { cut: -3.5, single: 2.5, lowest: -10, highest: 10 }
/** What two single records need: a little less than even odds, since the share of matches is learned from those found. */
const leastOdds = linkage.cut + linkage.single

/** `certainty`: 2 joined without asking, 1 for a person to look at, 0 alone. */
export type Groups = { groups: Int32Array; certainty: Uint8Array; alarms: string[] }

/**
 * Groups records into people: components of likely pairs, every pair inside them weighed, whether found by blocking or
 * not, and groups joined by average link while their mean weight allows.
 */
export async function groupRecords(
  duck: Duck,
  fields: readonly Field[],
  model: Mixture & Pick<LinkageModel, 'bands'>,
  records: number,
  edges: Edges,
): Promise<Groups> {
  const { components, alarms } = smallComponents(records, edges)
  const members = membersOf(components)
  await keepComponents(duck, members)
  await duck.run(
    'create or replace table inner_pairs as select l.rid as a, r.rid as b from component l join component r on l.c = r.c and l.rid < r.rid',
  )
  await makePatterns(duck, fields, 'inner_pairs', 'inner_found')
  const inner = await scorePairs(duck, fields, model, 'inner_found', -1e9)
  const groups = linkComponents(components, members, inner)
  const all = joined(inner, edgesOfTwo(components, edges))
  return { groups, certainty: certaintyOf(fields, model, groups, all), alarms }
}

/** Components of likely pairs; those too large are cut at higher and higher odds, and at last not joined at all. */
function smallComponents(records: number, edges: Edges): { components: Int32Array; alarms: string[] } {
  let components = componentsOf(records, edges, (index) => edges.weight[index]! >= leastOdds)
  let largest = sizesOf(components)
  const alarms: string[] = []
  for (let odds = 0.5; odds <= 40 && largest.some((size) => size > largestComponent); odds += 0.5) {
    const [before, sizes] = [components, largest]
    const large = (rid: number): boolean => sizes[before[rid]!]! > largestComponent
    components = componentsOf(records, edges, (index) => {
      const [a, b] = [edges.a[index]!, edges.b[index]!]
      return before[a] === before[b] && edges.weight[index]! >= (large(a) ? odds : leastOdds)
    })
    largest = sizesOf(components)
  }
  for (const [first, size] of largest.entries()) {
    if (size <= largestPerson) continue
    alarms.push(
      `size: ${size} records are as good as equal, more than one person's (${largestPerson}); none of them were joined`,
    )
    for (const [rid, component] of components.entries()) if (component === first) components[rid] = rid
  }
  return { components, alarms }
}

function sizesOf(components: Int32Array): Int32Array {
  const sizes = new Int32Array(components.length)
  for (const component of components) sizes[component]! += 1
  return sizes
}

/** The members of each component of three records or more, in order: of two there is one pair, and it is weighed. */
function membersOf(components: Int32Array): Map<number, number[]> {
  const sizes = sizesOf(components)
  const members = new Map<number, number[]>()
  for (const [rid, component] of components.entries()) {
    if (sizes[component]! < 3) continue
    const list = members.get(component)
    if (list) list.push(rid)
    else members.set(component, [rid])
  }
  return members
}

/** The edges that make a component of two records. */
function edgesOfTwo(components: Int32Array, edges: Edges): Edges {
  const sizes = sizesOf(components)
  const kept: number[] = []
  for (const [index, a] of edges.a.entries()) {
    if (sizes[components[a]!] === 2 && components[a] === components[edges.b[index]!]) kept.push(index)
  }
  const pick = <T extends Int32Array | Float64Array>(from: T, to: T): T => {
    for (const [index, at] of kept.entries()) to[index] = from[at]!
    return to
  }
  return {
    a: pick(edges.a, new Int32Array(kept.length)),
    b: pick(edges.b, new Int32Array(kept.length)),
    weight: pick(edges.weight, new Float64Array(kept.length)),
    pattern: pick(edges.pattern, new Float64Array(kept.length)),
  }
}

function longer<T extends Int32Array | Float64Array>(to: T, a: T, b: T): T {
  to.set(a)
  to.set(b, a.length)
  return to
}

function joined(one: Edges, other: Edges): Edges {
  const length = one.a.length + other.a.length
  return {
    a: longer(new Int32Array(length), one.a, other.a),
    b: longer(new Int32Array(length), one.b, other.b),
    weight: longer(new Float64Array(length), one.weight, other.weight),
    pattern: longer(new Float64Array(length), one.pattern, other.pattern),
  }
}

async function keepComponents(duck: Duck, members: ReadonlyMap<number, readonly number[]>): Promise<void> {
  await duck.run('create or replace table component (rid int, c int)')
  const appender = await duck.appender('component')
  for (const [component, rids] of members) {
    if (rids.length > largestComponent) continue
    for (const rid of rids) {
      appender.appendInteger(rid)
      appender.appendInteger(component)
      appender.endRow()
    }
  }
  appender.closeSync()
}

function linkComponents(
  components: Int32Array,
  members: ReadonlyMap<number, readonly number[]>,
  inner: Edges,
): Int32Array {
  const groups = Int32Array.from(components)
  const place = new Int32Array(components.length)
  for (const rids of members.values()) for (const [index, rid] of rids.entries()) place[rid] = index
  const matrices = new Map<number, Float64Array>()
  for (let index = 0; index < inner.a.length; index += 1) {
    const [a, b] = [inner.a[index]!, inner.b[index]!]
    const size = members.get(components[a]!)!.length
    let matrix = matrices.get(components[a]!)
    if (!matrix) matrices.set(components[a]!, (matrix = new Float64Array(size * size)))
    matrix[place[a]! * size + place[b]!] = inner.weight[index]!
    matrix[place[b]! * size + place[a]!] = inner.weight[index]!
  }
  for (const [component, rids] of members) {
    const matrix = matrices.get(component)
    if (!matrix) continue // larger than could be compared within, and as good as equal throughout
    const linked = averageLink(rids.length, matrix, linkage)
    for (const [index, rid] of rids.entries()) groups[rid] = rids[linked[index]!]!
  }
  return groups
}

/**
 * A group is sure as far as pairs in the merge band, with something personal in common, hold it together: its largest such
 * part, if no two records in it contradict each other. Everything else that was joined is for a person to look at.
 */
function certaintyOf(
  fields: readonly Field[],
  { bands }: Pick<LinkageModel, 'bands'>,
  groups: Int32Array,
  inner: Edges,
): Uint8Array {
  const level =
    (index: number) =>
    (at: number): number | null => {
      const found = levelAt(inner.pattern[index]!, at)
      return found === missing ? null : found
    }
  const held = componentsOf(groups.length, inner, (index) => {
    if (groups[inner.a[index]!] !== groups[inner.b[index]!] || inner.weight[index]! < bands.merge) return false
    return doubtOf(fields, level(index)) === null
  })
  const contradicted = new Uint8Array(groups.length)
  for (let index = 0; index < inner.a.length; index += 1) {
    const part = held[inner.a[index]!]!
    if (part === held[inner.b[index]!] && contradiction(fields, level(index))) contradicted[part] = 1
  }
  const [sizes, all] = [sizesOf(held), sizesOf(groups)]
  const core = new Int32Array(groups.length).fill(-1)
  for (const [rid, group] of groups.entries()) {
    if (core[group]! < 0 || sizes[held[rid]!]! > sizes[core[group]!]!) core[group] = held[rid]!
  }
  return Uint8Array.from(groups, (group, rid) => {
    if (all[group]! < 2) return 0
    const part = held[rid]!
    return part === core[group] && sizes[part]! > 1 && contradicted[part] === 0 ? 2 : 1
  })
}

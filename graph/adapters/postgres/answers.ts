import type {
  Content,
  GraphEdge,
  GraphNode,
  Neighbourhood,
  Path,
  PersonContext,
  Provenance,
  Related,
  Weighted,
} from '../../port.ts'

// Answers come as JSON, in which instants are text.

type Told<T> = Omit<T, keyof Provenance> & { [Key in keyof Provenance]: string | null }
type ToldPath = { nodes: Told<GraphNode>[]; edges: Told<GraphEdge>[] }
type ToldWeighted = { node: Told<GraphNode>; weight: number }

const instant = (text: string | null): Date | null => (text === null ? null : new Date(text))

const dated = <T>(told: Told<T>): Omit<T, keyof Provenance> & Provenance => ({
  ...told,
  validFrom: instant(told.validFrom),
  validTo: instant(told.validTo),
  recordedAt: instant(told.recordedAt),
  endRecordedAt: instant(told.endRecordedAt),
})

const weighted = ({ node, weight }: ToldWeighted): Weighted => ({ node: dated<GraphNode>(node), weight })

type ToldContext = {
  [Key in keyof PersonContext]: PersonContext[Key] extends Weighted[]
    ? ToldWeighted[]
    : PersonContext[Key] extends (infer Item)[]
      ? Told<Item>[]
      : Told<GraphNode>
} & { totals: { orders: number; spentMinor: number; firstOrderAt: string | null; lastOrderAt: string | null } }

export function personContext(told: ToldContext | null): PersonContext | null {
  if (!told) return null
  const nodes = (list: Told<GraphNode>[]): GraphNode[] => list.map((node) => dated<GraphNode>(node))
  const { orders, spentMinor, firstOrderAt, lastOrderAt } = told.totals
  return {
    person: dated<GraphNode>(told.person),
    identifiers: nodes(told.identifiers),
    organisations: nodes(told.organisations),
    subscriptions: nodes(told.subscriptions),
    segments: nodes(told.segments),
    totals: { orders, spentMinor, firstOrderAt: instant(firstOrderAt), lastOrderAt: instant(lastOrderAt) },
    orders: told.orders.map((order) => dated<PersonContext['orders'][number]>(order)),
    events: nodes(told.events),
    consents: nodes(told.consents),
    interests: told.interests.map(weighted),
  }
}

export const path = (told: ToldPath | null): Path | null =>
  told && {
    nodes: told.nodes.map((node) => dated<GraphNode>(node)),
    edges: told.edges.map((edge) => dated<GraphEdge>(edge)),
  }

export const related = (told: (ToldWeighted & { path: ToldPath })[] | null): Related[] =>
  (told ?? []).map((found) => ({ ...weighted(found), path: path(found.path)! }))

export const content = (told: { facts: Told<GraphNode>[]; chunks: ToldWeighted[] } | null): Content => ({
  facts: (told?.facts ?? []).map((node) => dated<GraphNode>(node)),
  chunks: (told?.chunks ?? []).map(weighted),
})

export const neighbourhood = (
  told: { nodes: Told<GraphNode & { distance: number }>[]; edges: Told<GraphEdge>[] } | null,
): Neighbourhood => ({
  nodes: (told?.nodes ?? []).map((node) => dated<GraphNode & { distance: number }>(node)),
  edges: (told?.edges ?? []).map((edge) => dated<GraphEdge>(edge)),
})

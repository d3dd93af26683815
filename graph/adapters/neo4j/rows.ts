import neo4j from 'neo4j-driver'
import { sha256 } from '#kernel/crypto.ts'
import { ownedBy } from '../../batch.ts'
import { edgeKinds, edgeOwners, type EdgeKind, type NodeKind } from '../../kinds.ts'
import type { GraphEdge, GraphNode, Instant, NodeRef, Properties, Provenance } from '../../port.ts'

// How nodes and edges stand in Neo4j. Our own fields begin with one underscore, so that what people call their
// properties never meets them: a name that begins with one is kept with another before it.

/** What a node or relationship holds. */
export type Stored = Record<string, unknown>

/**
 * An id as it stands in a key. Neo4j's indexes compare by code point, its sorting by UTF-16 unit; with a mark before the
 * characters on which these differ, the two agree.
 */
export const inKey = (id: string): string => id.replaceAll(/[\u{10000}-\u{10FFFF}]/gu, (beyond) => `\uFFFF${beyond}`)

/** The id that `inKey` was given. */
export const outOfKey = (id: string): string => id.replaceAll(/\uFFFF(?=[\uD800-\uDBFF])/g, '')

/** A node within its generation: what follows the generation's prefix in `_key`. No kind is the beginning of another. */
export const partOf = ({ kind, id }: NodeRef): string => `${kind}/${inKey(id)}`

/** The unique key of a node; keys sort as kind and id do. `graph` is the prefix of a generation, `space/7/`. */
export const keyOf = (graph: string, node: NodeRef): string => `${graph}${partOf(node)}`

/** A node in 52 bits, for the index of an edge's open end; two nodes may share one. */
const hashOf = (key: string): unknown => neo4j.int(Number.parseInt(sha256(key).slice(0, 13), 16))

/** The label of a kind: Person for person. The graph then reads well in Neo4j's own browser. */
export const labelOf = (kind: NodeKind): string => `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`

/** The relationship type of an edge kind: KNOWN_AS for known-as. */
export const typeOf = (kind: EdgeKind): string => kind.toUpperCase().replaceAll('-', '_')

const kinds = new Map(edgeKinds.map((kind) => [typeOf(kind), kind]))

export function kindOf(type: string): EdgeKind {
  const kind = kinds.get(type)
  if (!kind) throw new Error(`Neo4j holds a relationship of type ${type}, which is none of the graph's: rebuild it`)
  return kind
}

/**
 * The end of an edge that does not own it: it may have any number of them, where an owner has few. Its `_of`,
 * `_validFrom` and `_digest` are indexed, so that the newest of 100,000 are found without touching the rest.
 */
export const openEnd = (kind: EdgeKind): 'from' | 'to' => (edgeOwners[kind] === 'from' ? 'to' : 'from')

/**
 * Only the edges `e` of a kind at whose open end stands the node with this hash. The index serves only who asks for all
 * that is in it.
 */
export const ofOpenEnd = (kind: EdgeKind, hash: string): string => `
  USING INDEX e:${typeOf(kind)}(_of, _validFrom, _digest)
  WHERE e._of = ${hash} AND e._digest IS NOT NULL`

/** The order of that index: the newest first, those of one instant by their digest. */
export const newestFirst = 'e._of DESC, e._validFrom DESC, e._digest DESC'

const ownedTypes = (end: 'from' | 'to'): string => ownedBy(end).map(typeOf).join('|')

/** From a node, along the edges it owns: few, whatever else leads to it. */
export const ownedWays = [`-[e:${ownedTypes('from')}]->`, `<-[e:${ownedTypes('to')}]-`]

/** Stand for no beginning and no end, and are no dates: comparing them needs no second look. */
const always = neo4j.int(Number.MIN_SAFE_INTEGER)
const never = neo4j.int(Number.MAX_SAFE_INTEGER)

/** Whether it began at some time, not always. */
export const dated = (name: string): string => `${name}._validFrom > ${Number.MIN_SAFE_INTEGER}`

/** Whether a node is the one of this kind whose id a parameter holds. */
export const keyIn = (name: string, kind: NodeKind, id: string): string => `${name}._key = $graph + '${kind}/' + ${id}`

/** Instants are whole milliseconds since 1970. */
export const instant = (date: Date): unknown => neo4j.int(date.getTime())

/** An instant as it was stored; null for no beginning and no end. */
export const dateOf = (value: unknown): Date | null =>
  typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < Number.MAX_SAFE_INTEGER
    ? new Date(value)
    : null

/** Numbers without a fraction as integers, or Cypher would take them for floats. */
export const stored = (value: string | number | boolean): unknown =>
  typeof value === 'number' && Number.isSafeInteger(value) ? neo4j.int(value) : value

/** The name under which a property is kept. */
export const storedName = (name: string): string => (name === '' || name.startsWith('_') ? `_${name}` : name)

const isOwn = (name: string): boolean => /^_[^_]/.test(name)

const storedProperties = (properties: Properties): Stored =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [storedName(name), stored(value)]))

const storedProvenance = (from: Provenance): Stored => ({
  _validFrom: from.validFrom ? instant(from.validFrom) : always,
  _validTo: from.validTo ? instant(from.validTo) : never,
  _recordedAt: from.recordedAt && instant(from.recordedAt),
  _endRecordedAt: from.endRecordedAt && instant(from.endRecordedAt),
  _recordId: from.recordId,
  _runId: from.runId,
})

/** What is written of a node. */
export type NodeRow = { key: string; label: string; fields: Stored }

const nodeRow = (graph: string, node: NodeRef, isVisitor: boolean, rest: Stored): NodeRow => {
  const key = keyOf(graph, node)
  const own = { _key: key, _hash: hashOf(key), ...(node.kind === 'person' ? { _visitor: isVisitor } : {}) }
  return { key, label: labelOf(node.kind), fields: { ...rest, ...own } }
}

export const putNode = (graph: string, node: GraphNode & { digest: number }): NodeRow =>
  nodeRow(graph, node, node.properties['visitor'] === true, {
    ...storedProperties(node.properties),
    ...storedProvenance(node),
    _label: node.label,
    _digest: neo4j.int(node.digest),
  })

/** An end that nobody put (yet): it holds at any time, and has no digest. */
export const bareNode = (graph: string, node: NodeRef): NodeRow =>
  nodeRow(graph, node, false, { _validFrom: always, _validTo: never })

export type EdgeRow = { from: string; to: string; fields: Stored }

export const putEdge = (graph: string, edge: GraphEdge & { digest: number }): EdgeRow => ({
  from: keyOf(graph, edge.from),
  to: keyOf(graph, edge.to),
  fields: {
    ...storedProperties(edge.properties),
    ...storedProvenance(edge),
    _of: hashOf(keyOf(graph, edge[openEnd(edge.kind)])),
    _digest: neo4j.int(edge.digest),
  },
})

/** Whether the nodes and relationships under these names hold at $at, as far as was known by $knownAt. */
export type Hold = (...names: string[]) => string

export const holding = ({ knownAt }: Instant): Hold => {
  const one = (name: string): string =>
    knownAt === undefined
      ? `${name}._validFrom <= $at AND ${name}._validTo > $at`
      : `${name}._validFrom <= $at AND coalesce(${name}._recordedAt <= $knownAt, true)
         AND (${name}._validTo > $at OR coalesce(${name}._endRecordedAt > $knownAt, false))`
  return (...names) => names.map(one).join(' AND ')
}

/** The parameters that `holding` names. */
export const instants = ({ at, knownAt }: Instant): Stored => ({
  at: instant(at),
  ...(knownAt === undefined ? {} : { knownAt: instant(knownAt) }),
})

/** Reads back what `properties(n)` of a node gave. */
export function nodeFrom(fields: Stored): GraphNode {
  const ref = refOf(String(fields['_key']))
  const label = fields['_label']
  return {
    ...ref,
    label: typeof label === 'string' ? label : ref.id,
    properties: propertiesOf(fields),
    ...provenanceOf(fields),
  }
}

/** The kind and id in a key, which follow the two parts of its generation. */
export function refOf(key: string): NodeRef {
  const [, kind, id] = /^.*?\/\d+\/([^/]*)\/(.*)$/s.exec(key) ?? []
  return { kind: kind as NodeKind, id: outOfKey(id ?? '') }
}

/** What `{type: type(e), from: startNode(e)._key, to: endNode(e)._key, fields: properties(e)}` gave. */
export type StoredEdge = { type: string; from: string; to: string; fields: Stored }

export const edgeFrom = ({ type, from, to, fields }: StoredEdge): GraphEdge => ({
  from: refOf(from),
  kind: kindOf(type),
  to: refOf(to),
  properties: propertiesOf(fields),
  ...provenanceOf(fields),
})

/** A relationship as `edgeFrom` reads it. */
export const storedEdge = (e: string): string =>
  `{type: type(${e}), from: startNode(${e})._key, to: endNode(${e})._key, fields: properties(${e})}`

const propertiesOf = (fields: Stored): Properties =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      isOwn(name) ? [] : [[name.startsWith('_') ? name.slice(1) : name, value as string | number | boolean]],
    ),
  )

const provenanceOf = (fields: Stored): Provenance => ({
  validFrom: dateOf(fields['_validFrom']),
  validTo: dateOf(fields['_validTo']),
  recordedAt: dateOf(fields['_recordedAt']),
  endRecordedAt: dateOf(fields['_endRecordedAt']),
  recordId: textOf(fields['_recordId']),
  runId: textOf(fields['_runId']),
})

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

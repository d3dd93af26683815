import neo4j, { type Driver, type EagerResult } from 'neo4j-driver'
import type { EdgeKind, GraphEdge, GraphNode, NodeRef, Properties, Provenance } from '../../port.ts'

/** One generation of one graph in the database. */
export type Space = { driver: Driver; graph: string }

/** What a node or relationship holds: our own fields with an underscore, its properties by their names. */
export type Stored = Record<string, unknown>

/** The unique key of a node. */
export const keyOf = (space: Space, node: NodeRef): string => `${space.graph}/${node.kind}/${node.id}`

/** The relationship type of an edge kind: KNOWN_AS for known-as. */
export const typeOf = (kind: EdgeKind): string => kind.toUpperCase().replaceAll('-', '_')

/** Instants as ISO text, which sorts as time does. */
export const instant = (date: Date | null): string | null => date?.toISOString() ?? null

/** Numbers without a fraction as integers, or Cypher would take them for floats. */
export const stored = (value: string | number | boolean): unknown =>
  typeof value === 'number' && Number.isSafeInteger(value) ? neo4j.int(value) : value

export const storedProperties = (properties: Properties): Stored =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, stored(value)]))

export const storedProvenance = (from: Provenance): Stored => ({
  _validFrom: instant(from.validFrom),
  _validTo: instant(from.validTo),
  _recordId: from.recordId,
  _runId: from.runId,
})

/** Whether the nodes and relationships under these names hold at $at. */
export const hold = (...names: string[]): string =>
  names
    .map(
      (name) =>
        `(${name}._validFrom IS NULL OR ${name}._validFrom <= $at) AND (${name}._validTo IS NULL OR ${name}._validTo > $at)`,
    )
    .join(' AND ')

/** Runs a reading query; rows as plain objects. */
export async function read<Row extends Record<string, unknown>>(
  space: Space,
  cypher: string,
  parameters: Record<string, unknown> = {},
): Promise<Row[]> {
  const { records } = await space.driver.executeQuery<EagerResult<Row>>(
    cypher,
    { graph: space.graph, ...parameters },
    { routing: neo4j.routing.READ },
  )
  return records.map((record) => record.toObject())
}

/** Reads back what `properties(n)` of a node gave. */
export const nodeFrom = (fields: Stored): GraphNode => ({
  kind: fields['_kind'] as GraphNode['kind'],
  id: String(fields['_id']),
  label: String(fields['_label']),
  properties: propertiesOf(fields),
  ...provenanceOf(fields),
})

/** Reads back what `properties(e)` of a relationship gave, with its ends. */
export const edgeFrom = (from: NodeRef, fields: Stored, to: NodeRef): GraphEdge => ({
  from,
  kind: fields['_kind'] as EdgeKind,
  to,
  properties: propertiesOf(fields),
  ...provenanceOf(fields),
})

const propertiesOf = (fields: Stored): Properties =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !name.startsWith('_'))) as Properties

const provenanceOf = (fields: Stored): Provenance => ({
  validFrom: dateOf(fields['_validFrom']),
  validTo: dateOf(fields['_validTo']),
  recordId: textOf(fields['_recordId']),
  runId: textOf(fields['_runId']),
})

/** An instant as it was stored. */
export const dateOf = (value: unknown): Date | null => (typeof value === 'string' ? new Date(value) : null)
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

import { edgeKinds } from '../../kinds.ts'
import type { Connection, Run } from './connection.ts'
import { typeOf } from './rows.ts'

type Wanted = { name: string; entity: 'NODE' | 'RELATIONSHIP'; of: string; on: string[]; unique: boolean }

const unique = (name: string, of: string, on: string[]): Wanted => ({ name, entity: 'NODE', of, on, unique: true })

/** What the queries lean on: without one of these they are slow, or two rows make two nodes of one thing. */
const wanted: Wanted[] = [
  unique('millrace_node_key', 'MillraceNode', ['_key']),
  unique('millrace_space', 'MillraceSpace', ['name']),
  unique('millrace_generation', 'MillraceGeneration', ['space', 'number']),
  {
    name: 'millrace_people',
    entity: 'NODE',
    of: 'Person',
    on: ['_key', '_validFrom', '_validTo', '_visitor'],
    unique: false,
  },
  ...['Order', 'Event', 'Consent'].map((of): Wanted => ({
    name: `millrace_${of.toLowerCase()}_time`,
    entity: 'NODE',
    of,
    on: ['_validFrom'],
    unique: false,
  })),
  ...edgeKinds.map((kind): Wanted => ({
    name: `millrace_${typeOf(kind).toLowerCase()}_newest`,
    entity: 'RELATIONSHIP',
    of: typeOf(kind),
    on: ['_of', '_validFrom', '_digest'],
    unique: false,
  })),
]

function statement({ name, entity, of, on, unique: isUnique }: Wanted): string {
  const fields = on.map((property) => `x.${property}`).join(', ')
  if (isUnique) return `CREATE CONSTRAINT ${name} IF NOT EXISTS FOR (x:${of}) REQUIRE (${fields}) IS UNIQUE`
  const pattern = entity === 'NODE' ? `(x:${of})` : `()-[x:${of}]-()`
  return `CREATE INDEX ${name} IF NOT EXISTS FOR ${pattern} ON (${fields})`
}

type Found = {
  name: string
  state: string
  type: string
  entityType: string
  labelsOrTypes: string[] | null
  properties: string[] | null
  owningConstraint: string | null
}

/**
 * Makes the constraints and indexes that are missing, waits for them, and looks at what is there: a name may be taken
 * by another index, and one may have failed.
 */
export async function prepare({ alone }: Connection): Promise<void> {
  const before = await indexes(alone)
  for (const one of wanted) if (!before.some((found) => fits(found, one))) await alone(statement(one))
  const after = await indexes(alone)
  for (const one of wanted) check(one, after)
  await alone('CALL db.awaitIndexes(600)')
}

const indexes = (run: Run): Promise<Found[]> =>
  run<Found>(
    `SHOW INDEXES YIELD name, state, type, entityType, labelsOrTypes, properties, owningConstraint
     RETURN name, state, type, entityType, labelsOrTypes, properties, owningConstraint`,
  )

const fits = (found: Found, { entity, of, on, unique: isUnique }: Wanted): boolean =>
  found.type === 'RANGE' &&
  found.entityType === entity &&
  found.labelsOrTypes?.join() === of &&
  found.properties?.join() === on.join() &&
  (!isUnique || found.owningConstraint !== null)

function check(one: Wanted, there: Found[]): void {
  const shape = `${one.of}(${one.on.join(', ')})`
  const found = there.find((index) => fits(index, one))
  if (!found) {
    const other = there.find(({ name }) => name === one.name)
    const drop = other?.owningConstraint ? 'DROP CONSTRAINT' : 'DROP INDEX'
    throw new Error(
      other
        ? `Neo4j's "${one.name}" is ${other.type} on ${other.labelsOrTypes?.join() ?? 'nothing'}(${other.properties?.join(', ') ?? ''}), not ${shape}: run ${drop} ${one.name}, and project the graph again`
        : `Neo4j has no ${one.unique ? 'constraint' : 'index'} on ${shape}: let the user create it (docs/neo4j.md), and project the graph again`,
    )
  }
  if (found.state !== 'FAILED') return
  throw new Error(
    `Neo4j's index "${found.name}" on ${shape} has failed: look into the server's log, run DROP ${found.owningConstraint ? 'CONSTRAINT' : 'INDEX'} ${found.owningConstraint ?? found.name}, and project the graph again`,
  )
}

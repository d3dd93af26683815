import neo4j, { type Driver, type EagerResult } from 'neo4j-driver'
import type { Generation } from '../../port.ts'

/** What the queries lean on. Made once, and left alone when it is there. */
const schema = [
  'CREATE CONSTRAINT millrace_node_key IF NOT EXISTS FOR (n:MillraceNode) REQUIRE n._key IS UNIQUE',
  'CREATE CONSTRAINT millrace_generation IF NOT EXISTS FOR (g:MillraceGeneration) REQUIRE (g.space, g.number) IS UNIQUE',
  'CREATE INDEX millrace_node_kind IF NOT EXISTS FOR (n:MillraceNode) ON (n._graph, n._kind)',
]

export async function liveGeneration(driver: Driver, name: string): Promise<Generation | null> {
  const { records } = await driver.executeQuery<EagerResult<Generation>>(
    `MATCH (g:MillraceGeneration {space: $name}) WHERE g.live
     RETURN g.number AS number, g.version AS version, g.watermark AS watermark`,
    { name },
    { routing: neo4j.routing.READ },
  )
  return records[0]?.toObject() ?? null
}

export async function beginGeneration(driver: Driver, name: string, version: string): Promise<number> {
  for (const statement of schema) await driver.executeQuery(statement)
  await driver.executeQuery('CALL db.awaitIndexes(60)')
  const { records } = await driver.executeQuery<EagerResult<{ number: number }>>(
    `OPTIONAL MATCH (g:MillraceGeneration {space: $name})
     WITH coalesce(max(g.number), 0) + 1 AS number
     CREATE (:MillraceGeneration {space: $name, number: number, version: $version, watermark: '0', live: false})
     RETURN number`,
    { name, version },
  )
  return records[0]!.get('number')
}

/** One transaction: at any moment exactly one generation is live. */
export async function goLive(
  driver: Driver,
  { name, generation, watermark }: { name: string; generation: number; watermark: string },
): Promise<void> {
  const { records } = await driver.executeQuery(
    `MATCH (next:MillraceGeneration {space: $name, number: $generation})
     SET next.watermark = $watermark
     WITH next MATCH (g:MillraceGeneration {space: $name})
     SET g.live = (g = next)
     RETURN g.number AS number`,
    { name, generation: neo4j.int(generation), watermark },
  )
  if (records.length === 0) throw new Error(`There is no generation ${generation} of the graph to publish: rebuild it`)
}

/** Drops all but the live generation: its nodes in steps, since one transaction is held in memory, itself last. */
export async function dropOthers(driver: Driver, name: string): Promise<void> {
  const session = driver.session()
  try {
    const { records } = await session.run(
      'MATCH (g:MillraceGeneration {space: $name}) WHERE NOT g.live RETURN g.number AS number',
      { name },
    )
    for (const record of records) {
      const number: unknown = record.get('number')
      const graph = `${name}/${String(number)}`
      await session.run(
        `MATCH (n:MillraceNode) WHERE n._graph = $graph AND n._kind IS NOT NULL
         CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS`,
        { graph },
      )
      await session.run(
        'MATCH (g:MillraceGeneration {space: $name}) WHERE NOT g.live AND $graph = $name + "/" + g.number DELETE g',
        { name, graph },
      )
    }
  } finally {
    await session.close()
  }
}

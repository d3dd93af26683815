import neo4j from 'neo4j-driver'
import type { Generation } from '../../port.ts'
import { readTimeoutMs, type Connection } from './connection.ts'

// A space names its live generation by the prefix of its keys. Every question looks there in the same statement, so it
// reads one generation from end to end. One that stepped down is dropped only after no question can still be at it.

const graceMs = 2 * readTimeoutMs

/** The beginning of every question: binds `graph`, the prefix of the live generation. No row before one was published. */
export const live = 'MATCH (space:MillraceSpace {name: $space}) WITH space.graph AS graph'

export const prefixOf = (space: string, generation: number): string => `${space}/${generation}/`

export async function liveGeneration({ read }: Connection): Promise<Generation | null> {
  const [row] = await read<Generation>(
    `MATCH (space:MillraceSpace {name: $space})
     MATCH (g:MillraceGeneration {space: $space, number: space.live})
     RETURN g.number AS number, g.version AS version, g.watermark AS watermark`,
  )
  return row ?? null
}

export async function beginGeneration({ writing }: Connection, version: string): Promise<number> {
  const [row] = await writing((run) =>
    run<{ number: number }>(
      `OPTIONAL MATCH (g:MillraceGeneration {space: $space})
       WITH coalesce(max(g.number), 0) + 1 AS number
       CREATE (:MillraceGeneration {space: $space, number: number, version: $version, watermark: '0'})
       RETURN number`,
      { version },
    ),
  )
  return row!.number
}

/** One transaction: at any moment exactly one generation is live. */
export async function goLive({ space, writing }: Connection, generation: number, watermark: string): Promise<void> {
  const rows = await writing((run) =>
    run(
      `MATCH (next:MillraceGeneration {space: $space, number: $number})
       SET next.watermark = $watermark
       MERGE (space:MillraceSpace {name: $space})
       WITH next, space, space.live AS before
       SET space.live = next.number, space.graph = $graph
       WITH next, before
       OPTIONAL MATCH (old:MillraceGeneration {space: $space, number: before}) WHERE old <> next
       SET old.retiredAt = timestamp()
       RETURN next.number AS number`,
      { number: neo4j.int(generation), watermark, graph: prefixOf(space, generation) },
    ),
  )
  if (rows.length === 0) throw new Error(`There is no generation ${generation} of the graph to publish: rebuild it`)
}

/**
 * Drops what was never published, and what stepped down long enough ago: relationships, then nodes, in steps, since a
 * transaction is held in memory; the generation itself last, so that an interrupted drop goes on the next time.
 */
export async function dropOthers({ space, read, alone, writing }: Connection): Promise<void> {
  const others = await read<{ number: number }>(
    `MATCH (g:MillraceGeneration {space: $space})
     WHERE NOT EXISTS { MATCH (s:MillraceSpace {name: $space}) WHERE s.live = g.number }
       AND coalesce(g.retiredAt < timestamp() - $graceMs, true)
     RETURN g.number AS number`,
    { graceMs: neo4j.int(graceMs) },
  )
  for (const { number } of others) {
    const graph = prefixOf(space, number)
    await alone(
      `MATCH (n:MillraceNode) WHERE n._key STARTS WITH $graph
       CALL (n) { MATCH (n)-[e]->() DELETE e } IN TRANSACTIONS OF 500 ROWS`,
      { graph },
    )
    await alone(
      `MATCH (n:MillraceNode) WHERE n._key STARTS WITH $graph
       CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS`,
      { graph },
    )
    await writing((run) =>
      run('MATCH (g:MillraceGeneration {space: $space, number: $number}) DELETE g', { number: neo4j.int(number) }),
    )
  }
}

import { batchOf } from '../batch.ts'
import type { GraphStore } from '../port.ts'
import { connect, type Settings } from './neo4j/connection.ts'
import { census, digests } from './neo4j/counting.ts'
import { beginGeneration, dropOthers, goLive, liveGeneration, prefixOf } from './neo4j/generations.ts'
import { personContext } from './neo4j/person.ts'
import { contentFor, lineage, related } from './neo4j/reading.ts'
import { prepare } from './neo4j/schema.ts'
import { segment } from './neo4j/segment.ts'
import { neighbourhood, shortestPath } from './neo4j/walking.ts'
import { writeBatch } from './neo4j/writing.ts'

/** The graph in Neo4j (docs/neo4j.md). It holds a pool of connections until it is closed. */
export function neo4jGraph(settings: Settings): GraphStore & { close: () => Promise<void> } {
  const connection = connect(settings)
  const graph = (generation: number): string => prefixOf(connection.space, generation)
  return {
    live: () => liveGeneration(connection),
    begin: async (version) => {
      await prepare(connection)
      await dropOthers(connection)
      return beginGeneration(connection, version)
    },
    apply: async (generation, { put, gone }) => writeBatch(connection, graph(generation), batchOf(put), gone),
    census: (generation) => census(connection, graph(generation)),
    digests: (generation, page) => digests(connection, graph(generation), page),
    publish: async (generation, watermark) => {
      await goLive(connection, generation, watermark)
      await dropOthers(connection)
    },
    personContext: (id, question) => personContext(connection, id, question),
    neighbourhood: (node, walk) => neighbourhood(connection, node, walk),
    related: (node, question) => related(connection, node, question),
    contentFor: (subjects, question) => contentFor(connection, subjects, question),
    segment: (rule, question) => segment(connection, rule, question),
    path: (from, to, walk) => shortestPath(connection, from, to, walk),
    lineage: (node, limit) => lineage(connection, node, limit),
    close: () => connection.close(),
  }
}

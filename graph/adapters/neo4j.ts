import neo4j from 'neo4j-driver'
import { batchOf, ofLive } from '../batch.ts'
import type { Generation, GraphStore } from '../port.ts'
import { beginGeneration, dropOthers, goLive, liveGeneration } from './neo4j/generations.ts'
import { contentFor, lineage, personContext, related } from './neo4j/reading.ts'
import type { Space } from './neo4j/rows.ts'
import { segment } from './neo4j/segment.ts'
import { neighbourhood, shortestPath } from './neo4j/walking.ts'
import { census, writeBatch } from './neo4j/writing.ts'

type Settings = {
  /** `bolt://` or `neo4j://`, Neo4j 5.26 or newer. */
  uri: string
  user?: string
  /** None for a server that asks for none. */
  password?: string | undefined
  /** Keeps several graphs apart in one database. */
  space?: string
}

/** The graph in Neo4j. It holds a pool of connections until it is closed. */
export function neo4jGraph(settings: Settings): GraphStore & { close: () => Promise<void> } {
  const auth = settings.password ? neo4j.auth.basic(settings.user ?? 'neo4j', settings.password) : undefined
  // Counts and money are far below 2^53, and written as integers: as plain numbers they lose nothing.
  const driver = neo4j.driver(settings.uri, auth, { disableLosslessIntegers: true })
  const name = settings.space ?? 'millrace'
  const space = (generation: number): Space => ({ driver, graph: `${name}/${generation}` })
  const live = (): Promise<Generation | null> => liveGeneration(driver, name)
  return {
    live,
    begin: async (version) => {
      await dropOthers(driver, name)
      return beginGeneration(driver, name, version)
    },
    apply: async (generation, { put, gone }) => writeBatch(space(generation), batchOf(put), gone),
    census: (generation) => census(space(generation)),
    publish: async (generation, watermark) => {
      await goLive(driver, { name, generation, watermark })
      await dropOthers(driver, name)
    },
    personContext: (id, question) => ofLive(live, null, (generation) => personContext(space(generation), id, question)),
    neighbourhood: (node, walk) =>
      ofLive(live, { nodes: [], edges: [] }, (generation) => neighbourhood(space(generation), node, walk)),
    related: (id, question) => ofLive(live, [], (generation) => related(space(generation), id, question)),
    contentFor: (subjects, question) =>
      ofLive(live, { facts: [], chunks: [] }, (generation) => contentFor(space(generation), subjects, question)),
    segment: (rule, at) => ofLive(live, [], (generation) => segment(space(generation), rule, at)),
    path: (from, to, walk) => ofLive(live, null, (generation) => shortestPath(space(generation), from, to, walk)),
    lineage: (node) => ofLive(live, [], (generation) => lineage(space(generation), node)),
    close: () => driver.close(),
  }
}

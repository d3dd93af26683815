import { one, type Db, type Queryable } from '#kernel/db.ts'
import type { Sql } from '#kernel/sql.ts'
import { batchOf, censusOf, endsOf, ofLive, ownedBy, type Batch, type Tally } from '../batch.ts'
import type {
  EdgeKind,
  Generation,
  GraphEdge,
  GraphNode,
  GraphStore,
  Neighbourhood,
  NodeRef,
  Path,
  PersonContext,
  Weighted,
} from '../port.ts'
import type { SegmentRule } from '../segment-rule.ts'
import * as changes from '../queries/changes.ts'
import * as generations from '../queries/generations.ts'
import * as reading from '../queries/reading.ts'
import { peopleOf } from '../queries/segment.ts'
import * as walking from '../queries/walking.ts'

/** The graph as edge tables beside the canonical ones: no second server to keep. */
export function postgresGraph(db: Db): GraphStore {
  const live = (): Promise<Generation | null> => liveGeneration(db)
  return {
    live,
    begin: (version) => begin(db, version),
    apply: async (generation, { put, gone }) => {
      const batch = batchOf(put)
      await db.transaction((tx) => write(tx, generation, batch, gone))
    },
    census: async (generation) =>
      censusOf(
        await db.query<Tally>(changes.tallyNodes(generation)),
        await db.query<Tally>(changes.tallyEdges(generation)),
      ),
    publish: (generation, watermark) => publish(db, generation, watermark),
    personContext: (id, { at, limit }) =>
      ofLive(live, null, (generation) => personContext(db, { generation, at }, id, limit)),
    neighbourhood: (start, { at, limit, depth, kinds }) =>
      ofLive(live, { nodes: [], edges: [] }, (generation) =>
        neighbourhood(db, { generation, at }, start, { depth, limit, kinds: kinds ?? null }),
      ),
    related: (id, { at, limit }) =>
      ofLive(live, [], (generation) => weighted(db, reading.relatedTo({ generation, at }, id, limit))),
    contentFor: (subjects, { at, limit }) =>
      ofLive(live, { facts: [], chunks: [] }, async (generation) => ({
        facts: await db.query<GraphNode>(reading.factsAbout({ generation, at }, subjects, limit)),
        chunks: await weighted(db, reading.chunksAbout({ generation, at }, subjects, limit)),
      })),
    segment: (rule, at) => ofLive(live, [], (generation) => people(db, { generation, at }, rule)),
    path: (from, to, { at, maxSteps }) =>
      ofLive(live, null, (generation) => shortestPath(db, { generation, at }, { from, to, maxSteps })),
    lineage: (node) => ofLive(live, [], (generation) => db.query(reading.originsOf(generation, node))),
  }
}

async function liveGeneration(db: Db): Promise<Generation | null> {
  const [row] = await db.query<Generation>(generations.liveGeneration())
  return row ?? null
}

async function begin(db: Db, version: string): Promise<number> {
  await dropOthers(db)
  const { number } = await one<{ number: number }>(db, generations.newGeneration(version))
  return number
}

async function publish(db: Db, generation: number, watermark: string): Promise<void> {
  if ((await liveGeneration(db))?.number !== generation) await db.query(generations.takeStatistics())
  await db.transaction(async (tx) => {
    await tx.query(generations.stepDown(generation))
    const moved = await tx.query(generations.goLive(generation, watermark))
    if (moved.length === 0) throw new Error(`There is no generation ${generation} of the graph to publish: rebuild it`)
  })
  await dropOthers(db)
}

async function dropOthers(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(generations.dropOtherEdges())
    await tx.query(generations.dropOtherNodes())
    await tx.query(generations.dropOthers())
  })
}

async function write(tx: Queryable, generation: number, batch: Batch, gone: readonly NodeRef[]): Promise<void> {
  const owners = [...batch.nodes, ...gone]
  const taken = [
    ...(await tx.query<Ends>(changes.takeEdgesFrom(generation, owners, ownedBy('from')))),
    ...(await tx.query<Ends>(changes.takeEdgesTo(generation, owners, ownedBy('to')))),
  ]
  await tx.query(changes.bareNodes(generation, gone))
  await tx.query(changes.putNodes(generation, batch.nodes))
  await tx.query(changes.putEdges(generation, batch.edges))
  await tx.query(changes.putBareNodes(generation, endsOf(batch.edges)))
  await tx.query(changes.removeLonelyBareNodes(generation, [...endsOf(taken), ...gone]))
}

type Ends = { from: NodeRef; to: NodeRef }

async function neighbourhood(
  db: Queryable,
  asked: reading.Asked,
  start: NodeRef,
  walk: walking.Walk,
): Promise<Neighbourhood> {
  const nodes = await db.query<GraphNode & { distance: number }>(walking.nodesWithin(asked, start, walk))
  return { nodes, edges: await db.query<GraphEdge>(walking.edgesAmong(asked, nodes)) }
}

async function shortestPath(db: Queryable, asked: reading.Asked, way: walking.Way): Promise<Path | null> {
  const rows = await db.query<GraphNode & { edge: EdgeKind | null }>(walking.shortestPath(asked, way))
  if (rows.length === 0) return null
  const steps = rows.map(({ edge, ...node }) => ({ edge, node }))
  return { nodes: steps.map(({ node }) => node), kinds: steps.flatMap(({ edge }) => edge ?? []) }
}

async function people(db: Queryable, asked: reading.Asked, rule: SegmentRule): Promise<string[]> {
  const rows = await db.query<{ id: string }>(peopleOf(asked, rule))
  return rows.map(({ id }) => id)
}

async function personContext(
  db: Queryable,
  asked: reading.Asked,
  personId: string,
  limit: number,
): Promise<PersonContext | null> {
  const [person] = await db.query<GraphNode>(reading.nodeAt(asked, { kind: 'person', id: personId }))
  if (!person) return null
  const [totals] = await db.query<PersonContext['totals']>(reading.totalsOf(asked, personId))
  return {
    person,
    identifiers: await db.query<GraphNode>(reading.identifiersOf(asked, personId)),
    totals: totals!,
    orders: await db.query<PersonContext['orders'][number]>(reading.ordersOf(asked, personId, limit)),
    events: await db.query<GraphNode>(reading.thingsOf(asked, personId, 'did', limit)),
    consents: await db.query<GraphNode>(reading.thingsOf(asked, personId, 'consented', limit)),
    interests: await weighted(db, reading.interestsOf(asked, personId, limit)),
  }
}

async function weighted(db: Queryable, statement: Sql): Promise<Weighted[]> {
  const rows = await db.query<GraphNode & { weight: number }>(statement)
  return rows.map(({ weight, ...node }) => ({ node, weight }))
}

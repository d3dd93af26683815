import { liveSurvivorship, type Survivorship } from '#ingest/identity/survivorship.ts'
import type { Clock } from '#kernel/clock.ts'
import { one, type Db } from '#kernel/db.ts'
import { underLease } from '#kernel/leases.ts'
import type { Sql } from '#kernel/sql.ts'
import { batchOf, tallier } from './batch.ts'
import * as say from './changes.ts'
import type { Census, Change, Generation, GraphStore, NodeRef } from './port.ts'
import * as canonical from './queries/canonical.ts'

/** What the graph says of a row. When it changes, or the rules by which golden values win, the next projection rebuilds. */
const saying = 'graph-1'

const pageSize = 500
const leaseMs = 60_000

type Deps = { db: Db; clock: Clock; store: GraphStore }
type Batch = { put: Change[]; gone: NodeRef[] }

export type Projection =
  | {
      kind: 'projected'
      generation: number
      rebuilt: boolean
      /** Changes applied, each a node with its edges. */
      changes: number
      /** In the whole graph now, ends that no row speaks of not counted. */
      nodes: number
      edges: number
      watermark: string
    }
  | { kind: 'busy'; why: string }

/**
 * Brings the graph up to date with the canonical tables: what changed since its watermark, or everything into a new
 * generation that takes the place of the live one when counts and checksum agree. Safe to repeat and to kill: the
 * watermark moves last, and what is applied again changes nothing. One projection runs at a time.
 * @param input.rebuild everything anew, though the live generation could be continued
 */
export async function project(deps: Deps, input: { rebuild?: boolean } = {}): Promise<Projection> {
  const done = await underLease(deps, 'graph-projection', leaseMs, (mine) => projectNow(deps, input, mine))
  return done ?? { kind: 'busy', why: 'Another process is projecting the graph: wait for it to finish' }
}

async function projectNow(deps: Deps, input: { rebuild?: boolean }, mine: () => boolean): Promise<Projection> {
  const live = await deps.store.live()
  const { hash, rules } = await liveSurvivorship(deps.db)
  const version = hash === null ? saying : `${saying} ${hash}`
  const { watermark } = await one<{ watermark: string }>(deps.db, canonical.watermarkNow())
  const goOn = !input.rebuild && live?.version === version && !(await isOfAnother(deps.db, live.watermark))
  const built = goOn ? await update({ ...deps, rules }, live, mine) : await rebuild({ ...deps, rules }, version, mine)
  await deps.store.publish(built.generation, watermark)
  const census = await deps.store.census(built.generation)
  return {
    kind: 'projected',
    ...built,
    rebuilt: !goOn,
    nodes: total(census.nodes),
    edges: total(census.edges),
    watermark,
  }
}

const total = (counts: Census['nodes']): number => Object.values(counts).reduce((sum, count) => sum + count, 0)

async function isOfAnother(db: Db, watermark: string): Promise<boolean> {
  return (await one<{ ahead: boolean }>(db, canonical.isAhead(watermark))).ahead
}

type Projecting = Deps & { rules: Survivorship }

async function update({ db, store, rules }: Projecting, live: Generation, mine: () => boolean): Promise<Built> {
  const generation = live.number
  let changes = 0
  for await (const batch of batches(db, live.watermark, rules)) {
    mustBe(mine)
    await store.apply(generation, batch)
    changes += batch.put.length + batch.gone.length
  }
  return { generation, changes }
}

async function rebuild({ db, store, rules }: Projecting, version: string, mine: () => boolean): Promise<Built> {
  const generation = await store.begin(version)
  const sent = tallier()
  let changes = 0
  for await (const batch of batches(db, '0', rules)) {
    mustBe(mine)
    await store.apply(generation, batch)
    sent.add(batchOf(batch.put))
    changes += batch.put.length
  }
  mustAgree(sent.census(), await store.census(generation))
  return { generation, changes }
}

type Built = { generation: number; changes: number }

function mustBe(mine: () => boolean): void {
  if (!mine()) throw new Error('Another process took over the projection of the graph: run it again')
}

const counts = ({ nodes, edges }: Census): string => JSON.stringify({ nodes, edges })

function mustAgree(sent: Census, kept: Census): void {
  if (sent.checksum === kept.checksum) return
  throw new Error(
    `The rebuilt graph is not what was sent, so the old one stays live: rebuild again. Sent ${counts(sent)}, kept ${counts(kept)}`,
  )
}

/** What changed, page by page. Ends of edges come before the edges as a rule, and are bare until then otherwise. */
async function* batches(db: Db, since: string, rules: Survivorship): AsyncGenerator<Batch> {
  await db.query(canonical.noteNames({ since }))
  yield* pages(db, since, canonical.documents, say.documentChange)
  yield* pages(db, since, canonical.chunks, say.chunkChange)
  yield* pages(db, since, canonical.products, say.productChange, (row) => row.title === null)
  yield* pages(db, since, canonical.facts, say.factChange)
  yield* pages(db, since, canonical.campaigns, say.campaignChange, (row) => row.found === null)
  yield* pages(db, since, canonical.identifiers, say.identifierChange)
  // Of a person without identifiers nobody is left: these, which came before, have moved on.
  yield* pages(
    db,
    since,
    canonical.people,
    (row: say.PersonRow) => say.personChange(row, rules),
    (row) => row.identifiers === 0,
  )
  yield* pages(db, since, canonical.orders, say.orderChange)
  yield* pages(db, since, canonical.events, say.eventChange)
  yield* pages(db, since, canonical.consents, say.consentChange)
}

async function* pages<Row extends { key: string }>(
  db: Db,
  since: string,
  query: (page: canonical.Page) => Sql,
  change: (row: Row) => Change,
  isGone: (row: Row) => boolean = () => false,
): AsyncGenerator<Batch> {
  for (let after = ''; ;) {
    const rows = await db.query<Row>(query({ since, after, limit: pageSize }))
    const [put, gone] = [rows.filter((row) => !isGone(row)), rows.filter(isGone)]
    if (rows.length > 0) yield { put: put.map(change), gone: gone.map((row) => change(row).node) }
    if (rows.length < pageSize) return
    after = rows.at(-1)!.key
  }
}

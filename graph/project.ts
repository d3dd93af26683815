import { liveSurvivorship, type Survivorship } from '#ingest/identity/survivorship.ts'
import type { Clock } from '#kernel/clock.ts'
import { one, type Db } from '#kernel/db.ts'
import { underLease } from '#kernel/leases.ts'
import { readAhead } from '#kernel/read-ahead.ts'
import { batchOf, tallier } from './batch.ts'
import { everyCanon, type Said } from './canon.ts'
import type { Census, Change, Generation, GraphStore, NodeRef } from './port.ts'
import { isAhead, watermarkNow } from './queries/canonical.ts'

/** What the graph says of a row. When it changes, or the rules by which golden values win, the next projection rebuilds. */
const saying = 'graph-2'

/** Rows read, and written, at once. While one page is written the next is read, and no more: a slow store is not buried. */
const pageSize = 2_000

/** One projection, or check, at a time. */
export const projectionLease = 'graph-projection'
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
  const done = await underLease(deps, projectionLease, leaseMs, (mine) => projectNow(deps, input, mine))
  return done ?? { kind: 'busy', why: 'Another process is projecting the graph: wait for it to finish' }
}

async function projectNow(deps: Deps, input: { rebuild?: boolean }, mine: () => boolean): Promise<Projection> {
  const live = await deps.store.live()
  const { version, rules } = await currentSaying(deps.db)
  const { watermark } = await one<{ watermark: string }>(deps.db, watermarkNow())
  const goOn = !input.rebuild && live?.version === version && !(await isOfAnother(deps.db, live.watermark))
  const built = goOn ? await update({ ...deps, rules }, live, mine) : await rebuild({ ...deps, rules }, version, mine)
  await deps.store.publish(built.generation, watermark)
  return { kind: 'projected', ...built, rebuilt: !goOn, watermark }
}

/** By which rules rows are said now, and the version that a graph said by them carries. */
export async function currentSaying(db: Db): Promise<{ version: string; rules: Survivorship }> {
  const { hash, rules } = await liveSurvivorship(db)
  return { version: hash === null ? saying : `${saying} ${hash}`, rules }
}

/** How much a generation holds, ends that no row speaks of not counted. */
export const sizeOf = ({ nodes, edges }: Census): { nodes: number; edges: number } => ({
  nodes: total(nodes),
  edges: total(edges),
})

const total = (counts: Census['nodes']): number => Object.values(counts).reduce((sum, count) => sum + count, 0)

async function isOfAnother(db: Db, watermark: string): Promise<boolean> {
  return (await one<{ ahead: boolean }>(db, isAhead(watermark))).ahead
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

/** What changed since a watermark, page by page; of everything ('0') nothing is gone. */
async function* batches(db: Db, since: string, rules: Survivorship): AsyncGenerator<Batch> {
  for await (const page of readAhead(pages(db, since, rules))) {
    const put = page.flatMap(({ change }) => change ?? [])
    const gone = page.flatMap(({ ref, change }) => (change === null ? [ref] : []))
    yield { put, gone: since === '0' ? [] : gone }
  }
}

async function* pages(db: Db, since: string, rules: Survivorship): AsyncGenerator<Said[]> {
  for (const { read } of everyCanon(rules)) {
    for (let after = '', full = true; full;) {
      const page = await read(db, { since, after, limit: pageSize })
      if (page.length > 0) yield page
      full = page.length === pageSize
      after = page.at(-1)?.ref.id ?? after
    }
  }
}

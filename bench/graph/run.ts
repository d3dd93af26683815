/**
 * The graph of a made-up shop in both stores, side by side: how fast it is written and how fast it answers.
 * `node bench/graph/run.ts [--store postgres|neo4j|both] [--pg-url postgres://…] [--neo4j-url bolt://…]`; a server that is
 * not named is started for the run. `--edges 1000000`, `--people 1000000` (of the segments; 0: none), `--canonical 200000`
 * (edges projected from canonical tables; 0: none), `--asked 1000`, `--batch 500`.
 */
import { parseArgs } from 'node:util'
import type { Db } from '#kernel/db.ts'
import { measureCanonical } from './canonical.ts'
import { say } from './measure.ts'
import { measureReading } from './reading.ts'
import { measureSegments } from './segments.ts'
import { started } from './servers.ts'
import { busyShop, wideShop } from './shop.ts'
import { inDatabase, postgresBench, type Bench } from './stores.ts'
import { fill } from './writing.ts'

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'both' },
    'pg-url': { type: 'string' },
    'neo4j-url': { type: 'string' },
    edges: { type: 'string', default: '1000000' },
    people: { type: 'string', default: '1000000' },
    canonical: { type: 'string', default: '200000' },
    asked: { type: 'string', default: '1000' },
    batch: { type: 'string', default: '500' },
  },
})

const [edges, people, canonical, asked, batch] = [values.edges, values.people, values.canonical, values.asked, values.batch].map(Number) as [number, number, number, number, number] // prettier-ignore
const stops: (() => Promise<void>)[] = []

async function serving(name: 'postgres' | 'neo4j'): Promise<string> {
  const { url, stop } = await started(name)
  stops.push(stop)
  return url
}

const wanted = values.store === 'both' ? ['postgres', 'neo4j'] : [values.store]
const urls = {
  postgres: wanted.includes('postgres') || canonical > 0 ? (values['pg-url'] ?? (await serving('postgres'))) : '',
  neo4j: wanted.includes('neo4j') ? (values['neo4j-url'] ?? (await serving('neo4j'))) : '',
}
const openNeo4j = async (): Promise<Bench> => (await import('./neo4j-store.ts')).neo4jBench(urls.neo4j)
const open: Record<string, () => Promise<Bench>> = { postgres: () => postgresBench(urls.postgres), neo4j: openNeo4j }

/** One store after another, each filled alone on the machine; answers of the two are compared. */
async function onEach(work: (bench: Bench) => Promise<unknown>): Promise<void> {
  const answers: unknown[] = []
  for (const name of wanted) {
    const bench = await open[name]!()
    try {
      answers.push(await work(bench))
    } finally {
      await bench.close()
    }
  }
  if (answers.some((answer) => JSON.stringify(answer) !== JSON.stringify(answers[0])))
    say('THE STORES ANSWER DIFFERENTLY')
}

try {
  if (edges > 0) {
    await onEach(async (bench) => {
      const habits = busyShop(edges)
      await fill(bench, habits, batch)
      return measureReading(bench, habits, asked)
    })
  }
  if (people > 0) {
    await onEach(async (bench) => {
      await fill(bench, wideShop(people), Math.max(batch, 2_000))
      return measureSegments(bench)
    })
  }
  if (canonical > 0) {
    const stores = wanted.map((name) => (name === 'neo4j' ? openNeo4j : (db: Db) => Promise.resolve(inDatabase(db))))
    await measureCanonical({ postgres: urls.postgres, stores, edges: canonical })
  }
} finally {
  for (const stop of stops) await stop()
}

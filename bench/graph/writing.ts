import { performance } from 'node:perf_hooks'
import { batchOf } from '#graph/batch.ts'
import { line, say, took } from './measure.ts'
import { inBatches, shop, type Habits } from './shop.ts'
import type { Bench } from './stores.ts'

/** Fills a generation and publishes it. What is made up is made before the clock runs. */
export async function fill({ name, store }: Bench, habits: Habits, batchSize: number): Promise<void> {
  const generation = await store.begin('bench')
  let [nodes, edges, ms, baseline] = [0, 0, 0, 0]
  const from = performance.now()
  for (const put of inBatches(shop(habits), batchSize)) {
    nodes += put.length
    const before = edges
    edges += put.reduce((sum, change) => sum + change.edges.length, 0)
    const start = performance.now()
    batchOf(put)
    baseline += performance.now() - start
    ms += (await took(() => store.apply(generation, { put, gone: [] }))).ms
    if (Math.floor(before / 250_000) < Math.floor(edges / 250_000)) say(`  ${name}: ${edges} edges after ${Math.round((performance.now() - from) / 1000)} s`) // prettier-ignore
  }
  const publishing = await took(() => store.publish(generation, '1'))
  line('written by apply', name, { nodes, edges, 'edges/s': edges / (ms / 1000), 'digests alone, share of the time': `${Math.round((baseline / ms) * 100)} %`, 'published in s': publishing.ms / 1000 }) // prettier-ignore
}

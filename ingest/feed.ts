import { messageOf, RefusedError } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { commitBatch } from './batch.ts'
import type { BatchRun } from './decide.ts'
import { cursorOf, moveCursor } from './queries/cursors.ts'
import {
  finishRun,
  forgetOccurrences,
  insertRun,
  runById,
  unfinishedRun,
  type RunCounts,
  type RunPlace,
} from './queries/runs.ts'
import { reportOf, settingOf, type IngestDeps, type RunReport } from './run.ts'
import type { Item, Setting, Source } from './source.ts'

/** A page of a vendor's API: its objects, each as the vendor wrote it, and where the next call goes on once they are in. */
export type Page = { objects: readonly Buffer[]; cursor: unknown; more: boolean }

/** A vendor's API, read stream by stream from a kept cursor (any JSON). */
export type Feed = {
  /** Reads the objects: the same source that reads the vendor's files. */
  source: Source
  /** Such as `customers`, `invoices`; pulled in this order. */
  streams: readonly string[]
  /** Pages from the cursor of the last page that was kept on; without a cursor, from the start. */
  pages: (stream: string, cursor: unknown, setting: Setting) => AsyncIterable<Page>
}

/**
 * Which streams are pulled (all unless told), who is told after each page and each stream, and what ends the pull after
 * the page under way.
 */
export type Pull = {
  streams?: readonly string[]
  onPage?: (stream: string, counts: RunCounts) => void
  onReport?: (report: RunReport) => void
  signal?: AbortSignal
}

/**
 * Pulls what is new at a vendor, one run a stream. Each page commits with its cursor, so that a pull that was killed goes
 * on behind the last page that is in. A stream that fails keeps its cursor and does not hold up the others; the pull
 * then ends with an Error that names it. Throws a RefusedError when another process pulls the same stream.
 */
export async function runFeed(deps: IngestDeps, feed: Feed, input: Pull = {}): Promise<RunReport[]> {
  const reports: RunReport[] = []
  const faults: { stream: string; fault: unknown }[] = []
  for (const stream of input.streams ?? feed.streams) {
    if (input.signal?.aborted) break
    try {
      const report = await pullStream(deps, feed, stream, input)
      reports.push(report)
      input.onReport?.(report)
    } catch (fault) {
      if (fault instanceof RefusedError) throw fault
      faults.push({ stream, fault })
    }
  }
  const [first] = faults
  if (!first) return reports
  const told = faults.map(({ stream, fault }) => `${stream} (${messageOf(fault)})`).join(', ')
  throw new Error(`${feed.source.name}: ${told} could not be pulled; the next pull goes on there`, {
    cause: first.fault,
  })
}

async function pullStream(deps: IngestDeps, feed: Feed, stream: string, input: Pull): Promise<RunReport> {
  const { run, place, resumed } = await beginPull(deps, feed.source, stream)
  try {
    await takePages(deps, feed, { ...input, stream, run, place })
  } catch (fault) {
    // Whoever goes on with this run ends it; after any other fault the next pull starts at the cursor.
    if (fault instanceof RefusedError) throw fault
    await endPull(deps, run, messageOf(fault)).catch((second: unknown) => {
      deps.log.error({ run: run.id, fault: messageOf(second) }, 'a pull that failed could not be ended')
    })
    throw fault
  }
  // A pull that was told to stop is left as a kill leaves it: the next one goes on with it.
  if (!input.signal?.aborted) await endPull(deps, run, null)
  return reportOf(deps, run.id, resumed)
}

type Pulling = Pick<Pull, 'onPage' | 'signal'> & { stream: string; run: BatchRun; place: RunPlace }

async function takePages(deps: IngestDeps, feed: Feed, pulling: Pulling): Promise<void> {
  const { stream, run, onPage, signal } = pulling
  const setting = settingOf(deps)
  const of = { source: run.source, stream }
  let { place } = pulling
  let from = await cursorOf(deps.db, of)
  for await (const page of feed.pages(stream, from, setting)) {
    const items = await itemsOf(feed.source, stream, page, setting)
    const step = { from, to: page.cursor, run: run.id, at: deps.clock() }
    place = await commitBatch(deps, run, items, place, async (tx) => {
      if (await moveCursor(tx, of, step)) return
      throw new RefusedError(`Another process has pulled the ${stream} of ${run.source}: leave it to that one`)
    })
    from = page.cursor
    if (onPage) onPage(stream, await countsOf(deps, run))
    if (!page.more || signal?.aborted) return
  }
}

/** What the objects of a page say. Each is an input of its own: where it stood on the page means nothing next time. */
async function itemsOf(source: Source, stream: string, page: Page, setting: Setting): Promise<Item[]> {
  const file = `api:${stream}`
  const items: Item[] = []
  for (const raw of page.objects) {
    for await (const item of source.read({ file, bytes: once(raw) }, setting)) {
      const placed = item.is === 'row' || item.is === 'rejected'
      items.push(placed ? { ...item, place: { file, offset: item.place.offset, length: item.place.length } } : item)
    }
  }
  return items
}

/** One piece of bytes, as a source reads them. */
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve()
  yield bytes
}

async function beginPull(
  deps: IngestDeps,
  source: Source,
  stream: string,
): Promise<{ run: BatchRun; place: RunPlace; resumed: boolean }> {
  const wanted = { source: source.name, input: `api:${stream}`, fingerprint: 'pull' }
  const known = { source: source.name, reading: source.reading, again: false, replay: false, live: 'pulled' as const }
  const unfinished = await unfinishedRun(deps.db, wanted)
  if (unfinished) return { run: { ...known, id: unfinished.id }, place: unfinished.place, resumed: true }
  const place: RunPlace = { items: 0, asides: {} }
  await insertRun(deps.db, { ...wanted, id: newId<'run'>(deps.clock), place }, deps.clock())
  const begun = await unfinishedRun(deps.db, wanted)
  if (!begun) throw new RefusedError(`Another process has pulled the ${stream} of ${source.name}: leave it to that one`)
  return { run: { ...known, id: begun.id }, place: begun.place, resumed: false }
}

async function endPull(deps: IngestDeps, run: BatchRun, problem: string | null): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await forgetOccurrences(tx, run.id)
    await finishRun(tx, run.id, { state: problem === null ? 'done' : 'failed', problem, at: deps.clock() })
  })
}

async function countsOf({ db }: IngestDeps, { id }: BatchRun): Promise<RunCounts> {
  const row = await runById(db, id)
  if (!row) throw new Error(`Run ${id} is gone from the database while it was going on`)
  const { received, accepted, unchanged, quarantined } = row
  return { received, accepted, unchanged, quarantined }
}

import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { messageOf, UsageError } from '#kernel/errors.ts'
import { newId, type RunId } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { readAhead } from '#kernel/read-ahead.ts'
import { commitExamined } from './batch.ts'
import { countryOfZone } from './cleanse/country.ts'
import type { BatchRun } from './decide.ts'
import { examiner, type Examined } from './examine.ts'
import { keepOnlyDocuments } from './queries/document-versions.ts'
import { problemsOfRun, type Problem } from './queries/quarantine.ts'
import { finishRun, forgetOccurrences, insertRun, lastFingerprint, runById, unfinishedRun, type RunCounts, type RunPlace } from './queries/runs.ts' // prettier-ignore
import { bytesOf, fingerprintOf, inputFiles, sizeOf, type InputFile } from './reading/input-files.ts'
import type { Header, Item, Setting, Source } from './source.ts'

/** The business whose data comes in. `country` is that of its zone unless told. */
export type Business = { zone: string; currency: string; country?: string | undefined }

export type IngestDeps = {
  db: Db
  clock: Clock
  /** The key under which records are sealed and hashed. */
  recordsKey: Uint8Array
  business: Business
  log: Log
  /** Called after each commit with the counters so far, and how many bytes of the input are read, of how many. */
  onProgress?: (counts: RunCounts, bytes: Reached) => void
  /** How many rows commit together; 4,000 unless told. */
  rowsPerBatch?: number
}

export type Reached = { done: number; total: number }

/**
 * What a run did: received = accepted + unchanged + quarantined. `asides` counts lines that are no rows of data
 * (titles, totals), by what they are; `problems` what kept rows out, with the place of one of each.
 */
export type RunReport = RunCounts & {
  runId: RunId
  source: string
  input: string
  resumed: boolean
  asides: Record<string, number>
  problems: Problem[]
}

const rowsPerBatch = 4000
const rowsPerBreath = 50
const bytesPerBatch = 4 * 1024 * 1024
const start: RunPlace = { items: 0, asides: {} }

/**
 * Takes in a file, or the files of a folder. Each batch commits whole, with the place reached; a run that was killed
 * goes on there when it is started again over the same bytes, and a run over what is already in changes nothing.
 * Throws a UsageError, before anything is written, for an input that is missing, empty or not of this format.
 */
export async function runSource(deps: IngestDeps, source: Source, input: { path: string }): Promise<RunReport> {
  const path = resolve(input.path)
  const files = await inputFiles(path, source)
  const fingerprint = await fingerprintOf(files, source.reading)
  const { run, place, resumed } = await beginRun(deps, source, path, fingerprint)
  const reached: Reached = { done: 0, total: await sizeOf(files) }
  try {
    await takeIn(deps, run, itemsOf(files, source, settingOf(deps), reached), { place, reached })
  } catch (fault) {
    // A faulty input ends the run; after any other fault it can go on from its place.
    if (fault instanceof UsageError)
      await finishRun(deps.db, run.id, { state: 'failed', problem: fault.message, at: deps.clock() }) // prettier-ignore
    else deps.log.error({ run: run.id, source: source.name, fault: messageOf(fault) }, 'ingest stopped')
    throw fault
  }
  await deps.db.transaction(async (tx) => {
    const at = deps.clock()
    if (source.whole && files[0]?.path !== path)
      await keepOnlyDocuments(tx, source.name, { input: path, uris: files.map((file) => file.name), at })
    await forgetOccurrences(tx, run.id)
    await finishRun(tx, run.id, { state: 'done', problem: null, at })
  })
  return reportOf(deps, run.id, resumed)
}

async function beginRun(
  deps: IngestDeps,
  source: Source,
  input: string,
  fingerprint: string,
): Promise<{ run: BatchRun; place: RunPlace; resumed: boolean }> {
  const again = (await lastFingerprint(deps.db, source.name, input)) === fingerprint
  const wanted = { source: source.name, input, fingerprint }
  const known = { source: source.name, reading: source.reading, layout: source.layout, again, replay: false }
  const unfinished = await unfinishedRun(deps.db, wanted)
  if (unfinished) return { run: { ...known, id: unfinished.id }, place: unfinished.place, resumed: true }
  const fresh = { ...wanted, id: newId<'run'>(deps.clock), place: start, reading: source.reading }
  await insertRun(deps.db, fresh, deps.clock())
  const begun = await unfinishedRun(deps.db, wanted)
  if (!begun) throw new Error('The run that was just begun is gone: another process has finished it')
  return { run: { ...known, id: begun.id }, place: begun.place, resumed: false }
}

/** What sources may know of the business. */
export const settingOf = ({ clock, business }: Pick<IngestDeps, 'clock' | 'business'>): Setting => ({
  clock,
  zone: business.zone,
  currency: business.currency,
  country: business.country ?? countryOfZone(business.zone),
})

/** The items of all files in turn; `reached` follows the bytes that were read. */
export async function* itemsOf(
  files: readonly InputFile[],
  source: Source,
  setting: Setting,
  reached: Reached,
): AsyncGenerator<Item> {
  async function* counted(file: InputFile): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytesOf(file)) {
      reached.done += chunk.length
      yield chunk
    }
  }
  for (const file of files) yield* source.read({ file: file.name, bytes: counted(file) }, setting)
}

/** Items as they commit together: at most so many, and some megabytes. */
export async function* batchesOf<T extends Item>(items: AsyncIterable<T>, most = rowsPerBatch): AsyncGenerator<T[]> {
  let batch: T[] = []
  let bytes = 0
  for await (const item of items) {
    batch.push(item)
    bytes += 'raw' in item ? (item.raw?.length ?? 0) : 0
    if (batch.length < most && bytes < bytesPerBatch) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}

async function takeIn(
  deps: IngestDeps,
  run: BatchRun,
  items: AsyncIterable<Item>,
  from: { place: RunPlace; reached: Reached },
): Promise<void> {
  let { place } = from
  const headers = new Map<string, Header>()
  const coming = ahead(items, place.items, { headers, examine: examiner(deps, run) })
  for await (const batch of readAhead(batchesOf(coming, deps.rowsPerBatch))) {
    place = await commitExamined(deps, { ...run, headers }, batch, place)
    if (deps.onProgress) deps.onProgress(await countsOf(deps.db, run.id), from.reached)
  }
}

/** What lies ahead of the place reached; the headers of what lies behind are needed all the same. */
async function* ahead(
  items: AsyncIterable<Item>,
  behind: number,
  { headers, examine }: { headers: Map<string, Header>; examine: (item: Item) => Examined },
): AsyncGenerator<Examined> {
  let passed = 0
  for await (const item of items) {
    if (item.is === 'header') headers.set(item.file, item)
    passed += 1
    if (passed > behind) yield examine(item)
    // Between rows the database's answers are heard, so that it never waits for us to have read a whole batch.
    if (passed % rowsPerBreath === 0) await setImmediate()
  }
}

/** The counters of a run as they stand. */
export async function countsOf(db: Db, id: RunId): Promise<RunCounts> {
  const run = await runById(db, id)
  if (!run) throw new Error(`Run ${id} is gone from the database while it was going on`)
  const { received, accepted, unchanged, quarantined } = run
  return { received, accepted, unchanged, quarantined }
}

/** The report of a run, as it stands. */
export async function reportOf(deps: Pick<IngestDeps, 'db'>, id: RunId, resumed: boolean): Promise<RunReport> {
  const run = await runById(deps.db, id)
  if (!run) throw new UsageError(`There is no run ${id}`)
  const { source, input, received, accepted, unchanged, quarantined, place } = run
  const problems = await problemsOfRun(deps.db, id)
  return {
    runId: id,
    source,
    input,
    resumed,
    received,
    accepted,
    unchanged,
    quarantined,
    asides: place.asides,
    problems,
  }
}

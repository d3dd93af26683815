import { resolve } from 'node:path'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { messageOf, UsageError } from '#kernel/errors.ts'
import { newId, type RunId } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { commitBatch } from './batch.ts'
import { countryOfZone } from './cleanse/country.ts'
import type { BatchRun } from './decide.ts'
import { problemsOfRun, type Problem } from './queries/quarantine.ts'
import { finishRun, forgetOccurrences, insertRun, lastFingerprint, runById, unfinishedRun, type RunCounts, type RunPlace } from './queries/runs.ts' // prettier-ignore
import { bytesOf, fingerprintOf, inputFiles, type InputFile } from './reading/input-files.ts'
import type { Item, Setting, Source } from './source.ts'

/** The business whose data comes in. `country` is that of its zone unless told. */
export type Business = { zone: string; currency: string; country?: string | undefined }

export type IngestDeps = {
  db: Db
  clock: Clock
  /** The key under which records are sealed and hashed. */
  recordsKey: Uint8Array
  business: Business
  log: Log
  /** Called after each commit with the counters so far. */
  onProgress?: (counts: RunCounts) => void
  /** How many rows commit together; 500 unless told. */
  rowsPerBatch?: number
}

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

const rowsPerBatch = 500
const bytesPerBatch = 4 * 1024 * 1024
const start: RunPlace = { items: 0, asides: {} }

/**
 * Takes in a file, or the files of a folder. Each batch commits whole, with the place reached; a run that was killed
 * goes on there when it is started again over the same bytes, and a run over what is already in changes nothing.
 * Throws a UsageError, before anything is written, for an input that is missing, empty or not of this format.
 */
export async function runSource(deps: IngestDeps, source: Source, input: { path: string }): Promise<RunReport> {
  const path = resolve(input.path)
  const files = await inputFiles(path, source.endings)
  const fingerprint = await fingerprintOf(files, source.reading)
  const { run, place, resumed } = await beginRun(deps, source, path, fingerprint)
  try {
    await takeIn(deps, run, itemsOf(files, source, settingOf(deps)), place)
  } catch (fault) {
    // A faulty input ends the run; after any other fault it can go on from its place.
    if (fault instanceof UsageError)
      await finishRun(deps.db, run.id, { state: 'failed', problem: fault.message, at: deps.clock() }) // prettier-ignore
    else deps.log.error({ run: run.id, source: source.name, fault: messageOf(fault) }, 'ingest stopped')
    throw fault
  }
  await deps.db.transaction(async (tx) => {
    await forgetOccurrences(tx, run.id)
    await finishRun(tx, run.id, { state: 'done', problem: null, at: deps.clock() })
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
  const known = { source: source.name, reading: source.reading, again, replay: false }
  const unfinished = await unfinishedRun(deps.db, wanted)
  if (unfinished) return { run: { ...known, id: unfinished.id }, place: unfinished.place, resumed: true }
  await insertRun(deps.db, { ...wanted, id: newId<'run'>(deps.clock), place: start }, deps.clock())
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

async function* itemsOf(files: readonly InputFile[], source: Source, setting: Setting): AsyncGenerator<Item> {
  for (const file of files) yield* source.read({ file: file.name, bytes: bytesOf(file) }, setting)
}

async function takeIn(deps: IngestDeps, run: BatchRun, items: AsyncIterable<Item>, reached: RunPlace): Promise<void> {
  let place = reached
  let behind = reached.items
  let batch: Item[] = []
  let bytes = 0
  const commit = async (): Promise<void> => {
    place = await commitBatch(deps, run, batch, place)
    batch = []
    bytes = 0
    if (deps.onProgress) deps.onProgress(await countsOf(deps.db, run.id))
  }
  for await (const item of items) {
    if (behind > 0) {
      behind -= 1
      continue
    }
    batch.push(item)
    bytes += 'raw' in item ? (item.raw?.length ?? 0) : 0
    if (batch.length >= (deps.rowsPerBatch ?? rowsPerBatch) || bytes >= bytesPerBatch) await commit()
  }
  if (batch.length > 0) await commit()
}

async function countsOf(db: Db, id: RunId): Promise<RunCounts> {
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

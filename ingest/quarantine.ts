import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { UsageError } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { openPayload } from '#kernel/keys.ts'
import { commitBatch } from './batch.ts'
import type { BatchRun } from './decide.ts'
import type { Arrival } from './examine.ts'
import { openProblems, openQuarantined, replayableAfter, resolveQuarantined, type ProblemOfSource, type QuarantinedRow, type QuarantineId, type SealedQuarantined } from './queries/quarantine.ts' // prettier-ignore
import { finishRun, forgetOccurrences, insertRun, type RunPlace } from './queries/runs.ts'
import { rejected } from './reading/csv-table.ts'
import { countsOf, reportOf, settingOf, type IngestDeps, type RunReport } from './run.ts'
import type { Setting, Source } from './source.ts'

/** The rows that wait in quarantine: how many by source and reason, and the first of them with their places. */
export type QuarantineReport = { open: number; problems: ProblemOfSource[]; rows: QuarantinedRow[] }

/** Narrows what waits, and says which of its rows are listed: the first 50 unless told. */
export type Waiting = {
  source?: string | undefined
  reason?: string | undefined
  limit?: number
  offset?: number
}

/** What could not be read and still waits. `reason` narrows only the rows that are listed. */
export async function quarantineReport(db: Db, input: Waiting = {}): Promise<QuarantineReport> {
  const problems = (await openProblems(db)).filter((one) => input.source === undefined || one.source === input.source)
  const among = { source: input.source ?? null, reason: input.reason ?? null }
  const rows = await openQuarantined(db, among, { limit: input.limit ?? 50, offset: input.offset ?? 0 })
  return { open: problems.reduce((sum, problem) => sum + problem.count, 0), problems, rows }
}

const pageSize = 200

/**
 * Reads the waiting rows of a source again from their sealed bytes, after a mapping was mended or rates have come. What
 * can be read now is taken in and closed, what cannot stays with its new reason. Rows too large to keep are not here:
 * mend the file and ingest it again. `kinds` narrows to kinds of rows (a source may have several formats), `reading` to the
 * files that were read just so; `others` are the source's other formats (an export and an API), of which a row takes its own.
 */
export async function replayQuarantine(
  deps: IngestDeps,
  source: Source,
  input: { kinds?: readonly string[]; reading?: unknown; others?: readonly Source[] } = {},
): Promise<RunReport> {
  const id = newId<'run'>(deps.clock)
  let place: RunPlace = { items: 0, asides: {} }
  const run: BatchRun = { id, source: source.name, reading: source.reading, again: false, replay: true }
  const { name, reading } = source
  await insertRun(deps.db, { id, source: name, input: 'quarantine', fingerprint: id, place, reading }, deps.clock())
  const among = { source: name, kinds: input.kinds ?? null, reading: input.reading }
  const setting = settingOf(deps)
  const formats = [source, ...(input.others ?? [])]
  let after: QuarantineId | null = null
  for (;;) {
    const page: SealedQuarantined[] = await replayableAfter(deps.db, among, after, pageSize)
    if (page.length === 0) break
    after = page.at(-1)!.id
    const read = await Promise.all(page.map((row) => readAgain(deps, formats, setting, row)))
    place = await commitBatch(deps, run, read.flat(), place)
    if (deps.onProgress) deps.onProgress(await countsOf(deps.db, id), { done: place.items, total: place.items })
  }
  await deps.db.transaction(async (tx) => {
    await forgetOccurrences(tx, id)
    await finishRun(tx, id, { state: 'done', problem: null, at: deps.clock() })
  })
  return reportOf(deps, id, false)
}

/**
 * The items of one quarantined row, standing where it stood, from its own bytes or from others in their place: as that
 * format of its source reads them that can, else the one that had read them before.
 */
export async function readAgain(
  deps: Pick<IngestDeps, 'recordsKey'>,
  formats: readonly Source[],
  setting: Setting,
  row: SealedQuarantined,
  raw: Buffer = openPayload(deps.recordsKey, row),
): Promise<Arrival[]> {
  const readings: Arrival[][] = []
  for (const format of formats) readings.push(await readAs(format, setting, row, raw))
  const fits = (items: readonly Arrival[]): number => {
    const read = items.filter((item) => item.is === 'row' || item.is === 'rejected')
    const own = read.length > 0 && read.every(({ kind }) => kind === row.kind)
    if (own && read.every(({ is }) => is === 'row')) return 3
    if (read.some((item) => item.is === 'rejected' && item.kind === row.kind && item.reason === row.reason)) return 2
    return own ? 1 : 0
  }
  return readings.toSorted((one, other) => fits(other) - fits(one))[0] ?? []
}

/** The items of a row as one format reads it. The header goes along, for the next time. */
async function readAs(source: Source, setting: Setting, row: SealedQuarantined, raw: Buffer): Promise<Arrival[]> {
  const columns = row.columns ?? undefined
  const items: Arrival[] = columns ? [{ is: 'header', file: row.place.file, columns }] : []
  try {
    for await (const item of source.read({ file: row.place.file, bytes: once(raw), columns }, setting)) {
      if (item.is === 'row' || item.is === 'rejected') items.push({ ...item, place: row.place, replays: row.id })
    }
  } catch (fault) {
    // A row of another file than this mapping was made for: it stays, and the others go on.
    if (!(fault instanceof UsageError)) throw fault
    const trouble = { reason: fault.message, fix: 'Replay it with the mapping of its own file' }
    items.push({ ...rejected(row.kind, raw, row.place, trouble), replays: row.id })
  }
  return items
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve()
  yield bytes
}

/** Closes waiting rows that nobody needs, and says who said so and why. Throws a UsageError when one is not waiting. */
export async function dismissQuarantined(
  deps: { db: Db; clock: Clock },
  input: { ids: readonly QuarantineId[]; by: string; why: string },
): Promise<number> {
  const { ids, by, why } = input
  return deps.db.transaction(async (tx) => {
    const closed = await resolveQuarantined(tx, ids, 'dismissed', deps.clock(), { by, why })
    if (closed !== new Set(ids).size) throw new UsageError('Some of these rows do not wait in quarantine: list it again') // prettier-ignore
    // The reason stays with the row: it may name somebody, and the chain of audit never does.
    const entry = { actor: by, action: 'quarantine.dismissed', subject: ids[0] ?? '', detail: { rows: closed } }
    if (closed > 0) await appendAudit(tx, deps.clock, entry)
    return closed
  })
}

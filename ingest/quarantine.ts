import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { UsageError } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { openPayload } from '#kernel/keys.ts'
import { commitBatch } from './batch.ts'
import type { Arrival, BatchRun } from './decide.ts'
import { openProblems, openQuarantined, replayableAfter, resolveQuarantined, type ProblemOfSource, type QuarantinedRow, type QuarantineId, type SealedQuarantined } from './queries/quarantine.ts' // prettier-ignore
import { finishRun, forgetOccurrences, insertRun, type RunPlace } from './queries/runs.ts'
import { rejected } from './reading/csv-table.ts'
import { reportOf, settingOf, type IngestDeps, type RunReport } from './run.ts'
import type { Setting, Source } from './source.ts'

/** The rows that wait in quarantine: how many by source and reason, and the first of them with their places. */
export type QuarantineReport = { open: number; problems: ProblemOfSource[]; rows: QuarantinedRow[] }

/** What could not be read and still waits. `source` narrows the rows; `limit` is 50 unless told. */
export async function quarantineReport(
  db: Db,
  input: { source?: string; limit?: number } = {},
): Promise<QuarantineReport> {
  const problems = (await openProblems(db)).filter((one) => input.source === undefined || one.source === input.source)
  const rows = await openQuarantined(db, input.source ?? null, input.limit ?? 50)
  return { open: problems.reduce((sum, problem) => sum + problem.count, 0), problems, rows }
}

const pageSize = 200

/**
 * Reads the waiting rows of a source again from their sealed bytes, after a mapping was mended or rates have come. What
 * can be read now is taken in and closed, what cannot stays with its new reason. Rows too large to keep are not here:
 * mend the file and ingest it again. `kinds` narrows to kinds of rows (a source may have several formats).
 */
export async function replayQuarantine(
  deps: IngestDeps,
  source: Source,
  input: { kinds?: readonly string[] } = {},
): Promise<RunReport> {
  const id = newId<'run'>(deps.clock)
  let place: RunPlace = { items: 0, asides: {} }
  const run: BatchRun = { id, source: source.name, reading: source.reading, again: false, replay: true }
  await insertRun(deps.db, { id, source: source.name, input: 'quarantine', fingerprint: id, place }, deps.clock())
  const setting = settingOf(deps)
  let after: QuarantineId | null = null
  for (;;) {
    const page: SealedQuarantined[] = await replayableAfter(deps.db, source.name, input.kinds ?? null, after, pageSize)
    if (page.length === 0) break
    after = page.at(-1)!.id
    const read = await Promise.all(page.map((row) => readAgain(deps, source, setting, row)))
    place = await commitBatch(deps, run, read.flat(), place)
  }
  await deps.db.transaction(async (tx) => {
    await forgetOccurrences(tx, id)
    await finishRun(tx, id, { state: 'done', problem: null, at: deps.clock() })
  })
  return reportOf(deps, id, false)
}

/** The items of one quarantined row, standing where it stood. The header goes along, for the next time. */
async function readAgain(
  deps: IngestDeps,
  source: Source,
  setting: Setting,
  row: SealedQuarantined,
): Promise<Arrival[]> {
  const raw = openPayload(deps.recordsKey, row)
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

/** Closes waiting rows that nobody needs. Throws a UsageError when one is not waiting. */
export async function dismissQuarantined(
  deps: { db: Db; clock: Clock },
  input: { ids: readonly QuarantineId[] },
): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const closed = await resolveQuarantined(tx, input.ids, 'dismissed', deps.clock())
    if (closed === new Set(input.ids).size) return closed
    throw new UsageError('Some of these rows do not wait in quarantine: list it again')
  })
}

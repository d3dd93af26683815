import { resolve } from 'node:path'
import type { Db, Tx } from '#kernel/db.ts'
import { newId } from '#kernel/ids.ts'
import { commitShared } from './batch.ts'
import type { Canonical } from './canon.ts'
import type { BatchRun } from './decide.ts'
import type { Arrival } from './examine.ts'
import { problemsOfRun, type Problem } from './queries/quarantine.ts'
import { insertRun, lastFingerprint, type RunCounts } from './queries/runs.ts'
import { fingerprintOf, inputFiles, sizeOf } from './reading/input-files.ts'
import { batchesOf, itemsOf, settingOf, type IngestDeps, type Reached } from './run.ts'
import type { Header, Place, Source } from './source.ts'

/** What a run would do, and the first rows as they are understood. */
export type Rehearsal = RunCounts & {
  source: string
  input: string
  asides: Record<string, number>
  problems: Problem[]
  first: { place: Place; says: readonly Canonical[] }[]
}

const shownRows = 3

/**
 * Does all that a run would do and undoes each batch: what comes back is what would happen, and nothing is kept. A row
 * whose id stands again in a later batch of the same input counts as accepted each time.
 */
export async function rehearseSource(deps: IngestDeps, source: Source, input: { path: string }): Promise<Rehearsal> {
  const path = resolve(input.path)
  const files = await inputFiles(path, source)
  const fingerprint = await fingerprintOf(files, source.reading)
  const again = (await lastFingerprint(deps.db, source.name, path)) === fingerprint
  const reached: Reached = { done: 0, total: await sizeOf(files) }
  const report: Rehearsal = { source: source.name, input: path, asides: {}, problems: [], first: [], ...nothing }
  const headers = new Map<string, Header>()
  const items = itemsOf(files, source, settingOf(deps), reached)
  for await (const batch of batchesOf(items, deps.rowsPerBatch)) {
    for (const item of batch) {
      if (item.is === 'header') headers.set(item.file, item)
      if (item.is === 'aside') report.asides[item.what] = (report.asides[item.what] ?? 0) + 1
      if (item.is === 'row' && report.first.length < shownRows)
        report.first.push({ place: item.place, says: item.canon })
    }
    add(report, await rehearseBatch(deps, source, batch, { again, headers }))
    deps.onProgress?.(report, reached)
  }
  return report
}

const nothing: RunCounts = { received: 0, accepted: 0, unchanged: 0, quarantined: 0 }

/** What would become of rows if they were committed now, and what would keep which of them out. */
export async function rehearseBatch(
  deps: IngestDeps,
  source: Source,
  items: readonly Arrival[],
  known: Partial<Pick<BatchRun, 'again' | 'headers' | 'replay'>>,
): Promise<RunCounts & { problems: Problem[] }> {
  const id = newId<'run'>(deps.clock)
  const run: BatchRun = { id, source: source.name, reading: source.reading, again: false, replay: false, ...known }
  const wanted = { id, source: source.name, input: 'rehearsal', fingerprint: id, place: { items: 0, asides: {} } }
  let problems: Problem[] = []
  const db = undoing(deps.db, {
    before: (tx) => insertRun(tx, wanted, deps.clock()),
    after: async (tx) => void (problems = merged([...problems, ...(await problemsOfRun(tx, id))])),
  })
  return { ...(await commitShared({ ...deps, db }, run, items)), problems }
}

type Around = { before: (tx: Tx) => Promise<void>; after: (tx: Tx) => Promise<void> }

/** A database whose transactions do their work and are rolled back. */
function undoing(db: Db, { before, after }: Around): Db {
  const transaction = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    let done: { result: T } | undefined
    const undo = new Error('Rolled back: this was a rehearsal')
    try {
      await db.transaction(async (tx) => {
        await before(tx)
        const result = await work(tx)
        await after(tx)
        done = { result }
        throw undo
      })
    } catch (fault) {
      if (fault !== undo || !done) throw fault
    }
    if (!done) throw undo
    return done.result
  }
  return { kind: db.kind, query: (statement) => db.query(statement), pool: db.pool, close: () => db.close(), transaction } // prettier-ignore
}

function add(report: Rehearsal, batch: RunCounts & { problems: Problem[] }): void {
  report.received += batch.received
  report.accepted += batch.accepted
  report.unchanged += batch.unchanged
  report.quarantined += batch.quarantined
  report.problems = merged([...report.problems, ...batch.problems])
}

/** Problems of the same reason as one, most frequent first. */
const merged = (problems: readonly Problem[]): Problem[] =>
  [...Map.groupBy(problems, ({ reason }) => reason).values()]
    .map((same) => ({ ...same[0]!, count: same.reduce((sum, { count }) => sum + count, 0) }))
    .toSorted((a, b) => b.count - a.count)

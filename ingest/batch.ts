import { sha256 } from '#kernel/crypto.ts'
import type { Tx } from '#kernel/db.ts'
import { codeOf } from '#kernel/errors.ts'
import { RefusedError } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { sealedColumns, sealPayload, storeKeys } from '#kernel/keys.ts'
import { sealAll } from '#kernel/sealing.ts'
import { namedBy, writeCanonical } from './canonical/write-canonical.ts'
import { restateCosts } from './costs.ts'
import { decide, named, rejection, type BatchDeps, type BatchRun, type Named } from './decide.ts'
import { shapesOf } from './drift.ts'
import { examiner, type Arrival, type Examined } from './examine.ts'
import { identifiersOfBatch } from './identifiers.ts'
import { resolveMet, resolveQuarantined, upsertQuarantined, waitsFromBefore } from './queries/quarantine.ts'
import { insertRecords } from './queries/records.ts'
import { noteRun } from './queries/run-notes.ts'
import { advanceRun, heldPlace, type RunCounts, type RunPlace } from './queries/runs.ts'
import type { Item, Place, Rejected } from './source.ts'

type Committed = { place: RunPlace; counts: RunCounts }
/** What is written in the same transaction as a batch, or with its last part where it had to be divided. */
export type Alongside = (tx: Tx) => Promise<void>

/**
 * Commits a batch: records, keys, canonical rows, quarantine, counters and the place, all or nothing.
 * @returns the place after the batch
 */
export const commitBatch = (
  deps: BatchDeps,
  run: BatchRun,
  items: readonly Arrival[],
  from: RunPlace,
  alongside?: Alongside,
): Promise<RunPlace> => commitExamined(deps, run, items.map(examiner(deps, run)), from, alongside)

/** The same of items that were examined as they were read. */
export async function commitExamined(
  deps: BatchDeps,
  run: BatchRun,
  items: readonly Examined[],
  from: RunPlace,
  alongside?: Alongside,
): Promise<RunPlace> {
  return (await committed(deps, run, items, from, alongside)).place
}

/**
 * Commits a batch of a run that any number of processes feed: they take turns, and it goes on wherever the run stands.
 * Throws a RefusedError when the run is over.
 * @returns what became of the batch
 */
export async function commitShared(
  deps: BatchDeps,
  run: BatchRun,
  items: readonly Arrival[],
  alongside?: Alongside,
): Promise<RunCounts> {
  return (await committed(deps, run, items.map(examiner(deps, run)), null, alongside)).counts
}

async function committed(
  deps: BatchDeps,
  run: BatchRun,
  items: readonly Examined[],
  from: RunPlace | null,
  alongside?: Alongside,
): Promise<Committed> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deps.db.transaction(async (tx) => {
        const done = await writeBatch(
          { ...deps, isAnew: attempt > 1 },
          tx,
          run,
          items,
          from ?? (await placeOf(tx, run)),
        )
        await alongside?.(tx)
        return done
      })
    } catch (fault) {
      const code = codeOf(fault) ?? ''
      if (attempt < 4 && collides.has(code)) continue
      if (!refusesData(code) || items.length === 0) throw fault
      return items.length > 1
        ? halved(deps, run, items, from, alongside)
        : committed(deps, run, items.map(refused), from, alongside)
    }
  }
}

async function placeOf(tx: Tx, run: BatchRun): Promise<RunPlace> {
  const place = await heldPlace(tx, run.id)
  if (place) return place
  throw new RefusedError('This run is over: what comes now belongs to the next one')
}

/** Another run wrote the same record or waited for this one: what it wrote is seen at the next attempt. */
const collides = new Set(['23505', '40001', '40P01'])
/** Data exceptions and broken constraints: one row is at fault, and must not hold up the others. */
const refusesData = (code: string): boolean => /^(22|23)\w{3}$/.test(code)

async function halved(
  deps: BatchDeps,
  run: BatchRun,
  items: readonly Examined[],
  from: RunPlace | null,
  alongside?: Alongside,
): Promise<Committed> {
  const middle = items.length >> 1
  const first = await committed(deps, run, items.slice(0, middle), from)
  const rest = await committed(deps, run, items.slice(middle), from && first.place, alongside)
  return { place: rest.place, counts: sumOf(first.counts, rest.counts) }
}

const sumOf = (one: RunCounts, other: RunCounts): RunCounts => ({
  received: one.received + other.received,
  accepted: one.accepted + other.accepted,
  unchanged: one.unchanged + other.unchanged,
  quarantined: one.quarantined + other.quarantined,
})

function refused(item: Examined): Examined {
  if (item.is !== 'row') throw new Error(`The database refused an item that is no row, but ${item.is}`)
  const trouble = { reason: 'The database refused the row', fix: 'Look at its values: one of them is out of range' }
  return { ...rejection(item, trouble), ...(item.replays ? { replays: item.replays } : {}) }
}

async function writeBatch(
  deps: BatchDeps & { isAnew: boolean },
  tx: Tx,
  run: BatchRun,
  items: readonly Examined[],
  from: RunPlace,
): Promise<Committed> {
  const { clock, business, isAnew } = deps
  const rows = items.filter((item) => item.is === 'row')
  const decided = await decide(deps, tx, run, await named(tx, run, rows))
  const rejected = [...items.filter((item) => item.is === 'rejected'), ...decided.rejected]
  const { said, rates } = decided
  // While the records are sealed, the database looks up who is named; then it is given all statements at once, and works
  // on one while the next is made ready.
  const [sealed, identified] = await Promise.all([
    sealAll(deps.recordsKey, clock, decided.records.map(({ raw }) => raw)),
    identifiersOfBatch(tx, clock, namedBy(said), isAnew),
  ]) // prettier-ignore
  await Promise.all([
    identified.written,
    storeKeys(tx, clock, sealed),
    insertRecords(tx, { source: run.source, at: clock() }, decided.records, sealed),
    writeCanonical({ tx, clock, zone: business.zone, rates, identified }, run.source, said),
    noted(deps, tx, run, items, decided.settled),
    quarantine(deps, tx, run, rejected),
    resolve(deps, tx, run, decided.settled),
  ])
  const takenBack = run.again || run.replay ? 0 : await restated(tx, run, items)
  const place = placeAfter(from, items, takenBack)
  const counts = {
    received: rows.length + items.filter((item) => item.is === 'rejected').length,
    accepted: decided.records.length,
    unchanged: decided.unchanged,
    quarantined: rejected.length,
  }
  const headers = Object.fromEntries(items.flatMap((item) => (item.is === 'header' ? [[item.file, item.columns]] : [])))
  if (await advanceRun(tx, run.id, from, { counts, place, headers })) return { place, counts }
  throw new RefusedError('Another process has gone on with this run: leave it to that one')
}

/** What the rows of the batch looked like and how far in time they reach; a replay says nothing new of its source. */
async function noted(
  deps: BatchDeps,
  tx: Tx,
  run: BatchRun,
  items: readonly Examined[],
  settled: readonly Named[],
): Promise<void> {
  if (run.replay) return
  const newest = settled.reduce((latest, { row }) => Math.max(latest, row.newestAt), -Infinity)
  const newestAt = newest === -Infinity ? null : new Date(newest)
  const shapes = shapesOf(items, run.headers ?? new Map())
  await noteRun(tx, { id: run.id, layout: run.layout ?? '' }, { at: deps.clock(), newestAt, shapes })
}

/** What reports take back by leaving it out; the same bytes read again say nothing new. */
async function restated(tx: Tx, run: BatchRun, items: readonly Examined[]): Promise<number> {
  const reports = items.filter((item) => item.is === 'restatement')
  return (await restateCosts(tx, run.source, reports)).takenBack
}

function placeAfter(from: RunPlace, items: readonly Item[], takenBack: number): RunPlace {
  const asides = { ...from.asides }
  if (takenBack > 0) asides['cost taken back'] = (asides['cost taken back'] ?? 0) + takenBack
  for (const item of items) if (item.is === 'aside') asides[item.what] = (asides[item.what] ?? 0) + 1
  return { items: from.items + items.length, asides }
}

/** The place in short: what tells one spot of an input from another. */
const spotOf = ({ file, line, item, offset }: Place): string => `${file}:${item ?? line ?? offset}`

async function quarantine(deps: BatchDeps, tx: Tx, run: BatchRun, rejected: readonly Rejected[]): Promise<void> {
  // What comes from an API has no spot of its own: the same object twice on a page is one row.
  const spots = new Map(rejected.map((one) => [`${one.kind}\n${one.sha256}\n${spotOf(one.place)}`, one]))
  const rows = [...spots.values()].map((one) => ({
    ...one,
    id: newId<'quarantined'>(deps.clock),
    spot: spotOf(one.place),
    sealed: one.raw === null ? null : sealPayload(deps.recordsKey, deps.clock, one.raw),
  }))
  const inUse = await upsertQuarantined(
    tx,
    run,
    deps.clock(),
    rows.map(({ id, kind, place, spot, sha256: hash, reason, fix, sealed }) => ({
      id, kind, place, spot, sha256: hash, reason, fix, keyId: sealed?.keyId ?? null, payload: sealed?.payload ?? null,
    })), // prettier-ignore
  )
  const fresh = rows.flatMap(({ sealed }) => (sealed !== null && inUse.has(sealed.keyId) ? [sealed] : []))
  await storeKeys(tx, deps.clock, sealedColumns(fresh))
}

/** Rows that stood in quarantine and are in now: replayed ones by their id, rows of a file read again by their spot. */
async function resolve(deps: BatchDeps, tx: Tx, run: BatchRun, settled: readonly Named[]): Promise<void> {
  if (settled.length === 0) return
  const at = deps.clock()
  if (run.replay) {
    const ids = settled.flatMap(({ row }) => (row.replays === undefined ? [] : [row.replays]))
    await resolveQuarantined(tx, ids, 'replayed', at)
    return
  }
  if (!(await waitsFromBefore(tx, run.source, run.live ? null : run.id))) return
  const met = settled.map(({ row }) => ({ sha256: sha256(row.raw), spot: spotOf(row.place) }))
  await resolveMet(tx, run.source, met, at)
}

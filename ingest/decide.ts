import type { Clock } from '#kernel/clock.ts'
import { sha256 } from '#kernel/crypto.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { newId, type RunId } from '#kernel/ids.ts'
import type { Said } from './canonical/writing.ts'
import type { ExaminedRow } from './examine.ts'
import { ratesTo, type Rates } from './fx.ts'
import { versionsOf, type NewRecord } from './queries/records.ts'
import { countOccurrences, seedOccurrences } from './queries/runs.ts'
import { objectionTo, withoutRate } from './screen.ts'
import type { Header, Rejected, SourceRow } from './source.ts'

export type BatchDeps = {
  db: Db
  clock: Clock
  recordsKey: Uint8Array
  business: { zone: string; currency: string }
}

/** The run a batch belongs to. `again`: the same bytes were read to the end before, so that no known row is new. */
export type BatchRun = {
  id: RunId
  source: string
  reading: unknown
  again: boolean
  replay: boolean
  /** What comes from an API or is sent to us, where the same bytes may rightly come back. */
  live?: 'pulled' | 'pushed'
  /** What the rows of this run are compared with later; without it the name of the source is all. */
  layout?: string | undefined
  /** Headers of the files read so far. */
  headers?: ReadonlyMap<string, Header>
}

/** A row with its external id. */
export type Named = { row: ExaminedRow; externalId: string }
/** A record that is not sealed yet. */
type Unsealed = NewRecord & { raw: Buffer }

type Decided = {
  records: Unsealed[]
  said: Said[]
  rejected: Rejected[]
  settled: Named[]
  unchanged: number
  /** What all that is said is valued by. */
  rates: Rates
}

/** Gives each row its external id; a row without one is its keyed hash and its occurrence. */
export async function named(tx: Tx, run: BatchRun, rows: readonly ExaminedRow[]): Promise<Named[]> {
  const hashes = rows.map(({ externalId, goesBy }) => (typeof externalId === 'string' ? null : goesBy))
  const occurrenceOf = await occurrences(tx, run, rows[0]?.kind ?? '', hashes)
  return rows.map((row, index) => ({
    row,
    externalId: hashes[index] === null ? row.goesBy : `${row.goesBy}#${occurrenceOf(index)}`,
  }))
}

async function occurrences(
  tx: Tx,
  run: BatchRun,
  kind: string,
  hashes: readonly (string | null)[],
): Promise<(index: number) => number> {
  const times = new Map<string, number>()
  const within = hashes.map((hash) => {
    if (hash === null) return 0
    times.set(hash, (times.get(hash) ?? 0) + 1)
    return times.get(hash)!
  })
  if (times.size === 0) return () => 0
  if (run.replay || run.live === 'pushed')
    await seedOccurrences(tx, run.id, { source: run.source, kind, hashes: [...times.keys()] })
  const wanted = [...times].map(([hash, count]) => ({ hash, times: count }))
  const seen = new Map((await countOccurrences(tx, run.id, wanted)).map((row) => [row.hash, row.seen]))
  return (index) => {
    const hash = hashes[index] ?? ''
    return (seen.get(hash) ?? 0) - (times.get(hash) ?? 0) + within[index]!
  }
}

/**
 * Accepted, unchanged or set aside. A row is unchanged when its external id was last known just so, or when this input
 * has shown that version already (repeated rows, a file read once more); a value that comes back is a new version. So
 * is a row that says how things stood earlier than what is known.
 */
export async function decide(deps: BatchDeps, tx: Tx, run: BatchRun, rows: readonly Named[]): Promise<Decided> {
  const { clock, business } = deps
  const { currency } = business
  const known = await knownVersions(tx, run, rows)
  const rates = await ratesTo(tx, currency, rows.flatMap(({ row }) => row.needs)) // prettier-ignore
  const decided: Decided = { records: [], said: [], rejected: [], settled: [], unchanged: 0, rates }
  for (const one of rows) {
    const { row, externalId } = one
    const { contentHash } = row
    const history = known(row.kind, externalId)
    if (
      contentHash === history.newest ||
      history.shown.includes(contentHash) ||
      outdated(row.place.asOf, history.asOf)
    ) {
      decided.unchanged += 1
      decided.settled.push(one)
      continue
    }
    // Where it was not asked yet: see `ExaminedRow`.
    const { objection = objectionTo({ externalId, canon: row.canon, newestAt: row.newestAt }, clock) } = row
    const forbids = objection ?? withoutRate(row.needs, currency, rates)
    if (forbids) {
      decided.rejected.push(rejection(row, forbids))
      continue
    }
    const id = newId<'record'>(clock)
    history.newest = contentHash
    history.version += 1
    history.asOf = row.place.asOf
    if (!run.live) history.shown.push(contentHash)
    decided.records.push({ id, kind: row.kind, externalId, version: history.version, contentHash, runId: run.id, raw: row.raw, place: row.place }) // prettier-ignore
    decided.said.push(...row.canon.map((canon) => ({ canon, recordId: id, externalId })))
    decided.settled.push(one)
  }
  return decided
}

type History = { newest: string | null; version: number; asOf: string | undefined; shown: string[] }

const outdated = (asOf: string | undefined, known: string | undefined): boolean =>
  asOf !== undefined && known !== undefined && asOf < known

async function knownVersions(
  tx: Tx,
  run: BatchRun,
  rows: readonly Named[],
): Promise<(kind: string, externalId: string) => History> {
  const histories = new Map<string, History>()
  const historyOf = (kind: string, externalId: string): History => {
    const key = `${kind}\n${externalId}`
    const history = histories.get(key) ?? { newest: null, version: 0, asOf: undefined, shown: [] }
    histories.set(key, history)
    return history
  }
  const keys = rows.map(({ row, externalId }) => ({ kind: row.kind, externalId }))
  const versions = keys.length === 0 ? [] : await versionsOf(tx, run.source, keys)
  for (const { kind, externalId, contentHash, version, runId, asOf } of versions) {
    const history = historyOf(kind, externalId)
    history.newest = contentHash
    history.version = version
    history.asOf = asOf ?? undefined
    if (run.again || (runId === run.id && !run.live)) history.shown.push(contentHash)
  }
  return historyOf
}

/** A row that was read and is not taken in. */
export const rejection = (row: SourceRow, trouble: { reason: string; fix: string }): Rejected => ({
  is: 'rejected',
  kind: row.kind,
  raw: row.raw,
  sha256: sha256(row.raw),
  place: row.place,
  ...trouble,
})

import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash, Id, RunId } from '#kernel/ids.ts'
import type { KeyId } from '#kernel/keys.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Place } from '../source.ts'

export type QuarantineId = Id<'quarantined'>

export type NewQuarantined = {
  id: QuarantineId
  kind: string
  place: Place
  spot: string
  sha256: Hash
  reason: string
  fix: string
  keyId: KeyId | null
  payload: Buffer | null
}

/**
 * A row met again at the same spot is the same quarantined row: it keeps its id and its sealed bytes and is open again.
 * Returns the keys that are in use now.
 */
export async function upsertQuarantined(
  tx: Tx,
  run: { id: RunId; source: string },
  at: Date,
  rows: readonly NewQuarantined[],
): Promise<Set<KeyId>> {
  if (rows.length === 0) return new Set()
  const plain = rows.map((row, index) => ({ ...row, payload: undefined, index: index + 1 }))
  const standing = await tx.query<{ keyId: KeyId | null }>(sql`
    insert into ingest.quarantine (id, run_id, source, kind, place, spot, sha256, reason, fix, key_id, payload, quarantined_at)
    select id, ${run.id}, ${run.source}, kind, place, spot, sha256, reason, fix, "keyId", given.payload, ${at}
    from jsonb_to_recordset(${json(plain)}::jsonb) as r (index bigint, id uuid, kind text, place jsonb, spot text,
      sha256 text, reason text, fix text, "keyId" uuid)
    join unnest(${rows.map((row) => row.payload)}::bytea[]) with ordinality as given (payload, index) using (index)
    order by index
    on conflict (source, kind, sha256, spot) do update set run_id = excluded.run_id, place = excluded.place,
      reason = excluded.reason, fix = excluded.fix, resolved_at = null, resolution = null, resolved_by = null,
      resolved_why = null, resolved_run = null
    returning key_id as "keyId"`)
  return new Set(standing.flatMap(({ keyId }) => (keyId === null ? [] : [keyId])))
}

export type Problem = { reason: string; fix: string; count: number; example: Place }

/** What kept rows of a run out, most frequent first, each with the place of one of them. */
export function problemsOfRun(db: Queryable, run: RunId): Promise<Problem[]> {
  return db.query<Problem>(sql`select reason, (array_agg(fix order by id))[1] as fix, count(*) as count,
    (array_agg(place order by id))[1] as example from ingest.quarantine where run_id = ${run}
    group by reason order by count(*) desc, reason`)
}

export type QuarantinedRow = {
  id: QuarantineId
  runId: RunId
  source: string
  kind: string
  place: Place
  sha256: Hash
  reason: string
  fix: string
  kept: boolean
  quarantinedAt: Date
}

/** The open rows, of one source or of all, oldest first and as they stand in their files. */
export function openQuarantined(
  db: Queryable,
  among: { source: string | null; reason?: string | null },
  page: { limit: number; offset?: number },
): Promise<QuarantinedRow[]> {
  const { source, reason = null } = among
  return db.query<QuarantinedRow>(sql`
    select id, run_id as "runId", source, kind, place, sha256, reason, fix, payload is not null as kept,
      quarantined_at as "quarantinedAt"
    from ingest.quarantine where resolved_at is null and (${source}::text is null or source = ${source})
      and (${reason}::text is null or reason = ${reason})
    order by quarantined_at, place ->> 'file', (place ->> 'offset')::bigint, id
    limit ${page.limit} offset ${page.offset ?? 0}`)
}

export type ProblemOfSource = Problem & { source: string; replayable: number }

/** Open rows by source and reason. `replayable`: those whose bytes were kept. */
export function openProblems(db: Queryable): Promise<ProblemOfSource[]> {
  return db.query<ProblemOfSource>(sql`
    select source, reason, (array_agg(fix order by id))[1] as fix, count(*) as count, count(payload) as replayable,
      (array_agg(place order by id))[1] as example
    from ingest.quarantine where resolved_at is null group by source, reason order by source, count(*) desc, reason`)
}

export type SealedQuarantined = {
  id: QuarantineId
  kind: string
  place: Place
  reason: string
  keyId: KeyId
  wrapped: Buffer
  payload: Buffer
  columns: string[] | null
}

/** Which open rows: of some kinds (null is any), or of files that were read just so (undefined is any). */
export type Among = { source: string; kinds: readonly string[] | null; reading?: unknown }

const sealedRows = sql`select q.id, q.kind, q.place, q.reason, q.key_id as "keyId", k.wrapped, q.payload,
    r.headers -> (q.place ->> 'file') as columns
  from ingest.quarantine q join ingest.runs r on r.id = q.run_id join kernel.keys k on k.id = q.key_id`

/** Open rows after the given one whose bytes are kept and readable, with the header of their file. */
export function replayableAfter(
  db: Queryable,
  { source, kinds, reading }: Among,
  after: QuarantineId | null,
  limit: number,
): Promise<SealedQuarantined[]> {
  const wanted = kinds === null ? null : [...kinds]
  return db.query<SealedQuarantined>(sql`${sealedRows}
    where q.source = ${source} and q.resolved_at is null and q.payload is not null and k.wrapped is not null
      and (${wanted}::text[] is null or q.kind = any(${wanted}::text[]))
      and (${reading === undefined} or r.reading is not distinct from ${reading === undefined || reading === null ? null : json(reading)}::jsonb)
      and (${after}::uuid is null or q.id > ${after}) order by q.id limit ${limit}`)
}

/** One open row with its bytes; null where it does not wait, was too large to keep, or its person was erased. */
export async function sealedRow(db: Queryable, id: QuarantineId): Promise<SealedQuarantined | null> {
  const rows = await db.query<SealedQuarantined>(sql`${sealedRows}
    where q.id = ${id} and q.resolved_at is null and q.payload is not null and k.wrapped is not null`)
  return rows[0] ?? null
}

/** A row whether it waits or was settled, how it was settled, and how the run that met it read its file. */
export type QuarantinedStory = QuarantinedRow & {
  reading: unknown
  resolvedAt: Date | null
  resolution: 'replayed' | 'dismissed' | 'corrected' | null
  resolvedBy: string | null
  resolvedWhy: string | null
}

export async function quarantinedById(db: Queryable, id: QuarantineId): Promise<QuarantinedStory | null> {
  const rows = await db.query<QuarantinedStory>(sql`
    select q.id, q.run_id as "runId", q.source, q.kind, q.place, q.sha256, q.reason, q.fix, q.payload is not null as kept,
      q.quarantined_at as "quarantinedAt", r.reading, q.resolved_at as "resolvedAt", q.resolution,
      q.resolved_by as "resolvedBy", q.resolved_why as "resolvedWhy"
    from ingest.quarantine q join ingest.runs r on r.id = q.run_id where q.id = ${id}`)
  return rows[0] ?? null
}

/** The ways in which the files of a source's open rows were read (mappings); null where nothing was to be chosen. */
export async function openReadings(db: Queryable, source: string): Promise<unknown[]> {
  const rows = await db.query<{ reading: unknown }>(sql`
    select distinct r.reading from ingest.quarantine q join ingest.runs r on r.id = q.run_id
    where q.source = ${source} and q.resolved_at is null and q.payload is not null`)
  return rows.map(({ reading }) => reading)
}

/** Closes open rows. Returns how many there were. */
export async function resolveQuarantined(
  tx: Queryable,
  ids: readonly QuarantineId[],
  resolution: 'replayed' | 'dismissed',
  at: Date,
  word: { by: string; why: string } | null = null,
): Promise<number> {
  const rows = await tx.query(sql`update ingest.quarantine set resolved_at = ${at}, resolution = ${resolution},
      resolved_by = ${word?.by ?? null}, resolved_why = ${word?.why ?? null}
    where id = any(${[...ids]}::uuid[]) and resolved_at is null returning id`)
  return rows.length
}

/** Whether rows of a source wait that another run met last: a file never comes by the same spot twice. Null is any run. */
export async function waitsFromBefore(tx: Queryable, source: string, run: RunId | null): Promise<boolean> {
  const rows = await tx.query(sql`select 1 from ingest.quarantine
    where source = ${source} and resolved_at is null and run_id is distinct from ${run}::uuid limit 1`)
  return rows.length > 0
}

/** Closes open rows whose input was mended elsewhere (a mapping, a rate) and that a new run has taken in. */
export async function resolveMet(
  tx: Queryable,
  source: string,
  met: readonly { sha256: Hash; spot: string }[],
  at: Date,
): Promise<void> {
  await tx.query(sql`update ingest.quarantine q set resolved_at = ${at}, resolution = 'replayed'
    from json_to_recordset(${json(met)}::json) as r (sha256 text, spot text)
    where q.source = ${source} and q.resolved_at is null and q.sha256 = r.sha256 and q.spot = r.spot`)
}

/** Says of a row that was just closed who corrected it, and which run took the correction in. */
export async function markCorrected(
  tx: Queryable,
  id: QuarantineId,
  word: { by: string; why: string; run: RunId },
): Promise<void> {
  await tx.query(sql`update ingest.quarantine set resolution = 'corrected', resolved_by = ${word.by},
    resolved_why = ${word.why}, resolved_run = ${word.run} where id = ${id}`)
}

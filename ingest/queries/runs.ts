import type { Queryable, Tx } from '#kernel/db.ts'
import type { RunId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type RunCounts = { received: number; accepted: number; unchanged: number; quarantined: number }

/** `items`: how many items of the input are behind, asides too. `asides`: lines that were no rows, by what they are. */
export type RunPlace = { items: number; asides: Record<string, number> }

export type RunRow = RunCounts & {
  id: RunId
  source: string
  input: string
  state: 'running' | 'done' | 'failed'
  startedAt: Date
  finishedAt: Date | null
  place: RunPlace
  headers: Record<string, string[]>
  problem: string | null
}

const columns = sql`id, source, input, state, started_at as "startedAt", finished_at as "finishedAt", received, accepted,
  unchanged, quarantined, place, headers, problem`

/** Begins a run, unless another process has just begun the same. */
export async function insertRun(
  db: Queryable,
  run: { id: RunId; source: string; input: string; fingerprint: string; place: RunPlace; reading?: unknown },
  at: Date,
): Promise<void> {
  await db.query(sql`insert into ingest.runs (id, source, input, fingerprint, state, started_at, place, reading)
    values (${run.id}, ${run.source}, ${run.input}, ${run.fingerprint}, 'running', ${at}, ${json(run.place)}::jsonb,
      ${run.reading === undefined ? null : json(run.reading)}::jsonb)
    on conflict do nothing`)
}

/** The run over the same bytes of the same input that was begun and not finished. */
export async function unfinishedRun(
  db: Queryable,
  run: { source: string; input: string; fingerprint: string },
): Promise<RunRow | null> {
  const rows = await db.query<RunRow>(sql`select ${columns} from ingest.runs where source = ${run.source}
    and input = ${run.input} and fingerprint = ${run.fingerprint} and state = 'running'`)
  return rows[0] ?? null
}

/** The bytes of an input when a run over it was last finished. */
export async function lastFingerprint(db: Queryable, source: string, input: string): Promise<string | null> {
  const rows = await db.query<{ fingerprint: string }>(sql`select fingerprint from ingest.runs
    where source = ${source} and input = ${input} and state = 'done' order by seq desc limit 1`)
  return rows[0]?.fingerprint ?? null
}

/** Adds a batch to the counters and moves the place on. False when another process has moved it meanwhile. */
export async function advanceRun(
  tx: Tx,
  id: RunId,
  from: RunPlace,
  step: { counts: RunCounts; place: RunPlace; headers: Record<string, readonly string[]> },
): Promise<boolean> {
  const { counts, place, headers } = step
  const rows = await tx.query(sql`update ingest.runs set received = received + ${counts.received},
    accepted = accepted + ${counts.accepted}, unchanged = unchanged + ${counts.unchanged},
    quarantined = quarantined + ${counts.quarantined}, place = ${json(place)}::jsonb,
    headers = headers || ${json(headers)}::jsonb
    where id = ${id} and state = 'running' and (place ->> 'items')::bigint = ${from.items} returning id`)
  return rows.length === 1
}

/** The place of a run that goes on, held until the transaction ends: others that feed it wait. Null when it is over. */
export async function heldPlace(tx: Tx, id: RunId): Promise<RunPlace | null> {
  const rows = await tx.query<{ place: RunPlace }>(sql`select place from ingest.runs
    where id = ${id} and state = 'running' for update`)
  return rows[0]?.place ?? null
}

/** Ends the standing runs of an input whose fingerprints (days) come before this one. */
export async function finishEarlierRuns(
  tx: Tx,
  run: { source: string; input: string; fingerprint: string },
  at: Date,
): Promise<void> {
  const earlier = sql`source = ${run.source} and input = ${run.input} and fingerprint < ${run.fingerprint}
    and state = 'running'`
  await tx.query(sql`delete from ingest.occurrences where run_id in (select id from ingest.runs where ${earlier})`)
  await tx.query(sql`update ingest.runs set state = 'done', finished_at = ${at} where ${earlier}`)
}

export async function finishRun(
  tx: Queryable,
  id: RunId,
  end: { state: 'done' | 'failed'; problem: string | null; at: Date },
): Promise<void> {
  await tx.query(sql`update ingest.runs set state = ${end.state}, problem = ${end.problem}, finished_at = ${end.at}
    where id = ${id} and state = 'running'`)
}

export async function runById(db: Queryable, id: RunId): Promise<RunRow | null> {
  return (await db.query<RunRow>(sql`select ${columns} from ingest.runs where id = ${id}`))[0] ?? null
}

/** Counts rows that carry no id; returns how often the run has now met each of them. */
export async function countOccurrences(
  tx: Tx,
  run: RunId,
  hashes: readonly { hash: string; times: number }[],
): Promise<{ hash: string; seen: number }[]> {
  if (hashes.length === 0) return []
  return tx.query<{ hash: string; seen: number }>(sql`
    insert into ingest.occurrences as met (run_id, row_hash, seen)
    select ${run}, hash, times from jsonb_to_recordset(${json(hashes)}::jsonb) as r (hash text, times bigint)
    on conflict (run_id, row_hash) do update set seen = met.seen + excluded.seen
    returning row_hash as hash, seen`)
}

/** Starts the count of a single row at what is recorded already: for a replay, which has no file to count in. */
export async function seedOccurrences(
  tx: Tx,
  run: RunId,
  row: { source: string; kind: string; hashes: readonly string[] },
): Promise<void> {
  await tx.query(sql`insert into ingest.occurrences (run_id, row_hash, seen)
    select ${run}, hash, (select count(distinct external_id) from ingest.records
      where source = ${row.source} and kind = ${row.kind} and external_id >= hash || '#' and external_id < hash || '$')
    from unnest(${[...row.hashes]}::text[]) as given (hash) on conflict do nothing`)
}

export async function forgetOccurrences(tx: Queryable, run: RunId): Promise<void> {
  await tx.query(sql`delete from ingest.occurrences where run_id = ${run}`)
}

import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId } from '#kernel/ids.ts'
import { openPayload } from '#kernel/keys.ts'
import { commitBatch } from './batch.ts'
import type { BatchRun } from './decide.ts'
import type { Arrival } from './examine.ts'
import { readAgain } from './quarantine.ts'
import { markCorrected, quarantinedById, sealedRow, type QuarantinedStory, type QuarantineId } from './queries/quarantine.ts' // prettier-ignore
import { finishRun, forgetOccurrences, insertRun } from './queries/runs.ts'
import { decode, encode } from './reading/encoding.ts'
import { rehearseBatch } from './rehearse.ts'
import { settingOf, type IngestDeps } from './run.ts'
import type { Source } from './source.ts'

/** A quarantined row and what became of it, without its content. */
export const quarantinedRow = (db: Db, id: QuarantineId): Promise<QuarantinedStory | null> => quarantinedById(db, id)

/** The text of a row as it came; `garbled` when it is no text in its own encoding and is shown as windows-1252. */
export type OpenedRow =
  | { kind: 'opened'; row: QuarantinedStory; text: string; garbled: boolean; columns: readonly string[] | null }
  | { kind: 'gone'; why: string }

const gone = { kind: 'gone', why: 'The row does not wait here, or its content was not kept' } as const

/** Opens a waiting row. It may be about a person: who opened it stands in the audit chain before it is shown. */
export async function openQuarantinedRow(
  deps: { db: Db; clock: Clock; recordsKey: Uint8Array },
  input: { id: QuarantineId; by: string },
): Promise<OpenedRow> {
  const { id, by } = input
  const [row, sealed] = [await quarantinedById(deps.db, id), await sealedRow(deps.db, id)]
  if (!row || !sealed) return gone
  const entry = { actor: by, action: 'quarantine.opened', subject: id, detail: { source: row.source } }
  await deps.db.transaction((tx) => appendAudit(tx, deps.clock, entry))
  const raw = openPayload(deps.recordsKey, sealed)
  const decoded = decode(raw, encodingOf(row.reading))
  const shown = decoded.kind === 'text' ? decoded : decode(raw, 'windows-1252')
  const text = shown.kind === 'text' ? shown.text : ''
  return { kind: 'opened', row, text, garbled: decoded.kind !== 'text', columns: sealed.columns }
}

/** The encoding that a mapping names. What is in UTF-16 is kept as UTF-8. */
function encodingOf(reading: unknown): string {
  if (typeof reading !== 'object' || reading === null || !('encoding' in reading)) return 'utf-8'
  const { encoding } = reading
  return typeof encoding === 'string' && !/^utf-?16/i.test(encoding) ? encoding : 'utf-8'
}

export type Correction =
  | { kind: 'taken in'; rows: number }
  | { kind: 'still wrong'; reason: string; fix: string }
  | { kind: 'gone'; why: string }

/**
 * Takes in what a person wrote in place of a waiting row. The row itself stays as it came, closed as corrected; what is
 * taken in is a record of its own, in a run of its own, and the chain of audit names who did it. Where the text still
 * cannot be taken in, nothing changes.
 */
export async function correctQuarantined(
  deps: IngestDeps,
  formats: readonly [Source, ...Source[]],
  input: { id: QuarantineId; text: string; by: string; why: string },
): Promise<Correction> {
  const sealed = await sealedRow(deps.db, input.id)
  if (!sealed) return gone
  const [source] = formats
  const encoding = encodingOf(source.reading)
  // A form sends every line end as two characters: those that the row had count.
  const had = openPayload(deps.recordsKey, sealed).includes('\r\n') ? '\r\n' : '\n'
  const raw = encode(input.text.replaceAll(/\r?\n/g, had), encoding)
  if (raw === null) return { kind: 'still wrong', reason: `The text holds a letter that ${encoding} has not`, fix: 'Write it with other letters' } // prettier-ignore
  const items = await readAgain(deps, formats, settingOf(deps), sealed, raw)
  const objection = await objectionTo(deps, source, items)
  return objection ?? takeIn(deps, source, items, input)
}

async function objectionTo(deps: IngestDeps, source: Source, items: readonly Arrival[]): Promise<Correction | null> {
  const unread = items.find((item) => item.is === 'rejected')
  if (unread) return { kind: 'still wrong', reason: unread.reason, fix: unread.fix }
  if (!items.some((item) => item.is === 'row')) return { kind: 'still wrong', reason: 'There is no row in it', fix: 'Dismiss the row if nobody needs it' } // prettier-ignore
  const { problems } = await rehearseBatch(deps, source, items, { replay: true })
  const [problem] = problems
  return problem ? { kind: 'still wrong', reason: problem.reason, fix: problem.fix } : null
}

async function takeIn(
  deps: IngestDeps,
  source: Source,
  items: readonly Arrival[],
  { id, by, why }: { id: QuarantineId; by: string; why: string },
): Promise<Correction> {
  const { name, reading } = source
  const runId = newId<'run'>(deps.clock)
  const place = { items: 0, asides: {} }
  const run: BatchRun = { id: runId, source: name, reading, again: false, replay: true }
  await insertRun(deps.db, { id: runId, source: name, input: 'correction', fingerprint: runId, place, reading }, deps.clock()) // prettier-ignore
  await commitBatch(deps, run, items, place, async (tx) => {
    await markCorrected(tx, id, { by, why, run: runId })
    await forgetOccurrences(tx, runId)
    await finishRun(tx, runId, { state: 'done', problem: null, at: deps.clock() })
    const detail = { source: name, run: runId }
    await appendAudit(tx, deps.clock, { actor: by, action: 'quarantine.corrected', subject: id, detail })
  })
  return { kind: 'taken in', rows: items.filter((item) => item.is === 'row').length }
}

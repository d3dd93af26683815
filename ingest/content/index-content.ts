import type { Clock } from '#kernel/clock.ts'
import { canonicalJson, hashOf } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import { RefusedError } from '#kernel/errors.ts'
import { newId } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { insertChunks, type ChunkRow } from '../queries/chunks.ts'
import { selectCatalogue, selectCurrentDocuments, type CurrentDocument } from '../queries/documents.ts'
import { closeFacts, insertFacts, restateFacts, selectCurrentFacts, type CurrentFact } from '../queries/facts.ts'
import type { Conflict, Stated } from './fact.ts'
import { statedFacts } from './facts.ts'
import { isAboutVoice } from './policy-facts.ts'
import { splitDocument } from './split.ts'

export type ContentReport = {
  documents: number
  chunks: { added: number }
  facts: { current: number; opened: number; closed: number }
  conflicts: Conflict[]
}

type Deps = { db: Db; clock: Clock }

const leaseMs = 60_000

/**
 * Splits new versions of documents into chunks, and makes the current facts exactly what the current texts and the
 * catalogue state: a changed value closes the fact it replaces. A text about how the business writes is kept, but is no
 * content: nothing of it is found or cited. Running it again changes nothing. Throws RefusedError
 * while another process is at it.
 */
export async function indexContent(deps: Deps): Promise<ContentReport> {
  const report = await underLease(deps, 'content', leaseMs, () => index(deps))
  if (!report) throw new RefusedError('Content is being indexed by another process: try again when it is done')
  return report
}

async function index({ db, clock }: Deps): Promise<ContentReport> {
  const documents = (await selectCurrentDocuments(db)).filter(({ uri }) => !isAboutVoice(uri))
  let added = 0
  for (const document of documents.filter(({ isSplit }) => !isSplit)) {
    const rows = chunkRows(document, clock)
    if (rows.length > 0) await db.transaction((tx) => insertChunks(tx, rows))
    added += rows.length
  }
  const at = clock()
  const { facts, conflicts } = statedFacts(await selectCatalogue(db), documents, at)
  const { opened, closed, restated } = changes(await selectCurrentFacts(db), facts, at, clock)
  await db.transaction(async (tx) => {
    if (closed.length > 0) await closeFacts(tx, at, closed.map((fact) => fact.id)) // prettier-ignore
    if (restated.length > 0) await restateFacts(tx, restated)
    if (opened.length > 0) await insertFacts(tx, at, opened)
  })
  return {
    documents: documents.length,
    chunks: { added },
    facts: { current: facts.length, opened: opened.length, closed: closed.length },
    conflicts,
  }
}

const chunkRows = ({ id, body }: CurrentDocument, clock: Clock): ChunkRow[] =>
  splitDocument(body).map((chunk) => ({
    ...chunk,
    id: newId<'chunk'>(clock),
    documentId: id,
    contentHash: hashOf({ heading: chunk.heading, text: chunk.text }),
  }))

type Changes = { opened: CurrentFact[]; closed: CurrentFact[]; restated: CurrentFact[] }

function changes(current: readonly CurrentFact[], stated: readonly Stated[], at: Date, clock: Clock): Changes {
  const known = new Map(current.map((fact) => [keyOf(fact), fact]))
  const result: Changes = { opened: [], closed: [], restated: [] }
  for (const { evidence, ...fact } of stated) {
    const before = known.get(keyOf(fact))
    known.delete(keyOf(fact))
    const now: CurrentFact = { ...fact, ...evidence, id: before?.id ?? newId<'fact'>(clock) }
    if (!before) result.opened.push(now)
    else if (canonicalJson(before.value) !== canonicalJson(fact.value)) {
      result.closed.push(before)
      result.opened.push({ ...now, id: newId<'fact'>(clock), validFrom: at })
    } else if (stands(before) !== stands(now)) result.restated.push(now)
  }
  result.closed.push(...known.values())
  return result
}

const keyOf = ({ subject, predicate }: { subject: string; predicate: string }): string => `${subject}\n${predicate}`

const stands = ({ statement, recordId, documentId, startByte, endByte }: CurrentFact): string =>
  canonicalJson({ statement, recordId, documentId, startByte, endByte })

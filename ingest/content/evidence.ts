import type { Queryable } from '#kernel/db.ts'
import type { DocumentId, FactId } from '#kernel/ids.ts'
import {
  selectCurrentDocument,
  selectDocument,
  selectFact,
  type OpenedDocument,
  type OpenedFact,
} from '../queries/evidence.ts'

/** A fact with its validity and where it comes from, also one that holds no more. */
export const factById = async (db: Queryable, id: FactId): Promise<OpenedFact | null> =>
  (await selectFact(db, id))[0] ?? null

export type CurrentDocument = { id: DocumentId; body: string }

/** The current version of a text; null where none goes by that path. */
export const currentDocument = async (db: Queryable, uri: string): Promise<CurrentDocument | null> =>
  (await selectCurrentDocument(db, uri))[0] ?? null

export type DocumentSpan = OpenedDocument & { before: string; span: string; after: string }

/** A version of a document, cut around the bytes that were cited (UTF-8, `endByte` exclusive). */
export async function documentSpan(
  db: Queryable,
  id: DocumentId,
  startByte: number,
  endByte: number,
): Promise<DocumentSpan | null> {
  const [document] = await selectDocument(db, id)
  if (!document) return null
  const bytes = Buffer.from(document.body)
  const cut = (from: number, to: number): string => bytes.subarray(from, to).toString()
  return { ...document, before: cut(0, startByte), span: cut(startByte, endByte), after: cut(endByte, bytes.length) }
}

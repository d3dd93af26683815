import type { DocumentId, FactId, RecordId } from '#kernel/ids.ts'
import type { Span } from './markdown.ts'

/** Where a fact stands in a document, in bytes of its body. */
export type Evidence = {
  recordId: RecordId
  documentId: DocumentId | null
  startByte: number | null
  endByte: number | null
}

/**
 * A fact as a source states it: the subject (`product:SKU`, `business`, `workshop:slug/date`), what is said of it, the
 * value for machines (its shape by predicate: `values.ts`), and the fact as one English sentence. `validTo` is an end
 * that the source itself names, exclusive; null while it says none.
 */
export type Stated = {
  subject: string
  predicate: string
  value: unknown
  statement: string
  validFrom: Date
  validTo: Date | null
  evidence: Evidence
}

/**
 * A fact found in a text, and where; the document it is in is added by the caller. `from` and `until` are what the text
 * itself says of its validity. `otherwise`: what it goes by where the same text has stated something else by its name.
 */
export type Found = {
  subject: string
  predicate: string
  value: unknown
  statement: string
  span: Span
  from?: Date | null
  until?: Date | null
  otherwise?: string
}

/** Where the business is: days begin and end in its zone, and telephone numbers without a prefix are of its country. */
export type Home = { zone: string; country?: string | undefined }

/** What rules may know beside the text: where the business is, and when the text was written. */
export type Written = Home & { written: Date }

/** Two sources that state the same thing differently; the first is believed. */
export type Conflict = { subject: string; predicate: string; believed: Stated; other: Stated }

/** A fact that is kept. */
export type CurrentFact = Omit<Stated, 'evidence'> & Evidence & { id: FactId }

/** What facts and contradictions go by. */
export const keyOf = ({ subject, predicate }: { subject: string; predicate: string }): string =>
  `${subject}\n${predicate}`

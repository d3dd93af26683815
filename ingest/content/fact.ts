import type { DocumentId, RecordId } from '#kernel/ids.ts'

/** Where a fact stands in a document, in bytes of its body. */
export type Evidence = {
  recordId: RecordId
  documentId: DocumentId | null
  startByte: number | null
  endByte: number | null
}

/**
 * A fact as a source states it: the subject (`product:SKU`, `business`, `workshop:slug/date`), what is said of it, the
 * value for machines, and the fact as one English sentence.
 */
export type Stated = {
  subject: string
  predicate: string
  value: unknown
  statement: string
  validFrom: Date
  evidence: Evidence
}

/** Two sources that state the same thing differently; the first is believed. */
export type Conflict = { subject: string; predicate: string; believed: Stated; other: Stated }

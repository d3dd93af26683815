import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { draftById, type Draft } from './drafts.ts'
import { draftIdOfBody } from './queries/draft-of-body.ts'

/** The draft that a content was approved as, else the first it was written for: its brief, and what it may cite. */
export async function draftOfBody(db: Queryable, contentHash: Hash): Promise<Draft | null> {
  const id = await draftIdOfBody(db, contentHash)
  return id && draftById(db, id)
}

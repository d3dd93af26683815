import type { Queryable } from '#kernel/db.ts'
import { selectAccepted } from '../queries/fact-proposals.ts'
import type { Stated } from './fact.ts'

/** What persons accepted of current texts, as their texts state it. */
export const acceptedFacts = async (db: Queryable): Promise<Stated[]> =>
  (await selectAccepted(db)).map(({ recordId, documentId, startByte, endByte, ...fact }) => ({
    ...fact,
    evidence: { recordId, documentId, startByte, endByte },
  }))

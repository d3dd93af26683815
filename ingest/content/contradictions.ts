import type { Queryable } from '#kernel/db.ts'
import { selectOpenContradictions, type OpenContradiction } from '../queries/contradictions.ts'

/** What sources state against what is believed, for a person to settle at the source; the newest first. */
export const openContradictions = (db: Queryable, limit: number): Promise<OpenContradiction[]> =>
  selectOpenContradictions(db, limit)

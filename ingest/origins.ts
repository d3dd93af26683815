import type { Queryable } from '#kernel/db.ts'
import { recordOrigins, type RecordOrigin } from './queries/record-origins.ts'

export type { RecordOrigin } from './queries/record-origins.ts'

/** Where source records stood, without a word of what they say; the newest first. */
export const recordsBehind = (db: Queryable, ids: readonly string[]): Promise<RecordOrigin[]> => recordOrigins(db, ids)

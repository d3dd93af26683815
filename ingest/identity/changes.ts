import type { Queryable, Tx } from '#kernel/db.ts'
import {
  selectChanges,
  selectPendingChanges,
  setImpact,
  type ChangeId,
  type ChangeRow,
} from '../queries/identity-changes.ts'

export type { ChangeId, ChangeRow }

/** Merges and unmerges, newest first, each with what it changed in the owner's figures once that is worked out. */
export const recentChanges = (db: Queryable, limit: number): Promise<ChangeRow[]> => selectChanges(db, limit)

/** Those whose impact is not worked out yet, oldest first. */
export const pendingChanges = (db: Queryable): Promise<ChangeRow[]> => selectPendingChanges(db)

/** Notes an impact on changes that have none, together with whatever else the transaction writes. Returns on how many. */
export const noteImpact = async (tx: Tx, ids: readonly ChangeId[], impact: unknown): Promise<number> =>
  (await setImpact(tx, ids, impact)).length

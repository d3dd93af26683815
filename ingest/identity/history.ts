import type { Queryable } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import type { ChangeId, ChangeRow } from '../queries/identity-changes.ts'
import {
  selectChange,
  selectChangesOf,
  selectMoves,
  selectPeopleMoved,
  type MovedRow,
} from '../queries/identity-desk.ts'

/** A merge or an unmerge, with the identifiers it moved (of very many the first ones). */
export type Change = ChangeRow & { moves: MovedRow[] }

const mostMoves = 200

/** The changes that moved any of these identifiers, newest first. */
export async function changesOf(db: Queryable, ids: readonly IdentifierId[], limit: number): Promise<Change[]> {
  return withMoves(db, await selectChangesOf(db, ids, limit))
}

/** One change; null when there is none of this id. */
export async function changeById(db: Queryable, id: ChangeId): Promise<Change | null> {
  return (await withMoves(db, await selectChange(db, id)))[0] ?? null
}

async function withMoves(db: Queryable, changes: readonly ChangeRow[]): Promise<Change[]> {
  const moves = await selectMoves(db, changes.map((change) => change.id), mostMoves) // prettier-ignore
  const of = Map.groupBy(moves, (move) => move.changeId)
  return changes.map((change) => ({ ...change, moves: of.get(change.id) ?? [] }))
}

const joining = new Set(['merge', 'remerge'])

/**
 * How many people a person's word began with, and how many there were behind it: who joined is counted before, who
 * parted behind. A resolution does both at once, so that of it nothing is told.
 */
export async function peopleMoved(
  db: Queryable,
  changes: readonly Pick<ChangeRow, 'id' | 'reason'>[],
): Promise<Map<ChangeId, { before: number; after: number }>> {
  const said = new Map(changes.filter(({ reason }) => reason !== 'resolved').map(({ id, reason }) => [id, reason]))
  const rows = await selectPeopleMoved(db, [...said.keys()])
  return new Map(
    rows.map(({ changeId, left, reached, both }) => {
      const all = left + reached - both
      return [
        changeId,
        joining.has(said.get(changeId) ?? '') ? { before: all, after: reached } : { before: left, after: all },
      ]
    }),
  )
}

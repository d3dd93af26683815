import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash, Id } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

export type PlacementId = Id<'placement'>

/** Approved copy on its day. */
export type Placement = {
  id: PlacementId
  releaseHash: Hash
  dueAt: Date
  plannedBy: string
  publishedAt: Date | null
  publishedBy: string | null
  /** Where it was published. */
  url: string | null
}

const columns = sql`id, release_hash as "releaseHash", due_at as "dueAt", planned_by as "plannedBy",
  published_at as "publishedAt", published_by as "publishedBy", url`

/** What stands in the calendar in a period, in its order. */
export const selectPlacements = (db: Queryable, { from, to }: { from: Date; to: Date }): Promise<Placement[]> =>
  db.query<Placement>(sql`select ${columns} from campaigns.placements
    where due_at >= ${from} and due_at < ${to} order by due_at, id limit 2000`)

export async function insertPlacement(
  tx: Tx,
  { id, releaseHash, dueAt, plannedBy }: Pick<Placement, 'id' | 'releaseHash' | 'dueAt' | 'plannedBy'>,
): Promise<void> {
  await tx.query(sql`insert into campaigns.placements (id, release_hash, due_at, planned_by)
    values (${id}, ${releaseHash}, ${dueAt}, ${plannedBy})`)
}

/** False where there is none, or it was published. */
export const updateDue = async (tx: Tx, id: PlacementId, dueAt: Date): Promise<boolean> =>
  (
    await tx.query(sql`update campaigns.placements set due_at = ${dueAt}
      where id = ${id} and published_at is null returning id`)
  ).length === 1

/** False where there is none, or it was published. */
export const deletePlacement = async (tx: Tx, id: PlacementId): Promise<boolean> =>
  (await tx.query(sql`delete from campaigns.placements where id = ${id} and published_at is null returning id`))
    .length === 1

/** False where there is none. What was said before is said anew: a mistyped address can be put right. */
export const updatePublished = async (
  tx: Tx,
  id: PlacementId,
  { at, by, url }: { at: Date; by: string; url: string },
): Promise<boolean> =>
  (
    await tx.query(sql`update campaigns.placements set published_at = coalesce(published_at, ${at}), published_by = ${by}, url = ${url}
      where id = ${id} returning id`)
  ).length === 1

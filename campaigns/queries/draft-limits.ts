import type { Queryable, Tx } from '#kernel/db.ts'
import type { DraftId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type StoredLimits = { limits: unknown; startAt: Date | null; chosenAt: Date; chosenBy: string }

export async function selectDraftLimits(db: Queryable, draftId: DraftId): Promise<StoredLimits | null> {
  const rows = await db.query<StoredLimits>(sql`
    select limits, start_at as "startAt", chosen_at as "chosenAt", chosen_by as "chosenBy"
    from campaigns.draft_limits where draft_id = ${draftId}`)
  return rows[0] ?? null
}

export async function upsertDraftLimits(tx: Tx, draftId: DraftId, chosen: StoredLimits): Promise<void> {
  await tx.query(sql`
    insert into campaigns.draft_limits (draft_id, limits, start_at, chosen_at, chosen_by)
    values (${draftId}, ${json(chosen.limits)}, ${chosen.startAt}, ${chosen.chosenAt}, ${chosen.chosenBy})
    on conflict (draft_id) do update set limits = excluded.limits, start_at = excluded.start_at,
      chosen_at = excluded.chosen_at, chosen_by = excluded.chosen_by`)
}

/** Countries of people whose zone nobody knows, ISO 3166. */
export async function selectCountriesWithoutZone(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ country: string }>(
    sql`select distinct country from ingest.profiles where zone is null and country is not null order by 1`,
  )
  return rows.map((row) => row.country)
}

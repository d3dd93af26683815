import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** Campaigns of which something may still be sent. One look into an index for each, however long their ledgers are. */
export async function selectUnfinishedCampaigns(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ name: string }>(sql`
    select name from (select distinct name from governance.releases) as known
    where exists (select from campaigns.deliveries where campaign = name and waiting)
      or exists (select from campaigns.enrolments where campaign = name and next_due_at is not null)
    order by name`)
  return rows.map((row) => row.name)
}

/** What the messages of a release were last checked against; null when they never were. */
export async function checkedBasis(db: Queryable, releaseHash: Hash): Promise<string | null> {
  const rows = await db.query<{ basis: string }>(
    sql`select basis from campaigns.message_checks where release_hash = ${releaseHash}`,
  )
  return rows[0]?.basis ?? null
}

export async function keepBasis(tx: Queryable, releaseHash: Hash, basis: string, at: Date): Promise<void> {
  await tx.query(sql`insert into campaigns.message_checks (release_hash, basis, checked_at)
    values (${releaseHash}, ${basis}, ${at})
    on conflict (release_hash) do update set basis = excluded.basis, checked_at = excluded.checked_at`)
}

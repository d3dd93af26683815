import type { Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { ArmCount } from './experiments.ts'

/** Whose lift: of a campaign, or of all (an empty name), by its own holdout or that of the house. */
export type LiftPlace = { campaign: string; scope: 'global' | 'campaign' }

export type KeptCounts = { about: Hash; countedAt: Date; arms: ArmCount[] }

/** What was counted last. */
export async function selectKeptCounts(db: Queryable, { campaign, scope }: LiftPlace): Promise<KeptCounts | null> {
  const rows = await db.query<KeptCounts>(sql`select about, counted_at as "countedAt", arms
    from campaigns.lift_counts where campaign = ${campaign} and scope = ${scope}`)
  return rows[0] ?? null
}

export async function upsertKeptCounts(db: Queryable, { campaign, scope }: LiftPlace, kept: KeptCounts): Promise<void> {
  await db.query(sql`insert into campaigns.lift_counts (campaign, scope, about, counted_at, arms)
    values (${campaign}, ${scope}, ${kept.about}, ${kept.countedAt}, ${json(kept.arms)}::jsonb)
    on conflict (campaign, scope) do update set about = excluded.about, counted_at = excluded.counted_at, arms = excluded.arms`)
}

/** The campaigns that ever held somebody out, one jump of the index each. */
export async function selectHoldingOut(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ campaign: string }>(sql`
    with recursive one as (
      (select campaign from campaigns.holdouts order by campaign limit 1)
      union all
      select (select h.campaign from campaigns.holdouts h where h.campaign > one.campaign order by h.campaign limit 1)
      from one where one.campaign is not null)
    select campaign from one where campaign is not null`)
  return rows.map(({ campaign }) => campaign)
}

/** Whether more than so many ever came into a campaign, or into all (an empty name); no more are looked at. */
export async function hasMoreThan(db: Queryable, campaign: string, count: number): Promise<boolean> {
  const [row] = await db.query<{ has: boolean }>(sql`select exists (
    select from campaigns.enrolments where ${campaign} = '' or campaign = ${campaign} offset ${count} limit 1) as has`)
  return row?.has ?? false
}

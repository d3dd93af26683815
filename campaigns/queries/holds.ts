import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash, Id } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Untrue } from '../content/citations.ts'

export type HoldId = Id<'hold'>

export type HoldRule = 'facts' | 'guardrails' | 'rollout' | 'channel' | 'by-hand'

export type Hold = {
  id: HoldId
  campaign: string
  /** The release whose copy is at fault; null where somebody stopped the campaign. */
  releaseHash: Hash | null
  rule: HoldRule
  why: string
  findings: Untrue[]
  placedAt: Date
  placedBy: string
  liftedAt: Date | null
  liftedBy: string | null
  liftReason: string | null
}

const columns = sql`id, campaign, release_hash as "releaseHash", rule, why, findings, placed_at as "placedAt",
  placed_by as "placedBy", lifted_at as "liftedAt", lifted_by as "liftedBy", lift_reason as "liftReason"`

/** The open holds that bind a release, and what was lifted of it before: what was accepted. */
export const selectBinding = (db: Queryable, campaign: string, releaseHash: Hash): Promise<Hold[]> =>
  db.query<Hold>(sql`select ${columns} from campaigns.holds
    where campaign = ${campaign} and (release_hash = ${releaseHash} or (release_hash is null and lifted_at is null))
    order by placed_at, id`)

/** Every hold of a campaign, newest first; of all campaigns those that are open. */
export const selectHolds = (db: Queryable, campaign: string | null): Promise<Hold[]> =>
  db.query<Hold>(sql`select ${columns} from campaigns.holds
    where campaign = ${campaign} or (${campaign}::text is null and lifted_at is null)
    order by placed_at desc, id desc limit 200`)

/** Locks an open hold, so that it is lifted once. */
export const lockHold = async (tx: Tx, id: HoldId): Promise<Hold | null> =>
  (
    await tx.query<Hold>(sql`select ${columns} from campaigns.holds where id = ${id} and lifted_at is null for update`)
  )[0] ?? null

/** Null where one of that rule is open already. */
export async function insertHold(
  tx: Tx,
  hold: Pick<Hold, 'id' | 'campaign' | 'releaseHash' | 'rule' | 'why' | 'findings' | 'placedAt' | 'placedBy'>,
): Promise<HoldId | null> {
  const rows = await tx.query<{ id: HoldId }>(sql`
    insert into campaigns.holds (id, campaign, release_hash, rule, why, findings, placed_at, placed_by)
    values (${hold.id}, ${hold.campaign}, ${hold.releaseHash}, ${hold.rule}, ${hold.why}, ${json(hold.findings)},
      ${hold.placedAt}, ${hold.placedBy})
    on conflict (campaign, release_hash, rule) where lifted_at is null do nothing returning id`)
  return rows[0]?.id ?? null
}

/** What an open hold is for, as it is now. */
export async function updateFindings(
  tx: Queryable,
  id: HoldId,
  { why, findings }: { why: string; findings: readonly Untrue[] },
): Promise<void> {
  await tx.query(sql`update campaigns.holds set why = ${why}, findings = ${json(findings)}
    where id = ${id} and lifted_at is null`)
}

export async function updateLifted(
  tx: Tx,
  id: HoldId,
  lifted: { at: Date; by: string; reason: string },
): Promise<void> {
  await tx.query(sql`update campaigns.holds
    set lifted_at = ${lifted.at}, lifted_by = ${lifted.by}, lift_reason = ${lifted.reason} where id = ${id}`)
}

/** Planned messages whose step was due before an instant: too old to be sent when their campaign goes on. */
export async function countPlannedBefore(db: Queryable, campaign: string, before: Date): Promise<number> {
  const rows = await db.query<{ count: number }>(sql`
    select count(*) as count from campaigns.deliveries
    where campaign = ${campaign} and waiting and planned_for < ${before}`)
  return rows[0]?.count ?? 0
}

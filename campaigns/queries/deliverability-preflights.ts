import type { Queryable } from '#kernel/db.ts'
import type { Id } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Finding } from '../deliverability/finding.ts'
import type { Left } from '../deliverability/outlet.ts'

export type KeptPreflight = { outlet: Left['kind']; runAt: Date; findings: (Finding & { id: string })[] }

export async function insertPreflight(
  db: Queryable,
  run: {
    id: Id<'preflight'>
    campaign: string | null
    outlet: Left['kind']
    runAt: Date
    findings: readonly (Finding & { id: string })[]
  },
): Promise<void> {
  await db.query(sql`insert into campaigns.preflights (id, campaign, outlet, run_at, findings)
    values (${run.id}, ${run.campaign}, ${run.outlet}, ${run.runAt}, ${json(run.findings)})`)
}

/** The last run about a campaign; null: about the house. */
export async function selectLastPreflight(db: Queryable, campaign: string | null): Promise<KeptPreflight | null> {
  const rows = await db.query<KeptPreflight>(sql`
    select outlet, run_at as "runAt", findings from campaigns.preflights
    where campaign is not distinct from ${campaign} order by run_at desc, id desc limit 1`)
  return rows[0] ?? null
}

export type WaiverRow = {
  id: Id<'waiver'>
  point: string
  reason: string
  givenBy: string
  givenAt: Date
  endsAt: Date
}

/** Words on unknown points that stand at a moment, the newest of a point last. */
export const selectWaivers = (db: Queryable, at: Date): Promise<WaiverRow[]> =>
  db.query<WaiverRow>(sql`
    select id, point, reason, given_by as "givenBy", given_at as "givenAt", ends_at as "endsAt"
    from campaigns.preflight_waivers where taken_back_at is null and ends_at > ${at} order by given_at, id`)

export async function insertWaiver(db: Queryable, waiver: WaiverRow): Promise<void> {
  await db.query(sql`insert into campaigns.preflight_waivers (id, point, reason, given_by, given_at, ends_at)
    values (${waiver.id}, ${waiver.point}, ${waiver.reason}, ${waiver.givenBy}, ${waiver.givenAt}, ${waiver.endsAt})`)
}

/** Takes back every word on a point. Returns how many stood. */
export async function endWaivers(db: Queryable, point: string, at: Date): Promise<number> {
  const rows = await db.query(sql`update campaigns.preflight_waivers set taken_back_at = ${at}
    where point = ${point} and taken_back_at is null and ends_at > ${at} returning id`)
  return rows.length
}

import type { Queryable } from '#kernel/db.ts'
import { approved } from '#governance/approvals.ts'
import { liveRelease } from '#governance/releases.ts'
import { campaignReleases } from '../content/copy.ts'

/** Whether an approved release of a campaign is live. */
export async function isStartable(db: Queryable, campaign: string): Promise<boolean> {
  const live = await liveRelease(db, campaign)
  return live !== null && (await approved(db, live.hash)) !== null
}

/** Campaigns that a timetable may start: an approved release of them is live. */
export async function startable(db: Queryable): Promise<string[]> {
  const names = [...new Set((await campaignReleases(db)).map(({ name }) => name))]
  const standing = await Promise.all(names.map((name) => isStartable(db, name)))
  return names.filter((_, at) => standing[at]).toSorted()
}

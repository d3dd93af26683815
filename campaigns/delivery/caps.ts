import type { Tx } from '#kernel/db.ts'
import type { CampaignDefinition, Limits } from '../definition.ts'
import { addToBucket } from '../queries/claims.ts'

/** Places of a day's cap. */
export type Used = { campaign: string; capDay: string | null; count: number }

/** The places that rows going back to the plan had used, by campaign and day. */
export function dayOfReturn(rows: readonly { campaign: string; capDay: string | null }[]): Used[] {
  const counts = new Map<string, Used>()
  for (const { campaign, capDay } of rows) {
    const key = `${campaign} ${capDay}`
    counts.set(key, { campaign, capDay, count: (counts.get(key)?.count ?? 0) + 1 })
  }
  return [...counts.values()]
}

/** Gives places of the daily cap back: what goes back to the plan takes one again when it is claimed again. */
export async function refund(tx: Tx, used: readonly Used[]): Promise<void> {
  for (const { campaign, capDay, count } of used) {
    if (capDay !== null) await addToBucket(tx, campaign, capDay, -count)
  }
}

/** The most messages of all campaigns, by any channel, that one person gets; null: as many as there are. */
export type PersonCaps = { perPersonPerDay: number | null; perPersonPerWeek: number | null }

/**
 * What binds a campaign for one person: the stricter of its own caps and those of the house. What answers its
 * reader (`kind: transactional`) is bound by its own alone.
 */
export function capsOf(
  { kind, limits }: Pick<CampaignDefinition, 'kind' | 'limits'>,
  house: PersonCaps | undefined,
): PersonCaps {
  const own = { perPersonPerDay: limits.perPersonPerDay ?? null, perPersonPerWeek: limits.perPersonPerWeek }
  if (house === undefined || kind === 'transactional') return own
  return {
    perPersonPerDay: stricter(own.perPersonPerDay, house.perPersonPerDay),
    perPersonPerWeek: stricter(own.perPersonPerWeek, house.perPersonPerWeek),
  }
}

const stricter = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other)

/** Whether anything must be counted for each person. */
export const capsPeople = (caps: PersonCaps): boolean => caps.perPersonPerDay !== null || caps.perPersonPerWeek !== null

/**
 * Why somebody may have no more for now, or null: what they had of any campaign by any channel.
 * @param had.today in the last 24 hours
 * @param had.recent in the last seven days
 */
export function overCap(
  limits: Pick<Limits, 'perPersonPerDay' | 'perPersonPerWeek'>,
  had: { today: number; recent: number },
): string | null {
  const { perPersonPerDay: day = null, perPersonPerWeek: week } = limits
  if (day !== null && had.today >= day) return `had ${had.today} messages in 24 hours`
  if (week !== null && had.recent >= week) return `had ${had.recent} messages in seven days`
  return null
}

import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import { newId, type RecordId } from '#kernel/ids.ts'
import { restateRows, upsertCosts } from './queries/costs.ts'
import type { Restatement } from './source.ts'

/** What was spent on one day (`YYYY-MM-DD`, business zone). `rateMinor`: business minor units for one minor unit. */
export type NewCost = {
  source: string
  externalId: string
  kind: string
  channel?: string | undefined
  campaignRef?: string | undefined
  campaignName?: string | undefined
  day: string
  currency: string
  amountMinor: number
  rateMinor: number
  impressions?: number | undefined
  clicks?: number | undefined
  recordId?: RecordId | undefined
}

/**
 * Writes costs in one statement, once for each (source, external id); a restated figure replaces the former one, as ad
 * platforms restate their last weeks. Within one call the last wins.
 * @returns how many rows are new or changed
 */
export async function recordCosts(tx: Tx, clock: Clock, costs: readonly NewCost[]): Promise<{ written: number }> {
  const distinct = [...new Map(costs.map((cost) => [`${cost.source}\n${cost.externalId}`, cost])).values()]
  if (distinct.length === 0) return { written: 0 }
  return { written: await upsertCosts(tx, distinct.map((cost) => ({ ...cost, id: newId<'cost'>(clock) }))) } // prettier-ignore
}

/** What reports say by what they leave out. Nothing is lost: the records of what was taken back stay, and a later report may have it again. */
export async function restateCosts(
  tx: Tx,
  source: string,
  reports: readonly Restatement[],
): Promise<{ takenBack: number }> {
  // prettier-ignore
  let takenBack = 0
  for (const report of reports) takenBack += await restateRows(tx, source, report)
  return { takenBack }
}

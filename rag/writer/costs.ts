import type { Queryable } from '#kernel/db.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import { costsByDay, costsBySubject, type DayCost, type SubjectCost, type Window } from '../queries/writer.ts'
import type { DraftState } from '../queries/drafts.ts'
import { spentMicroUsd } from '../queries/model-calls.ts'
import { budgetDay, type Budget } from '../router/recorded-call.ts'

export { callsMade, type CallMade } from '../queries/writer.ts'

/** What the calls for one draft cost, in millionths of a US dollar. */
export type DraftCost = {
  draft: DraftId
  at: Date
  sentence: string
  segment: string
  channel: string
  state: DraftState
  contentHash: Hash | null
  calls: number
  costMicroUsd: number
}

/** What was written for one brief, however often it was sent back: a campaign where something of it was accepted. */
export type BriefCost = {
  sentence: string
  segment: string
  drafts: DraftCost[]
  accepted: number
  costMicroUsd: number
}

export type WritingCosts = Window & {
  /** All calls of the window; the parts below add up to it. */
  totalMicroUsd: number
  draftsMicroUsd: number
  rehearsalsMicroUsd: number
  other: { purpose: string; calls: number; costMicroUsd: number }[]
  drafts: DraftCost[]
  accepted: number
  /** What all drafts cost, the rejected and the failed too, for each that was accepted; null when none was. */
  perAcceptedMicroUsd: number | null
  briefs: BriefCost[]
  campaigns: number
  /** The same for each brief that came to something. */
  perCampaignMicroUsd: number | null
  days: DayCost[]
}

/** What writing cost in a window, by what it was for: every call counts once, whatever came of it. */
export async function writingCosts(db: Queryable, window: Window): Promise<WritingCosts> {
  const rows = await costsBySubject(db, window)
  const drafts = rows.flatMap((row) => draftCost(row) ?? [])
  const briefs = briefsOf(drafts, rows)
  const accepted = drafts.filter(isAccepted).length
  const campaigns = briefs.filter((brief) => brief.accepted > 0).length
  const draftsMicroUsd = costOf(drafts)
  return {
    ...window,
    totalMicroUsd: costOf(rows),
    draftsMicroUsd,
    rehearsalsMicroUsd: costOf(rows.filter(({ rehearsal }) => rehearsal)),
    other: rows.flatMap(({ purpose, calls, costMicroUsd }) => (purpose === null ? [] : [{ purpose, calls, costMicroUsd }])),
    drafts,
    accepted,
    perAcceptedMicroUsd: each(draftsMicroUsd, accepted),
    briefs,
    campaigns,
    perCampaignMicroUsd: each(draftsMicroUsd, campaigns),
    days: await costsByDay(db, window),
  }
} // prettier-ignore

/** What is left of the budget of the UTC day, in millionths of a US dollar; what is set aside for calls under way is gone. */
export async function budgetLeft(db: Queryable, { perDay }: Pick<Budget, 'perDay'>, now: Date): Promise<number> {
  const { from, to } = budgetDay(now)
  return Math.max(0, perDay - (await spentMicroUsd(db, from, to)))
}

const costOf = (rows: readonly { costMicroUsd: number }[]): number =>
  rows.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0)

const each = (cost: number, count: number): number | null => (count === 0 ? null : Math.round(cost / count))

const isAccepted = ({ state }: DraftCost): boolean => state === 'approved'

function draftCost(row: SubjectCost): DraftCost | null {
  const { draft, rehearsal, at, sentence, segment, channel, state, contentHash, calls, costMicroUsd } = row
  if (draft === null || rehearsal || at === null || state === null) return null
  const brief = { sentence: sentence ?? '', segment: segment ?? '', channel: channel ?? '' }
  return { draft, at, ...brief, state, contentHash, calls, costMicroUsd }
}

/** Drafts that were asked for at once, or again for the same words and segment, are of one brief. */
function briefsOf(drafts: readonly DraftCost[], rows: readonly SubjectCost[]): BriefCost[] {
  const sets = new Map(rows.map(({ draft, set }) => [draft, set]))
  const briefs = Map.groupBy(drafts, (one) => sets.get(one.draft) ?? `${one.segment}\n${one.sentence.trim().toLowerCase()}`) // prettier-ignore
  return [...briefs.values()].map((of) => ({
    sentence: of[0]!.sentence,
    segment: of[0]!.segment,
    drafts: of,
    accepted: of.filter(isAccepted).length,
    costMicroUsd: costOf(of),
  }))
}

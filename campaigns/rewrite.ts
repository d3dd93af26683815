import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { DraftId } from '#kernel/ids.ts'
import { liveRelease } from '#governance/releases.ts'
import { createDraft } from '#rag/agent/run.ts'
import { draftOfBody } from '#rag/draft-of-body.ts'
import type { Brief } from '#rag/drafts.ts'
import { definitionOf, sendsOf } from './definition.ts'

/**
 * Enters the brief of a live campaign again, to be written from what holds now. Once approved it is the next version of
 * the same campaign: whoever is still to be written to gets that, and nobody who was gets another. Null where the campaign
 * was not written from a brief.
 */
export async function rewriteCampaign(
  deps: { db: Db; clock: Clock },
  { campaign, by }: { campaign: string; by: string },
): Promise<DraftId | null> {
  const live = await liveRelease(deps.db, campaign)
  const first = live && sendsOf(definitionOf(live))[0]
  const draft = first && (await draftOfBody(deps.db, first.step.contentHash))
  if (!draft) return null
  const { segment, goal, sentence, channel } = draft.brief
  const brief: Brief = { segment, goal, sentence, channel, by, campaign }
  return createDraft(deps, brief)
}

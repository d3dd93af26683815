import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import type { DraftId } from '#kernel/ids.ts'
import type { Refused } from '#governance/access.ts'
import { liveRelease } from '#governance/releases.ts'
import { createDraft } from '#rag/agent/run.ts'
import { draftOfBody } from '#rag/draft-of-body.ts'
import type { Brief } from '#rag/drafts.ts'
import { definitionOf, sendsOf, type CampaignDefinition } from '../definition.ts'

export type Rewritten = { kind: 'entered'; draftId: DraftId } | Refused<'no-brief' | 'no-one-mail'>

/**
 * Enters the brief of a live campaign again, to be written from what holds now. Once approved it is the next version of
 * the same campaign: whoever is still to be written to gets that, and nobody who was gets another. Refused where the
 * campaign was not written from a brief, or is more than one mail to a segment: a draft would replace all of it.
 */
export async function rewriteCampaign(
  deps: { db: Db; clock: Clock },
  { campaign, by }: { campaign: string; by: string },
): Promise<Rewritten> {
  const live = await liveRelease(deps.db, campaign)
  const definition = live && definitionOf(live)
  const [first] = definition ? sendsOf(definition) : []
  const draft = first && (await draftOfBody(deps.db, first.contentHash))
  if (!definition || !draft)
    return {
      kind: 'refused',
      rule: 'no-brief',
      why: 'This was not written from a brief: start a new draft at the desk',
    }
  if (!isOneMail(definition)) {
    const why = `"${campaign}" is more than one mail to a segment, and a draft would replace all of it: change its definition (millrace campaign export ${campaign}) and import it`
    return { kind: 'refused', rule: 'no-one-mail', why }
  }
  const { segment, goal, sentence, channel } = draft.brief
  const brief: Brief = { segment, goal, sentence, channel, by, campaign }
  return { kind: 'entered', draftId: await createDraft(deps, brief) }
}

/** Whether it holds nothing that a compiled draft would not hold, too. */
const isOneMail = ({
  journey,
  enter,
  reentry,
  goalReachedBy,
  exitOn,
  ends,
  holdout,
  rollout,
}: CampaignDefinition): boolean =>
  journey.length === 1 &&
  [enter, reentry, goalReachedBy, exitOn, ends, holdout, rollout].every((part) => part === undefined)

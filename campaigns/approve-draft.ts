import { sendBackVariants } from '#rag/agent/draft-set.ts'
import { draftById } from '#rag/drafts.ts'
import { approveCopy, type CopyApproved } from './copy.ts'
import { launchDraft, type Launched, type LaunchSettings } from './launch.ts'
import type { Yes } from './word.ts'

export type DraftApproved = (Exclude<Launched | CopyApproved, { kind: 'refused' }> & { sentBack: number }) | Extract<Launched, { kind: 'refused' }> // prettier-ignore

/**
 * A yes to a draft of any form: an e-mail is launched, other copy is approved to be published. With `others: 'back'` the
 * variants that wait beside it are sent back; said again, what a killed process left undone is done.
 */
export async function approveDraft(
  deps: LaunchSettings,
  { others, ...yes }: Yes & { others: 'back' | 'keep' },
): Promise<DraftApproved> {
  const draft = await draftById(deps.db, yes.draftId)
  if (!draft) return { kind: 'refused', rule: 'unknown', why: 'There is no such draft' }
  const done = draft.brief.channel === 'email' ? await launchDraft(deps, yes) : await approveCopy(deps, yes)
  if (done.kind === 'refused') return done
  const sentBack = others === 'back' ? await sendBackVariants(deps.agent, { draft, by: yes.by }) : 0
  return { ...done, sentBack }
}

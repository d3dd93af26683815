import type { Refused } from '#governance/access.ts'
import { underLease } from '#kernel/leases.ts'
import { choiceLeaseOf, sendBackVariants } from '#rag/agent/draft-set.ts'
import { draftById, leaseMs, variantsOf, type Draft } from '#rag/drafts.ts'
import { approveCopy, type CopyApproved } from './copy.ts'
import { launchDraft, type Launched, type LaunchSettings } from './launch.ts'
import { busy, type Yes } from './word.ts'

export type DraftApproved = (Exclude<Launched | CopyApproved, { kind: 'refused' }> & { sentBack: number }) | Extract<Launched, { kind: 'refused' }> // prettier-ignore

/**
 * A yes to a draft of any form: an e-mail is launched, other copy is approved to be published. With `others: 'back'` the
 * variants that wait beside it are sent back, and where another was picked meanwhile this one is not; said again, what a
 * killed process left undone is done. Of several variants one is decided on at a time.
 */
export async function approveDraft(
  deps: LaunchSettings,
  input: Yes & { others: 'back' | 'keep' },
): Promise<DraftApproved> {
  const draft = await draftById(deps.db, input.draftId)
  if (!draft) return { kind: 'refused', rule: 'unknown', why: 'There is no such draft' }
  return (await underLease(deps, choiceLeaseOf(draft), leaseMs, () => approveAlone(deps, draft, input))) ?? busy
}

async function approveAlone(
  deps: LaunchSettings,
  draft: Draft,
  { others, ...yes }: Yes & { others: 'back' | 'keep' },
): Promise<DraftApproved> {
  const refused = others === 'back' ? await pickedMeanwhile(deps, draft) : null
  if (refused) return refused
  const done = draft.brief.channel === 'email' ? await launchDraft(deps, yes) : await approveCopy(deps, yes)
  if (done.kind === 'refused') return done
  const sentBack = others === 'back' ? await sendBackVariants(deps.agent, { draft, by: yes.by }) : 0
  return { ...done, sentBack }
}

async function pickedMeanwhile({ db }: LaunchSettings, draft: Draft): Promise<Refused | null> {
  if (draft.state === 'approved' || (await variantsOf(db, draft)).every(({ state }) => state !== 'approved'))
    return null
  const why = 'Another variant was approved meanwhile: send this one back, or approve it beside the other'
  return { kind: 'refused', rule: 'another-picked', why }
}

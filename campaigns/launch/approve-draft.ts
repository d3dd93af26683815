import type { Refused } from '#governance/access.ts'
import { underLease } from '#kernel/leases.ts'
import { choiceLeaseOf, sendBackVariants } from '#rag/agent/draft-set.ts'
import { draftById, leaseMs, variantsOf, type Draft } from '#rag/drafts.ts'
import { approveCopy, type CopyApproved } from '../content/copy.ts'
import { launchDraft, sentBy, type Launched, type LaunchSettings } from './launch.ts'
import { channelOfForm } from '../render/text.ts'
import type { Trial } from './tried.ts'
import { busy, type Yes } from '../content/word.ts'

export type DraftApproved = (Exclude<Launched | CopyApproved, { kind: 'refused' }> & { sentBack: number }) | Extract<Launched, { kind: 'refused' }> // prettier-ignore

/**
 * A yes to a draft of any form: what this house can send is launched, other copy is approved to be published. With `others: 'back'` the
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
  const done = sentBy(deps, draft.brief.channel) === null ? await approveCopy(deps, yes) : await launchDraft(deps, yes)
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

/** A yes to several drafts of one brief: the first is the control, and which is sent to whom is drawn. */
export type YesToSeveral = Trial & Pick<Yes, 'by' | 'note' | 'people'> & { drafts: readonly Pick<Yes, 'draftId' | 'contentHash'>[] } // prettier-ignore

/**
 * Approves several e-mails that were written for the same people as one campaign, which tries them against each other
 * instead of one being picked. Each is approved as it was read; said again, what a killed process left undone is done.
 */
export async function approveTogether(deps: LaunchSettings, input: YesToSeveral): Promise<Launched> {
  const { drafts: read, decidedBy, allocation, ...yes } = input
  const drafts = await Promise.all(read.map(({ draftId }) => draftById(deps.db, draftId)))
  const found = drafts.filter((draft) => draft !== null)
  const [first, ...others] = found
  const no = found.length < read.length ? notTogether('There is no such draft') : againstTogether(found, read)
  if (no || !first) return no ?? notTogether('Choose two drafts at least')
  const launching = async (): Promise<Launched> => {
    const launched = await launchDraft(deps, { ...read[0]!, ...yes }, { drafts: others, decidedBy, allocation })
    if (launched.kind === 'refused') return launched
    for (const one of read.slice(1)) {
      const word = await approveCopy(deps, { ...one, ...yes })
      if (word.kind === 'refused')
        return { ...word, why: `It is being sent, but not every draft could be closed: ${word.why}` }
    }
    return launched
  }
  return (await underLease(deps, choiceLeaseOf(first), leaseMs, launching)) ?? busy
}

const notTogether = (why: string): Extract<Launched, { kind: 'refused' }> => ({
  kind: 'refused',
  rule: 'not-together',
  why,
})

/** Why drafts cannot be tried against each other, or null. */
function againstTogether(
  drafts: readonly Draft[],
  read: YesToSeveral['drafts'],
): Extract<Launched, { kind: 'refused' }> | null {
  if (new Set(drafts.map(({ id }) => id)).size < 2 || drafts.length > 10) return notTogether('Choose two to ten drafts')
  if (new Set(drafts.map(choiceLeaseOf)).size > 1)
    return notTogether('Only drafts of one brief, for the same people, can be tried against each other')
  if (drafts.some(({ brief }) => channelOfForm(brief.channel) === null))
    return notTogether('Only messages can be tried against each other')
  if (drafts.some(({ state }) => state !== 'waiting' && state !== 'approved'))
    return notTogether('One of the drafts was decided on meanwhile, or is being written')
  if (drafts.some(({ contentHash }, at) => contentHash !== read[at]!.contentHash))
    return { kind: 'refused', rule: 'changed', why: 'A draft was edited since: read it again' }
  return null
}

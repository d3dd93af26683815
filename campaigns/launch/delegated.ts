import { decideDelegated, standing } from '#governance/agents/decide.ts'
import { messageOf } from '#kernel/errors.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import { checkedDraft, listDrafts, type Draft } from '#rag/drafts.ts'
import { approveDraft } from './approve-draft.ts'
import type { LaunchSettings } from './launch.ts'

/** What became of a waiting draft: a policy approved it, or something stood against it though it was covered. */
export type DelegatedDraft = { draftId: DraftId } & (
  | { kind: 'approved'; by: string; releaseHash: Hash }
  | { kind: 'refused' | 'fault'; why: string }
)

const mostAtOnce = 200

/**
 * Approves what waits and was delegated, the way a person's yes goes. Whatever is not covered stays for a person; one
 * that fails does not stop the others.
 */
export async function approveDelegated(deps: LaunchSettings): Promise<DelegatedDraft[]> {
  if ((await standing(deps.db, 'copywriter', deps.clock())).length === 0) return []
  const done: DelegatedDraft[] = []
  for (const draft of await listDrafts(deps.db, { states: ['waiting'], limit: mostAtOnce })) {
    try {
      const one = await approveCovered(deps, draft)
      if (one) done.push(one)
    } catch (fault) {
      done.push({ draftId: draft.id, kind: 'fault', why: messageOf(fault) })
    }
  }
  return done
}

/** Null for one that a person decides on. It is asked again once the guardrails ran on the facts as they are now. */
async function approveCovered(deps: LaunchSettings, draft: Draft): Promise<DelegatedDraft | null> {
  const { audienceOf } = deps.agent
  const ask = () => decideDelegated({ ...deps, audienceOf }, { agent: 'copywriter', id: draft.id })
  if (!draft.contentHash || (await ask()).kind === 'review') return null
  await checkedDraft(deps.agent, draft)
  const decider = await ask()
  if (decider.kind === 'review') return null
  const { id: draftId, contentHash } = draft
  const done = await approveDraft(deps, { draftId, contentHash, by: decider.by, others: 'keep' })
  if (done.kind === 'refused') return { draftId, kind: 'refused', why: done.why }
  return { draftId, kind: 'approved', by: decider.by, releaseHash: done.releaseHash }
}

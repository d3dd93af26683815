import { approveCopy } from '#campaigns/copy.ts'
import type { Hash } from '#kernel/ids.ts'
import { startDraft } from '#rag/agent/run.ts'
import { draftById, editDraft } from '#rag/drafts.ts'
import { brief } from '../rag/written-drafts.ts'
import type { Site } from '../support/website.ts'

/** A landing page that a marketer wrote over and the owner approved: its release. */
export async function approvedPage({ pages, users }: Site): Promise<Hash> {
  const { agent, db } = pages
  const draftId = await startDraft(agent, { ...brief, channel: 'landing-page' })
  const body = (await draftById(db, draftId))?.body
  const preheader = { text: 'Have a look at what there is.', citations: [] }
  // Everybody reads a page: the greeting goes.
  const blocks = body?.blocks.map((block) => (block.kind === 'paragraph' ? { ...block, sentences: block.sentences.slice(1) } : block)) // prettier-ignore
  const edited = await editDraft(agent, { draftId, body: { ...body, preheader, blocks }, by: users.marketer })
  if (edited.kind !== 'edited') throw new Error('The page could not be edited')
  const done = await approveCopy(pages, { draftId, contentHash: edited.contentHash, by: users.owner })
  if (done.kind === 'refused') throw new Error(done.why)
  return done.releaseHash
}

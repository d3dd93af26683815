import { approveCopy } from '#campaigns/content/copy.ts'
import type { Hash } from '#kernel/ids.ts'
import { startDraft } from '#rag/agent/run.ts'
import type { DraftBody } from '#rag/draft.ts'
import { draftById, editDraft } from '#rag/drafts.ts'
import type { FormName } from '#rag/forms.ts'
import { brief } from '../rag/written-drafts.ts'
import type { Site } from '../support/website.ts'

const says = (text: string) => ({ text, citations: [] })

/** A landing page that a marketer wrote over and the owner approved: its release. */
export const approvedPage = (site: Site, change: Partial<DraftBody> = {}): Promise<Hash> =>
  approvedAs(site, 'landing-page', (body) => {
    // Everybody reads a page: the greeting goes.
    const blocks = body.blocks.map((block) => (block.kind === 'paragraph' ? { ...block, sentences: block.sentences.slice(1) } : block)) // prettier-ignore
    return { ...body, preheader: says('Have a look at what there is.'), blocks, ...change }
  })

/** A post that says the price and nothing else, approved likewise. */
export const approvedPost = (site: Site): Promise<Hash> =>
  approvedAs(site, 'linkedin', (body) => ({
    ...body,
    preheader: says(''),
    blocks: [{ kind: 'paragraph', sentences: [body.subject] }],
  }))

async function approvedAs(
  { pages, users }: Site,
  channel: FormName,
  write: (body: DraftBody) => DraftBody,
): Promise<Hash> {
  const { agent, db } = pages
  const draftId = await startDraft(agent, { ...brief, channel })
  const body = (await draftById(db, draftId))?.body
  if (!body) throw new Error('Nothing was written')
  const edited = await editDraft(agent, { draftId, body: write(body), by: users.marketer })
  if (edited.kind !== 'edited') throw new Error('It could not be edited')
  const done = await approveCopy(pages, { draftId, contentHash: edited.contentHash, by: users.owner })
  if (done.kind === 'refused') throw new Error(done.why)
  return done.releaseHash
}

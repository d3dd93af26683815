import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approveDraft } from '#campaigns/launch/approve-draft.ts'
import { approveCopy, approvedCopy, approvedCopyOf, campaignReleases } from '#campaigns/content/copy.ts'
import { launchDraft } from '#campaigns/launch/launch.ts'
import { approved, decisionsOn, withdrawApproval } from '#governance/approvals.ts'
import { sql } from '#kernel/sql.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import { createDrafts } from '#rag/agent/draft-set.ts'
import { runDraft, startDraft } from '#rag/agent/run.ts'
import type { AgentDeps, CallModel } from '#rag/agent/deps.ts'
import { draftById, editDraft, setOf, variantsOf } from '#rag/drafts.ts'
import { examplesFor } from '#rag/examples.ts'
import { formText } from '#rag/form-text.ts'
import { formNames, forms } from '#rag/forms.ts'
import { compose } from '#rag/models/offline/compose.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Site } from '../support/website.ts'
import { brief } from '../rag/written-drafts.ts'
import { aClock } from './world.ts'

const db = testDatabase({ keep: true })

/** The offline composer, asked directly: what routes and what it costs is no matter here. */
const offline: CallModel = (request) => {
  const composed = compose(request.draft!)
  const usage = { inputTokens: 0, outputTokens: 0, costMicroUsd: 0 }
  return Promise.resolve(
    composed.kind === 'composed'
      ? { kind: 'answer', value: composed.body, usage, model: 'offline', spentMicroUsd: 0 }
      : { kind: 'failed', reason: 'refused', why: composed.why, spentMicroUsd: 0 },
  )
}

describe('copy that is no e-mail', () => {
  let site: Site
  let agent: AgentDeps
  let deps: Site['pages']
  beforeAll(async () => {
    site = await openSite(db, aClock())
    agent = { ...site.pages.agent, callModel: offline }
    deps = { ...site.pages, agent }
  })
  afterAll(() => site.close())

  const hashOf = async (id: DraftId): Promise<Hash> => (await draftById(db, id))!.contentHash!
  const yes = async (draftId: DraftId) => ({ draftId, contentHash: await hashOf(draftId), by: site.users.owner })

  it.each(formNames.filter((name) => name !== 'email'))('is written, checked, approved and there to be published: %s', async (channel) => {
    const draftId = await startDraft(agent, { ...brief, channel })
    const draft = await draftById(db, draftId)
    expect(draft?.problem).toBeNull()
    expect(draft?.findings.filter(({ verdict }) => verdict === 'block')).toEqual([])
    const done = await approveCopy(deps, await yes(draftId))
    if (done.kind === 'refused') throw new Error(done.why)
    expect(await draftById(db, draftId)).toMatchObject({ state: 'approved', decidedBy: site.users.owner })
    const piece = await approvedCopyOf(db, done.releaseHash)
    expect(piece).toMatchObject({ form: channel, contentHash: draft?.contentHash, by: site.users.owner })
    expect(formText(piece!.content, forms[channel])).toEqual(formText(draft!.body!, forms[channel]))
    expect((await approved(db, done.releaseHash))?.pins).toMatchObject({ channel, contentHash: draft?.contentHash })
  }) // prettier-ignore

  it('counts for the text that was read and no other, and once', async () => {
    const draftId = await startDraft(agent, { ...brief, channel: 'linkedin' })
    const read = await yes(draftId)
    const body = (await draftById(db, draftId))!.body!
    await editDraft(agent, { draftId, body: { ...body, blocks: body.blocks.slice(0, 1) }, by: site.users.marketer })
    expect(await approveCopy(deps, read)).toMatchObject({ kind: 'refused', rule: 'changed' })
    const before = (await approvedCopy(db, 100)).length
    const [first, second] = [await approveCopy(deps, await yes(draftId)), await approveCopy(deps, await yes(draftId))]
    expect(second).toEqual(first)
    expect(await approvedCopy(db, 100)).toHaveLength(before + 1)
  })

  it('is no campaign: nothing is enrolled, and what sends e-mail refuses it', async () => {
    const draftId = await startDraft(agent, { ...brief, channel: 'sms' })
    expect(await launchDraft(deps, await yes(draftId))).toMatchObject({ kind: 'refused', rule: 'form' })
    const before = (await campaignReleases(db)).length
    await approveCopy(deps, await yes(draftId))
    expect(await campaignReleases(db)).toHaveLength(before)
  })

  it('goes from the approved when the approval is taken back, and cannot be approved by a page left open', async () => {
    const draftId = await startDraft(agent, { ...brief, channel: 'x' })
    const done = await approveCopy(deps, await yes(draftId))
    if (done.kind === 'refused') throw new Error(done.why)
    await withdrawApproval(deps, { releaseHash: done.releaseHash, by: site.users.owner, note: 'no' })
    expect(await approvedCopyOf(db, done.releaseHash)).toBeNull()
    expect(await approveCopy(deps, await yes(draftId))).toMatchObject({ kind: 'refused', rule: 'decided' })
    expect(await decisionsOn(db, done.releaseHash)).toHaveLength(2)
  })

  it('in a set: one that is picked sends back its variants, and none of another form', async () => {
    const { channel: _, ...rest } = brief
    const { segment, ...asked } = rest
    const made = await createDrafts(agent, { brief: asked, segments: [segment], channels: ['x', 'linkedin'], ideas: ['offer-first', 'question', 'short'] }) // prettier-ignore
    if (made.kind === 'refused') throw new Error(made.why)
    expect(made.drafts).toHaveLength(6)
    for (const id of made.drafts) await runDraft(agent, id)
    const draft = (await draftById(db, made.drafts[0]!))!
    expect((await setOf(db, draft)).map(({ brief: one }) => [one.channel, one.idea])).toEqual([
      ['x', 'offer-first'], ['x', 'question'], ['x', 'short'], ['linkedin', 'offer-first'], ['linkedin', 'question'], ['linkedin', 'short'],
    ]) // prettier-ignore
    const done = await approveDraft(deps, { ...(await yes(draft.id)), others: 'back' })
    expect(done).toMatchObject({ kind: 'copy', sentBack: 2 })
    const others = await variantsOf(db, draft)
    expect(others.map(({ state, reason, decidedBy }) => [state, reason, decidedBy])).toEqual(others.map(() => ['rejected', 'another variant was picked', site.users.owner])) // prettier-ignore
    expect((await setOf(db, draft)).filter(({ state }) => state === 'waiting')).toHaveLength(3)
    const audited = await db.query(
      sql`select count(*)::int as n from kernel.audit where action = 'draft.rejected' and subject = any(${others.map(({ id }) => `draft:${id}`)}::text[])`,
    )
    expect(audited).toEqual([{ n: 2 }])
    // What was passed over is no example of what the business dislikes.
    const examples = await examplesFor(db, { sentence: brief.sentence, segment: segment.name, except: draft.id })
    expect(examples.filter(({ decision }) => decision === 'rejected')).toEqual([])
  })

  it('in a set may be approved beside its variants; a set has at most twenty', async () => {
    const { channel: _, segment, ...asked } = brief
    const made = await createDrafts(agent, { brief: asked, segments: [segment], channels: ['sms'], ideas: ['offer-first', 'short'] }) // prettier-ignore
    if (made.kind === 'refused') throw new Error(made.why)
    for (const id of made.drafts) await runDraft(agent, id)
    for (const id of made.drafts) expect(await approveDraft(deps, { ...(await yes(id)), others: 'keep' })).toMatchObject({ kind: 'copy', sentBack: 0 }) // prettier-ignore
    expect(await createDrafts(agent, { brief: asked, segments: [segment], channels: formNames, ideas: ['short', 'question'] })).toMatchObject({ kind: 'refused' }) // prettier-ignore
    expect(await createDrafts(agent, { brief: asked, segments: [segment], channels: [], ideas: [] })).toMatchObject({ kind: 'refused' }) // prettier-ignore
  })
})

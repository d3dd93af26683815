import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { startDraft, resumeDraft } from '#rag/agent/run.ts'
import type { CallModel } from '#rag/agent/deps.ts'
import { draftById } from '#rag/drafts.ts'
import { energeticEmbedder } from '#rag/embedders/energetic.ts'
import { indexCorpus } from '#rag/index-corpus.ts'
import { offlineModel } from '#rag/models/offline.ts'
import { callModel } from '#rag/router/call-model.ts'
import { firstPolicy } from '#rag/router/policy.ts'
import { testDatabase } from '../support/database.ts'
import { today } from './corpus.ts'
import { addEvidence, agentDeps, brief } from './written-drafts.ts'

const db = testDatabase()
const clock = stoppedClock(today)

const nothing = { perDay: 0, perSubject: 0, perCampaign: 0, perCall: 0 }

/** The router as it is wired, with no key set: the offline composer is all there is. */
const offline: CallModel = (request, about) =>
  callModel(
    {
      db,
      clock,
      models: [offlineModel()],
      policy: firstPolicy,
      budget: nothing,
      zone: 'UTC',
      allowed: {},
      pause: () => Promise.resolve(),
    },
    request,
    about,
  )

describe('without a key, a server or a network', () => {
  it.each([
    'Tell people who bought Yirgacheffe Kochere that it is back and what it costs',
    'Win back people who have not ordered for a while',
    'Explain how to keep coffee beans and how to descale a machine',
    'Invite people to the cupping workshop',
  ])('a draft for “%s” is written, cited and may be approved', async (sentence) => {
    await addEvidence(db)
    const embedder = energeticEmbedder()
    await indexCorpus({ db, clock, embedder })
    const deps = { ...agentDeps(db, clock, offline), embedder }
    const draftId = await startDraft(deps, { ...brief, sentence })
    const draft = await draftById(db, draftId)
    expect(draft?.findings.filter((finding) => finding.verdict === 'block')).toEqual([])
    expect(draft).toMatchObject({ state: 'waiting', approvable: true, model: 'offline', costMicroUsd: 0 })
    expect(
      draft?.body?.blocks.some(
        (block) => block.kind === 'paragraph' && block.sentences.some((said) => said.citations.length > 0),
      ),
    ).toBe(true)
    expect(await resumeDraft(deps, { draftId, decision: 'approved', by: 'owner', approvalId: draftId })).toMatchObject({
      kind: 'recorded',
    })
  })
})

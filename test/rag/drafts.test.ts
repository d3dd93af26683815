import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { liveVersion } from '#kernel/versions.ts'
import { resumeDraft, startDraft } from '#rag/agent/run.ts'
import { bodyByHash, draftById, editDraft, listDrafts } from '#rag/drafts.ts'
import { testDatabase } from '../support/database.ts'
import { today } from './corpus.ts'
import { addEvidence, agentDeps, brand, brief, mailSaying, scripted } from './written-drafts.ts'

const db = testDatabase()
const clock = stoppedClock(today)
const deps = () => agentDeps(db, clock, scripted((request) => mailSaying('€13.50', request)).callModel)
const editing = { db, clock, brand: () => Promise.resolve(brand) }

async function waiting() {
  await addEvidence(db)
  const draftId = await startDraft(deps(), brief)
  const draft = await draftById(db, draftId)
  if (!draft?.body || !draft.contentHash) throw new Error('no body')
  return { draftId, body: draft.body, contentHash: draft.contentHash }
}

describe('an edit', () => {
  it('runs the guardrails again and has a new content hash; the old body stays under the old one', async () => {
    const { draftId, body, contentHash } = await waiting()
    const edited = await editDraft(editing, {
      draftId,
      by: 'marketer',
      body: { ...body, preheader: { text: 'Shall we keep a bag for you?', citations: [] } },
    })
    expect(edited).toMatchObject({ kind: 'edited', approvable: true })
    const draft = await draftById(db, draftId)
    expect(draft?.contentHash).not.toBe(contentHash)
    expect(draft?.body?.preheader.text).toBe('Shall we keep a bag for you?')
    expect((await bodyByHash(db, contentHash))?.preheader.text).toBe('A note from Alder & Ash')
  })

  it('is refused where somebody else has edited the body that it was made from', async () => {
    const { draftId, body, contentHash } = await waiting()
    const saying = (text: string) => ({ ...body, preheader: { text, citations: [] } })
    const first = await editDraft(editing, { draftId, contentHash, by: 'mara', body: saying('From Mara') })
    expect(first).toMatchObject({ kind: 'edited' })
    const second = await editDraft(editing, { draftId, contentHash, by: 'ash', body: saying('From Ash') })
    expect(second).toMatchObject({ kind: 'refused', rule: 'changed' })
    expect((await draftById(db, draftId))?.body?.preheader.text).toBe('From Mara')
  })

  it('by a person is guarded as a model is', async () => {
    const { draftId, body } = await waiting()
    const edited = await editDraft(editing, {
      draftId,
      by: 'marketer',
      body: { ...body, preheader: { text: 'Now only €9.99, guaranteed the best', citations: [] } },
    })
    expect(edited).toMatchObject({ kind: 'edited', approvable: false })
    const rules =
      edited.kind === 'edited'
        ? edited.findings.filter(({ verdict }) => verdict === 'block').map(({ rule }) => rule)
        : []
    expect(new Set(rules)).toEqual(new Set(['figures-match', 'cited', 'prohibited', 'regulated']))
    expect(await resumeDraft(deps(), { draftId, decision: 'approved', by: 'owner' })).toMatchObject({ rule: 'blocked' })
  })

  it('voids the word of somebody who saw the body before', async () => {
    const { draftId, body, contentHash } = await waiting()
    await editDraft(editing, {
      draftId,
      by: 'marketer',
      body: { ...body, preheader: { text: 'Have a look', citations: [] } },
    })
    const word = { draftId, decision: 'approved', by: 'owner' } as const
    expect(await resumeDraft(deps(), { ...word, contentHash })).toMatchObject({ kind: 'refused', rule: 'changed' })
    expect(await resumeDraft(deps(), word)).toMatchObject({ kind: 'recorded' })
  })

  it('takes the list of slots from the text', async () => {
    const { draftId, body } = await waiting()
    await editDraft(editing, { draftId, by: 'marketer', body: { ...body, slots: ['person.secret'] } })
    expect((await draftById(db, draftId))?.body?.slots).toEqual(['person.given_name | default: "there"'])
  })

  it('is refused with the reason when it is no mail, or the draft is decided', async () => {
    const { draftId, body } = await waiting()
    expect(await editDraft(editing, { draftId, by: 'marketer', body: { subject: 1 } })).toMatchObject({
      kind: 'refused',
      rule: 'shape',
    })
    await resumeDraft(deps(), { draftId, decision: 'rejected', by: 'owner' })
    expect(await editDraft(editing, { draftId, by: 'marketer', body })).toMatchObject({
      kind: 'refused',
      rule: 'not-waiting',
    })
  })
})

describe('drafts', () => {
  it('are listed newest first, by state', async () => {
    const { draftId } = await waiting()
    const second = await startDraft(deps(), brief)
    await resumeDraft(deps(), { draftId: second, decision: 'rejected', by: 'owner' })
    expect((await listDrafts(db, { limit: 10 })).map(({ state }) => state).toSorted()).toEqual(['rejected', 'waiting'])
    expect((await listDrafts(db, { states: ['waiting'], limit: 10 })).map(({ id }) => id)).toEqual([draftId])
  })

  it('carry the version of the guardrails they passed', async () => {
    const { draftId } = await waiting()
    const live = await liveVersion<{ rules: { rule: string }[] }>(db, 'guardrail', 'copy')
    expect((await draftById(db, draftId))?.guardrailHash).toBe(live?.hash)
    expect(live?.body.rules.map(({ rule }) => rule)).toContain('figures-match')
  })
})

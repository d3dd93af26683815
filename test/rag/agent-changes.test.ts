import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import { askForChange, resumeDraft, resumeUnfinished, runDraft, startDraft } from '#rag/agent/run.ts'
import { draftById } from '#rag/drafts.ts'
import { readAsked } from '#rag/models/offline/asked.ts'
import { requestsOf } from '#rag/queries/draft-requests.ts'
import { testDatabase } from '../support/database.ts'
import { today } from './corpus.ts'
import { addEvidence, agentDeps, brief, mailSaying, scripted } from './written-drafts.ts'

const db = testDatabase()
const clock = stoppedClock(today)
const right = () => scripted((request) => mailSaying('€13.50', request))

const hashOf = async (draftId: DraftId): Promise<Hash> => (await draftById(db, draftId))?.contentHash as Hash
const ask = async (draftId: DraftId, words: string) =>
  askForChange({ db, clock }, { draftId, words, by: 'marketer', contentHash: await hashOf(draftId) })

describe('a change that is asked for in words', () => {
  it('is written with the words, checked again, and waits again', async () => {
    await addEvidence(db)
    const model = right()
    const deps = agentDeps(db, clock, model.callModel)
    const draftId = await startDraft(deps, brief)
    expect(await ask(draftId, 'Shorter, and say how it tastes')).toEqual({ kind: 'asked' })
    expect((await draftById(db, draftId))?.state).toBe('drafting')
    expect(await runDraft(deps, draftId)).toBe('waiting')
    expect(model.requests[1]?.revise?.asked).toEqual(['Shorter, and say how it tastes'])
    expect(model.prompts[1]).toContain('- Shorter, and say how it tastes')
    expect(await draftById(db, draftId)).toMatchObject({ state: 'waiting', approvable: true, revision: 2 })
    expect(await requestsOf(db, draftId)).toMatchObject([{ words: 'Shorter, and say how it tastes', round: 1 }])
    clock.advance(1000)
    await ask(draftId, 'And warmer')
    await runDraft(deps, draftId)
    expect(model.requests[2]?.revise?.asked).toEqual(['Shorter, and say how it tastes', 'And warmer'])
    expect(await resumeDraft(deps, { draftId, decision: 'approved', by: 'owner', approvalId: 'a1' })).toMatchObject({ kind: 'recorded' }) // prettier-ignore
  })

  it('is revised twice again where the guardrails object', async () => {
    await addEvidence(db)
    const model = scripted(
      (request) => mailSaying('€13.50', request),
      (request) => mailSaying('€12.00', request),
      (request) => mailSaying('€13.50', request),
    )
    const deps = agentDeps(db, clock, model.callModel)
    const draftId = await startDraft(deps, brief)
    await ask(draftId, 'Warmer')
    await runDraft(deps, draftId)
    expect(model.requests).toHaveLength(3)
    expect(await draftById(db, draftId)).toMatchObject({ state: 'waiting', approvable: true, revision: 3 })
  })

  it('goes on after a kill between the words and the writing, and is paid once', async () => {
    await addEvidence(db)
    const model = right()
    const deps = agentDeps(db, clock, model.callModel)
    const draftId = await startDraft(deps, brief)
    await ask(draftId, 'Warmer')
    expect(await resumeUnfinished(deps)).toEqual([{ draftId, kind: 'resumed', state: 'waiting' }])
    expect(await resumeUnfinished(deps)).toEqual([])
    expect(model.requests).toHaveLength(2)
  })

  it('keeps the old text, and says why, where nobody could write it', async () => {
    await addEvidence(db)
    const model = scripted(
      (request) => mailSaying('€13.50', request),
      () => ({ failed: 'down' }),
    )
    const deps = agentDeps(db, clock, model.callModel)
    const draftId = await startDraft(deps, brief)
    const before = await hashOf(draftId)
    await ask(draftId, 'Warmer')
    expect(await runDraft(deps, draftId)).toBe('waiting')
    expect(await draftById(db, draftId)).toMatchObject({
      contentHash: before,
      problem: expect.stringContaining('No model could be reached (down)') as string,
    })
  })

  it('counts for what the person saw, and for a draft that waits', async () => {
    await addEvidence(db)
    const deps = agentDeps(db, clock, right().callModel)
    const draftId = await startDraft(deps, brief)
    const stale = { draftId, words: 'Warmer', by: 'marketer', contentHash: '0'.repeat(64) as Hash }
    expect(await askForChange({ db, clock }, stale)).toMatchObject({ kind: 'refused', rule: 'changed' })
    await ask(draftId, 'Warmer')
    expect(await ask(draftId, 'Colder')).toMatchObject({ kind: 'refused', rule: 'not-waiting' })
    expect(await resumeDraft(deps, { draftId, decision: 'approved', by: 'owner' })).toMatchObject({
      rule: 'not-waiting',
    })
  })
})

describe('what the offline composer understands of it', () => {
  it.each([
    ['Shorter, and mention the decaf', { also: 'mention the decaf.', without: [], shorter: true, longer: false }],
    ['Drop the kettle. Say how it tastes', { also: 'Say how it tastes.', without: ['kettle'], shorter: false, longer: false }],
    ['Make it longer', { also: '', without: [], shorter: false, longer: true }],
  ])('%s', (words, asked) => {
    expect(readAsked([words])).toEqual(asked)
  })

  it('is the last word where two contradict each other', () => {
    expect(readAsked(['Shorter', 'No, longer please'])).toMatchObject({ shorter: false, longer: true })
  })
}) // prettier-ignore

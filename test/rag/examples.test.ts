import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { resumeDraft, startDraft } from '#rag/agent/run.ts'
import { draftById, editDraft } from '#rag/drafts.ts'
import { testDatabase } from '../support/database.ts'
import { today } from './corpus.ts'
import { addEvidence, agentDeps, brief, mailSaying, scripted } from './written-drafts.ts'

const db = testDatabase()
const clock = stoppedClock(today)

describe('what people decided on earlier drafts', () => {
  const decided = async (decision: 'approved' | 'rejected', edit: boolean) => {
    const model = scripted((request) => mailSaying('€13.50', request))
    const deps = agentDeps(db, clock, model.callModel)
    const draftId = await startDraft(deps, brief)
    const body = (await draftById(db, draftId))?.body
    if (edit && body) {
      const preheader = { text: 'A letter from Alder & Ash', citations: [] }
      await editDraft(deps, { draftId, body: { ...body, preheader }, by: 'marketer' })
    }
    const word = decision === 'approved' ? { approvalId: 'a1' } : { reason: 'too dry' }
    await resumeDraft(deps, { draftId, decision, by: 'owner', ...word })
    clock.advance(60_000)
  }

  it('is shown to the author of the next one like it, with the reason and what was written instead', async () => {
    await addEvidence(db)
    await decided('rejected', false)
    await decided('approved', true)
    const model = scripted((request) => mailSaying('€13.50', request))
    await startDraft(agentDeps(db, clock, model.callModel), {
      ...brief,
      sentence: 'Say what Yirgacheffe Kochere costs',
    })
    expect(model.requests[0]?.examples).toEqual([
      {
        brief: brief.sentence, decision: 'approved', reason: null, subject: 'Yirgacheffe Kochere for €13.50',
        edits: [{ was: 'A note from Alder & Ash', became: 'A letter from Alder & Ash' }],
      },
      { brief: brief.sentence, decision: 'rejected', reason: 'too dry', subject: 'Yirgacheffe Kochere for €13.50', edits: [] },
    ]) // prettier-ignore
    expect(model.prompts[0]).toContain('was rejected, because: too dry')
    expect(model.prompts[0]).toContain('“A note from Alder & Ash”'.replaceAll(/[“”]/g, '"'))
  })

  it('says nothing of drafts that are about something else', async () => {
    await addEvidence(db)
    await decided('approved', false)
    const model = scripted((request) => mailSaying('€13.50', request))
    const other = { ...brief, sentence: 'Descaling machines', segment: { name: 'Others', rule: {} } }
    await startDraft(agentDeps(db, clock, model.callModel), other)
    expect(model.requests[0]?.examples).toEqual([])
  })
})

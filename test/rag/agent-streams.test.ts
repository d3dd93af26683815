import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { draftView } from '#dashboards/views/draft.ts'
import { stoppedClock } from '#kernel/clock.ts'
import type { Queryable } from '#kernel/db.ts'
import { newId, type DraftId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { CallModel } from '#rag/agent/deps.ts'
import { progressOf, wordsIn } from '#rag/agent/progress.ts'
import { createDraft, resumeDraft, resumeUnfinished, runDraft, startDraft } from '#rag/agent/run.ts'
import { draftById, type Draft } from '#rag/drafts.ts'
import { claudeModel } from '#rag/models/claude.ts'
import { callModel } from '#rag/router/call-model.ts'
import { firstPolicy } from '#rag/router/policy.ts'
import { fakeClaude } from '#test/support/fake-claude.ts'
import type { FakeVendor, Reply } from '#test/support/fake-vendor.ts'
import { testDatabase } from '../support/database.ts'
import { addDocument, today } from './corpus.ts'
import { addEvidence, agentDeps, brief, mailSaying, scripted } from './written-drafts.ts'

const db = testDatabase()
const clock = stoppedClock(today)

let claude: FakeVendor
beforeAll(async () => {
  claude = await fakeClaude()
})
afterAll(() => claude.stop())

const budget = { perDay: 5_000_000, perSubject: 5_000_000, perCampaign: 5_000_000, perCall: 5_000_000 }
/** The router as it is wired, with one vendor and nothing behind it. */
const throughClaude: CallModel = (request, about) => {
  const models = [claudeModel({ apiKey: 'test-key', model: 'claude-sonnet-5-5', baseURL: claude.url })]
  const deps = { db, clock, models, policy: firstPolicy, budget, zone: 'UTC', allowed: {}, pause: () => Promise.resolve() } // prettier-ignore
  return callModel(deps, request, { ...about, stakes: 'high', names: [] })
}
const pageOf = async (draft: Draft): Promise<string> =>
  String(await draftView({ draft, others: 0, csrf: 'x', zone: 'UTC', may: () => true }))
/** Other work on the machine may hold a write up. */
const patient = { timeout: 10_000 }
const current = async (id: DraftId): Promise<Draft> => (await draftById(db, id))!

describe('while a model writes', () => {
  it('the page says how many words there are, and the draft forgets them once it is written', async () => {
    await addEvidence(db)
    const said: string[] = []
    const model = scripted((request) => mailSaying('€13.50', request))
    const deps = agentDeps(db, clock, async (request, about) => {
      request.onText?.('{"subject":{"text":"Yirgacheffe Kochere for €13.50","cites":["F1"]},"preheader":{"text":"A no')
      await expect.poll(async () => (await current(id)).wordsSoFar, patient).toBe(6)
      said.push(await pageOf(await current(id)))
      return model.callModel(request, about)
    })
    const id = await createDraft(deps, brief)
    expect(await runDraft(deps, id)).toBe('waiting')
    expect(said[0]).toContain('Writing: 6 words so far')
    expect((await current(id)).wordsSoFar).toBe(0)
  })

  it('a number is kept once a second at most, one at a time, and one that is lost harms nobody', async () => {
    const now = stoppedClock(today)
    const kept: number[] = []
    let fails = false
    const counting: Pick<Queryable, 'query'> = {
      query: (statement) => {
        kept.push(Number(statement.values[0]))
        return fails ? Promise.reject(new Error('gone')) : Promise.resolve([])
      },
    }
    const progress = progressOf({ db: counting as typeof db, clock: now }, 'x' as DraftId, 0)
    for (let words = 1; words <= 50; words += 1) {
      progress.onText('word '.repeat(words))
      await progress.settled()
      now.advance(100)
    }
    expect(kept).toEqual([1, 11, 21, 31, 41])
    fails = true
    progress.onText('word '.repeat(60))
    await expect(progress.settled()).resolves.toBeUndefined()
  })

  it('words are those of the copy, whole or not', () => {
    const body = '{"subject":{"text":"Good morning, café","cites":["F1","C12"]},"blocks":[{"kind":"button","label":"See it","url":"https://a.example/b"}]}'
    expect(wordsIn(body)).toBe(5)
    expect(wordsIn(body.slice(0, 32))).toBe(2)
    expect(wordsIn('')).toBe(0)
  }) // prettier-ignore

  it('a draft comes whole out of a stream', async () => {
    await addEvidence(db)
    const id = await createDraft({ db, clock }, brief)
    const answered: CallModel = (request, about) => {
      claude.script({ kind: 'says', text: JSON.stringify(mailSaying('€13.50', request.draft!)) })
      return throughClaude(request, about)
    }
    expect(await runDraft(agentDeps(db, clock, answered), id)).toBe('waiting')
    expect(await current(id)).toMatchObject({ approvable: true, model: 'claude-sonnet-5-5', wordsSoFar: 0 })
  })
})

describe('a draft on a bad day', () => {
  const bad: [Reply, RegExp][] = [
    [{ kind: 'breaks', how: 'cut', text: '{"subject":{"text":"Half' }, /No model could be reached .*broke off.*again/],
    [{ kind: 'refuses' }, /No model would write this .*other words/],
    [{ kind: 'status', status: 401 }, /does not let us in .*key/],
    [{ kind: 'cuts', text: '{"subject":{"text":"Half' }, /cannot be used .*2500 tokens/],
  ]
  it.each(bad)('(%j) ends with words on its page, and nothing of it can be approved', async (reply, words) => {
    await addEvidence(db)
    claude.script(reply)
    const deps = agentDeps(db, clock, throughClaude)
    const draftId = await startDraft(deps, brief)
    const draft = await current(draftId)
    expect(draft).toMatchObject({ state: 'failed', body: null, approvable: false })
    expect(draft.problem).toMatch(words)
    expect(await pageOf(draft)).toContain('start another')
    const word = { draftId, decision: 'approved', by: 'owner', approvalId: 'a1' } as const
    expect(await resumeDraft(deps, word)).toMatchObject({ kind: 'refused', rule: 'not-waiting' })
  })

  it('with nothing to write from asks nobody, and says what is missing', async () => {
    claude.script()
    const draft = await current(await startDraft(agentDeps(db, clock, throughClaude), brief))
    expect(draft).toMatchObject({ state: 'failed', body: null, costMicroUsd: 0 })
    expect(draft.problem).toMatch(/Nothing was found .*millrace ingest/)
    expect(claude.seen).toEqual([])
  })

  it.each([
    ['Yirgacheffe Kochere costs €12.00 for 250 g.', /says otherwise than what is believed/],
    ['Yirgacheffe Kochere costs €12.00 for 250 g. We roast it on Mondays.', /“€12.00” is in none of the evidence/],
  ])('cannot be approved with what an old page says against the fact that is believed (%s)', async (words, why) => {
    await addEvidence(db)
    const { documentId } = await addDocument(db, { uri: 'old.md', title: 'Kochere, old page', parts: [['Kochere', words]] })
    const stated = 'Yirgacheffe Kochere costs €12.00 for 250 g.'
    await db.query(sql`insert into ingest.contradictions (id, subject, predicate, value, statement, document_id, start_byte, end_byte, record_id, found_at)
      select ${newId<'contradiction'>(clock)}, 'product:KOCH-250', 'price', '{}', ${stated}, id, at, at + octet_length(${stated}::text), id, ${today}
      from (select id, position(convert_to(${stated}, 'UTF8') in convert_to(body, 'UTF8')) - 1 as at from ingest.documents where id = ${documentId}) d`)
    const model = scripted((request) => {
      const old = request.evidence.find(({ text }) => text.includes('€12.00'))
      const mail = mailSaying('€12.00', request)
      return JSON.parse(JSON.stringify(mail).replaceAll(/"F\d+"/g, `"${old?.id ?? 'F99'}"`)) as typeof mail
    })
    const draft = await current(await startDraft(agentDeps(db, clock, model.callModel), brief))
    expect(draft).toMatchObject({ state: 'waiting', approvable: false })
    expect(draft.findings.filter(({ verdict }) => verdict === 'block').map((finding) => finding.why).join('\n')).toMatch(why)
  }) // prettier-ignore

  it('killed in the midst of a stream is written anew, and its half text is nowhere', async () => {
    await addEvidence(db)
    const id = await createDraft({ db, clock }, brief)
    const dying: CallModel = async (request) => {
      request.onText?.('{"subject":{"text":"A half-written line')
      await expect.poll(async () => (await current(id)).wordsSoFar, patient).toBeGreaterThan(0)
      throw new Error('killed')
    }
    await expect(runDraft(agentDeps(db, clock, dying), id)).rejects.toThrow('killed')
    expect(await current(id)).toMatchObject({ state: 'drafting', body: null, approvable: false })
    const model = scripted((request) => mailSaying('€13.50', request))
    expect(await resumeUnfinished(agentDeps(db, clock, model.callModel))).toMatchObject([{ state: 'waiting' }])
    const draft = await current(id)
    expect(draft).toMatchObject({ state: 'waiting', approvable: true, problem: null })
    expect(JSON.stringify(draft)).not.toContain('half-written')
  })
})

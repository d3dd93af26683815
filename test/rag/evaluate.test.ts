import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { sql } from '#kernel/sql.ts'
import type { AgentDeps } from '#rag/agent/deps.ts'
import { listDrafts } from '#rag/drafts.ts'
import { compareEvaluations } from '#rag/evaluate/compare.ts'
import { goldenBriefsSchema } from '#rag/evaluate/golden.ts'
import { releaseCandidate } from '#rag/evaluate/release.ts'
import { evaluate, type Evaluation } from '#rag/evaluate/run.ts'
import type { Setup } from '#rag/evaluate/setup.ts'
import { firstPrompt } from '#rag/prompts/draft.ts'
import { livePrompt } from '#rag/prompts/live-prompt.ts'
import { firstPolicy } from '#rag/router/policy.ts'
import { testDatabase } from '../support/database.ts'
import { today } from './corpus.ts'
import { addEvidence, agentDeps, mailSaying, scripted } from './written-drafts.ts'

const db = testDatabase()
const clock = stoppedClock(today)
const models = ['scripted']
const live: Setup = { prompt: firstPrompt, policy: firstPolicy }
const candidate: Setup = { ...live, prompt: { system: 'Write well.' } }

const briefs = goldenBriefsSchema.parse([
  { id: 'price', segment: { name: 'All' }, sentence: 'Say what Yirgacheffe Kochere costs', expects: { cites: ['price'], never: ['hurry'] } },
  { id: 'again', segment: { name: 'All' }, sentence: 'Say what Yirgacheffe Kochere costs now', expects: { cites: ['no such thing'], never: [] } },
]) // prettier-ignore

/** An author who is right, or one whom the guardrails have to stop. */
const author = (price: string): AgentDeps =>
  agentDeps(db, clock, scripted((request) => mailSaying(price, request)).callModel)
const run = (setup: Setup, price: string): Promise<Evaluation> =>
  evaluate({ agent: author(price), models }, { setup, briefs, by: 'millrace' })

describe('evaluating a setup', () => {
  it('scores what it wrote for each golden brief, and leaves nothing of it at the desk', async () => {
    await addEvidence(db)
    const done = await run(live, '€13.50')
    const [price, again] = done.scores
    expect(price?.score).toMatchObject({ approvable: 1, atOnce: 1, grounded: 1, covered: 1, avoided: 1 })
    expect(again?.score.covered).toBe(0)
    expect(done.total).toBeCloseTo((price!.score.total + again!.score.total) / 2)
    expect(await listDrafts(db, { limit: 10 })).toEqual([])
    expect(await db.query(sql`select count(*) as n from rag.drafts`)).toEqual([{ n: 0 }])
    expect(await db.query(sql`select count(*) as n from langgraph.checkpoints`)).toEqual([{ n: 0 }])
  })

  it('tells a candidate that gets prices wrong from one that does not, brief by brief', async () => {
    await addEvidence(db)
    const [before, after] = [await run(live, '€13.50'), await run(candidate, '€12.50')]
    const comparison = compareEvaluations(before, after)
    expect(comparison.worse).toBe(true)
    expect(comparison.lost.map(({ brief }) => brief)).toContain('price')
    const [total] = comparison.differences
    expect(total!.high).toBeLessThan(0)
    expect(compareEvaluations(before, before)).toMatchObject({ worse: false, lost: [] })
    expect(() => compareEvaluations(before, { ...after, briefsHash: before.setupHash })).toThrow('different briefs')
  })
})

describe('releasing a change of the prompt', () => {
  const deps = { db, clock, models }
  const change = { live, candidate: { prompt: candidate.prompt }, by: 'owner', reason: 'shorter' }

  it('is refused while nobody evaluated it, and when it is worse', async () => {
    await addEvidence(db)
    expect(await releaseCandidate(deps, change)).toMatchObject({ kind: 'refused', rule: 'not-evaluated' })
    await run(live, '€13.50')
    await run(candidate, '€12.50')
    expect(await releaseCandidate(deps, change)).toMatchObject({ kind: 'refused', rule: 'worse' })
    expect(await livePrompt({ db, clock })).toEqual(firstPrompt)
  })

  it('happens when it is no worse, and despite it when somebody says why, which is audited', async () => {
    await addEvidence(db)
    await run(live, '€13.50')
    await run(candidate, '€13.50')
    expect(await releaseCandidate(deps, change)).toMatchObject({ kind: 'released', overridden: false })
    expect(await livePrompt({ db, clock })).toEqual(candidate.prompt)
    const other = { ...change, candidate: { prompt: { system: 'Shout.' } }, override: 'a joke for one day' }
    expect(await releaseCandidate(deps, other)).toMatchObject({ kind: 'released', overridden: true })
    expect(await db.query(sql`select action from kernel.audit where action like 'evaluation.%' or action like 'prompt.%' order by seq`)).toMatchObject([
      { action: 'prompt.released' }, { action: 'evaluation.overridden' }, { action: 'prompt.released' },
    ]) // prettier-ignore
  })
})

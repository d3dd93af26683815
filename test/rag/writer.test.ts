import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { newId, type DraftId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { askForChange, createDraft, resumeDraft, runDraft } from '#rag/agent/run.ts'
import { draftById, editDraft, type Brief } from '#rag/drafts.ts'
import { anotherPicked } from '#rag/examples.ts'
import { evaluate } from '#rag/evaluate/run.ts'
import { goldenBriefsSchema } from '#rag/evaluate/golden.ts'
import { firstPrompt } from '#rag/prompts/draft.ts'
import { draftsWritten } from '#rag/queries/writer.ts'
import { finishModelCall, insertModelCall, type CallRow } from '#rag/queries/model-calls.ts'
import { firstPolicy, policyHash } from '#rag/router/policy.ts'
import { budgetLeft, callsMade, writingCosts } from '#rag/writer/costs.ts'
import { writerDrift } from '#rag/writer/drift.ts'
import { writerOutcomes } from '#rag/writer/outcomes.ts'
import { routingShares } from '#rag/writer/routing.ts'
import { versionsInUse } from '#rag/writer/versions.ts'
import { testDatabase } from '../support/database.ts'
import { addEvidence, agentDeps, brief, mailSaying, scripted } from './written-drafts.ts'

const db = testDatabase()
const now = new Date('2026-03-02T09:00:00Z')
const dayMs = 86_400_000
const author = (price = '€13.50') => scripted((request) => mailSaying(price, request)).callModel
const ago = (days: number) => stoppedClock(new Date(now.getTime() - days * dayMs))
const window = { from: new Date(now.getTime() - 30 * dayMs), to: now }

async function written(about: Partial<Brief> = {}, days = 3, price?: string): Promise<DraftId> {
  const deps = agentDeps(db, ago(days), author(price))
  const id = await createDraft(deps, { ...brief, ...about })
  await runDraft(deps, id)
  return id
}

async function decided(id: DraftId, decision: 'approved' | 'rejected', days = 2): Promise<DraftId> {
  const taken = await resumeDraft(agentDeps(db, ago(days), author()), { draftId: id, decision, by: 'marketer' })
  expect(taken).toMatchObject({ kind: 'recorded' })
  return id
}

const features = (audience: number, promptTokens: number) => ({
  purpose: 'draft', promptTokens, maxTokens: 100, audience, stakes: 'normal', regulated: false, personalLeft: 0,
  density: 0, round: 0, operatorPresent: true, businessHours: true, budgetLeftMicroUsd: 1, models: [],
}) // prettier-ignore

type Call = { draft?: DraftId; purpose?: string; cost: number; days?: number; model?: 'groq' | 'claude'; audience?: number; promptTokens?: number } // prettier-ignore

/** A call that was made and answered, as the router records it. */
async function called(given: Call): Promise<void> {
  const { draft, purpose = 'draft', cost, days = 3, model = 'groq', audience = 100, promptTokens = 900 } = given
  const clock = ago(days)
  const row: CallRow = {
    id: newId<'model-call'>(clock), decisionId: newId<'model-decision'>(clock), ordinal: 0, purpose,
    subject: draft === undefined ? null : `draft:${draft}`, policyHash: policyHash(firstPolicy),
    features: features(audience, promptTokens), chain: [model], reasons: ['a test'], model, vendor: model,
    attempt: 'call', outcome: 'pending', why: null, costMicroUsd: cost * 2, at: clock(),
  } // prettier-ignore
  await insertModelCall(db, row)
  const end = { outcome: 'answer', why: null, inputTokens: 10, outputTokens: 20, cachedTokens: 0, costMicroUsd: cost, latencyMs: 5, retryAfterMs: null, finishedAt: clock() } as const // prettier-ignore
  await finishModelCall(db, row.id, end)
}

describe('what writing cost', () => {
  it('counts the drafts that were sent back to those that were accepted, and to their campaign', async () => {
    await addEvidence(db)
    const accepted = await decided(await written(), 'approved')
    const rejected = await decided(await written(), 'rejected')
    const other = await decided(await written({ sentence: 'Say what Kochere costs, and nothing else' }), 'rejected')
    await called({ draft: accepted, cost: 300 })
    await called({ draft: rejected, cost: 500, model: 'claude' })
    await called({ draft: rejected, cost: 100 })
    await called({ draft: other, cost: 70 })
    const costs = await writingCosts(db, window)
    expect(costs).toMatchObject({ totalMicroUsd: 970, draftsMicroUsd: 970, accepted: 1, perAcceptedMicroUsd: 970, campaigns: 1, perCampaignMicroUsd: 970 }) // prettier-ignore
    const campaign = costs.briefs.find((one) => one.accepted > 0)
    expect(campaign).toMatchObject({ costMicroUsd: 900, accepted: 1 })
    expect(campaign?.drafts.map(({ draft }) => draft).toSorted()).toEqual([accepted, rejected].toSorted())
  })

  it('takes drafts that were asked for at once as one brief', async () => {
    await addEvidence(db)
    const set = 'b7d1'
    const both = [await written({ set }), await written({ set, channel: 'linkedin', sentence: 'Say it on LinkedIn' })]
    for (const draft of both) await called({ draft, cost: 10 })
    expect((await writingCosts(db, window)).briefs).toMatchObject([{ costMicroUsd: 20, accepted: 0 }])
  })

  it('adds up to all that was spent, and opens to the calls that it is made of', async () => {
    await addEvidence(db)
    const draft = await written()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ cost: fc.nat(5000), days: fc.integer({ min: 0, max: 40 }), of: fc.constantFrom('draft', 'facts', 'gone') }), { maxLength: 6 }),
        async (calls) => {
          for (const { cost, days, of } of calls)
            await called({ cost, days, ...(of === 'facts' ? { purpose: 'facts' } : { draft: of === 'draft' ? draft : newId<'draft'>(ago(0)) }) })
          const costs = await writingCosts(db, window)
          const parts = [costs.draftsMicroUsd, costs.rehearsalsMicroUsd, ...costs.other.map((one) => one.costMicroUsd)]
          const rows = await callsMade(db, window, { subject: null, limit: 10_000 })
          const spent = rows.reduce((sum, row) => sum + row.costMicroUsd, 0)
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(spent)
          expect(costs.totalMicroUsd).toBe(spent)
          expect(costs.days.reduce((sum, day) => sum + day.costMicroUsd, 0)).toBe(spent)
          const own = await callsMade(db, window, { subject: `draft:${draft}`, limit: 10_000 })
          expect(costs.draftsMicroUsd).toBe(own.reduce((sum, row) => sum + row.costMicroUsd, 0))
        },
      ),
      { numRuns: 15 },
    )
  }) // prettier-ignore

  it('leaves of the day’s budget what nobody has spent or set aside', async () => {
    await called({ cost: 400, days: 0 })
    await called({ cost: 900, days: 1 })
    expect(await budgetLeft(db, { perDay: 1000 }, now)).toBe(600)
    expect(await budgetLeft(db, { perDay: 300 }, now)).toBe(0)
  })

  it('is parted among vendors, beside what the policy wants of those that are set up', async () => {
    for (let n = 0; n < 3; n += 1) await called({ cost: 1 })
    await called({ cost: 9, model: 'claude' })
    const { days } = await writingCosts(db, window)
    const shares = routingShares(days, firstPolicy, ['groq', 'claude', 'offline'])
    expect(shares.find(({ vendor }) => vendor === 'claude')).toMatchObject({ wanted: 0.2, first: { share: 0.25 }, answered: { share: 0.25 }, costMicroUsd: 9 }) // prettier-ignore
    expect(shares.find(({ vendor }) => vendor === 'groq')).toMatchObject({ wanted: 0.8, answered: { count: 3 } })
    expect(routingShares([], firstPolicy, ['offline'])).toMatchObject([{ vendor: 'offline', wanted: 1 }])
  })
})

describe('what became of texts', () => {
  it('is told by the week: what guardrails said, and what people decided as it was or after an edit', async () => {
    await addEvidence(db)
    await decided(await written(), 'approved')
    await decided(await written({}, 3, '€12.00'), 'rejected')
    const edited = await written()
    const draft = await draftById(db, edited)
    const [first, ...rest] = draft!.body!.blocks
    const body = { ...draft!.body!, blocks: [first!, ...rest, { kind: 'heading' as const, text: 'Until soon' }] }
    const deps = agentDeps(db, ago(2), author())
    expect(await editDraft(deps, { draftId: edited, body, by: 'marketer' })).toMatchObject({ kind: 'edited' })
    await decided(edited, 'approved')
    const weeks = await writerOutcomes({ db, clock: stoppedClock(now) }, 4)
    expect(weeks.map(({ from }) => from.toISOString().slice(0, 10))).toEqual(['2026-02-09', '2026-02-16', '2026-02-23', '2026-03-02']) // prettier-ignore
    expect(weeks[2]).toMatchObject({
      decided: { drafts: 3, asWritten: { count: 1 }, edited: { count: 1 }, rejected: { count: 1 } },
    })
    expect(weeks[2]?.checked.blocked.count).toBeGreaterThan(0)
    expect(weeks[3]).toMatchObject({ decided: { drafts: 0 }, checked: { texts: 0 } })
  })
})

describe('what people decided', () => {
  it('leaves out what a policy approved and variants that were not picked, and counts changes asked in words', async () => {
    await addEvidence(db)
    const [policy, passed, asked] = [await written(), await written(), await written()]
    await decided(policy, 'approved')
    await decided(passed, 'rejected')
    const deps = agentDeps(db, ago(2), author('€13.50'))
    const { contentHash } = (await draftById(db, asked))!
    expect(await askForChange(deps, { draftId: asked, contentHash: contentHash!, words: 'Shorter', by: 'marketer' })).toMatchObject({ kind: 'asked' }) // prettier-ignore
    await runDraft(deps, asked)
    await decided(asked, 'approved')
    await db.query(sql`update rag.drafts set decided_by = 'policy:abc' where id = ${policy}`)
    await db.query(sql`update rag.drafts set reason = ${anotherPicked} where id = ${passed}`)
    const weeks = await writerOutcomes({ db, clock: stoppedClock(now) }, 4)
    expect(weeks[2]?.decided).toMatchObject({ drafts: 1, asWritten: { count: 0 }, edited: { count: 1 }, rejected: { count: 0 } }) // prettier-ignore
    const drafts = await draftsWritten(db, window, 10)
    expect(drafts.map(({ id, changed }) => [id, changed])).toEqual(expect.arrayContaining([[policy, null], [passed, null], [asked, true]])) // prettier-ignore
    expect(drafts.filter(({ final }) => final !== null).map(({ id }) => id)).toEqual([asked])
    expect(await draftsWritten(db, window, 2)).toHaveLength(2)
  })
})

describe('drift', () => {
  it('says in words what has changed, and since when a new version was live', async () => {
    await addEvidence(db)
    const short = 'Say what Kochere costs'
    const long = 'Tell everybody who has ever bought a bag of Yirgacheffe Kochere that it is back, what it costs and where it grows'
    for (let n = 0; n < 24; n += 1) await created(short, 60 + n / 24)
    for (let n = 0; n < 24; n += 1) await created(long, 10 + n / 24)
    for (let n = 0; n < 24; n += 1) await called({ cost: 1, days: 60, audience: 100 + n, draft: await created(short, 60) })
    for (let n = 0; n < 24; n += 1) await called({ cost: 1, days: 10, audience: 100 + n, draft: await created(long, 10) })
    const { whole, weekly, moves } = await writerDrift({ db, clock: stoppedClock(now) }, { weeks: 6 })
    const of = (name: string) => whole.find((one) => one.name === name)
    expect(of('brief length')).toMatchObject({ verdict: 'clear', before: 4, samples: { before: 48, now: 48 } })
    expect(of('brief length')?.says).toMatch(/^briefs are longer \(4 → 22 words\): PSI \d\.\d\d, a clear shift$/)
    expect(of('brief language')).toMatchObject({ verdict: 'clear', before: 'too short to tell', now: 'en' })
    expect(of('segment size')?.verdict).toBe('steady')
    expect(of('segment size')?.shift?.psi).toBeCloseTo(0)
    expect(of('edits')).toMatchObject({ verdict: 'too little to tell', samples: { before: 0, now: 0 } })
    expect(of('edits')?.says).toBe('too little to tell: 0 now and 0 before, and 20 of each are needed')
    expect(weekly.filter(({ name, verdict }) => name === 'brief length' && verdict === 'clear')).toHaveLength(1)
    expect(moves).toEqual([])
  }, 60_000) // prettier-ignore
})

describe('the versions in use', () => {
  it('are those that are live, with the evaluation of exactly them', async () => {
    expect(await versionsInUse(db, { models: ['scripted'], brand: null })).toEqual({ live: [], evaluation: null })
    await addEvidence(db)
    const deps = agentDeps(db, ago(1), author())
    const briefs = goldenBriefsSchema.parse([{ id: 'one', segment: { name: 'All' }, sentence: brief.sentence, expects: {} }]) // prettier-ignore
    const setup = { prompt: firstPrompt, policy: firstPolicy }
    await evaluate({ agent: deps, models: ['scripted'] }, { setup, briefs, by: 'millrace' })
    const { live } = await versionsInUse(db, { models: ['scripted'], brand: null })
    expect(live.map(({ kind }) => kind)).toEqual(['guardrail'])
  })
})

const created = (sentence: string, days: number): Promise<DraftId> =>
  createDraft(agentDeps(db, ago(days), author()), { ...brief, sentence })

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approvedCopyOf } from '#campaigns/content/copy.ts'
import { newId, type DraftId } from '#kernel/ids.ts'
import { resumeDraft } from '#rag/agent/run.ts'
import { evaluate } from '#rag/evaluate/run.ts'
import { goldenBriefsSchema } from '#rag/evaluate/golden.ts'
import { firstPrompt } from '#rag/prompts/draft.ts'
import { insertModelCall } from '#rag/queries/model-calls.ts'
import { firstPolicy, policyHash } from '#rag/router/policy.ts'
import { aClock } from '../campaigns/world.ts'
import { testDatabase } from '../support/database.ts'
import { everything } from '../support/everything.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'
import { approvedPage } from './approved-page.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let marketer: Reader
beforeAll(async () => {
  site = await openSite(db, clock)
  marketer = await site.as('marketer')
})
afterAll(() => site.close())

const called = (draft: DraftId, costMicroUsd: number, model: 'groq' | 'claude'): Promise<void> =>
  insertModelCall(db, {
    id: newId<'model-call'>(clock), decisionId: newId<'model-decision'>(clock), ordinal: 0, purpose: 'draft',
    subject: `draft:${draft}`, policyHash: policyHash(firstPolicy), chain: [model], reasons: ['a test'], model,
    vendor: model, attempt: 'call', outcome: 'answer', why: null, costMicroUsd, at: clock(),
    features: { purpose: 'draft', promptTokens: 900, audience: 40 },
  }) // prettier-ignore

// In order: what one test did, the next one finds.
describe('the writer’s page', () => {
  it('says of an empty house that nothing was evaluated, and what to do', async () => {
    const page = await marketer.text('/writer')
    expect(page).toContain('Nothing was evaluated yet')
    expect(page).toContain('Exactly this was never evaluated')
    expect(page).toContain('too little to tell')
  })

  it('changes nothing by being looked at', async () => {
    const before = await everything(db)
    for (const path of ['/writer', '/writer/costs', '/writer/calls']) await marketer.text(path)
    expect(await everything(db)).toBe(before)
  })

  it('shows what a draft cost, with the calls behind it, and what is left of the day', async () => {
    await called(site.draftId, 1_200_000, 'claude')
    await called(site.draftId, 300_000, 'groq')
    await resumeDraft(site.pages.agent, { draftId: site.draftId, decision: 'approved', by: site.users.owner })
    const page = await marketer.text('/writer')
    expect(page).toMatch(/For each accepted draft<\/span>\s*<span class="value">\$1\.50/)
    expect(page).toMatch(/Left of today’s budget<\/span>\s*<span class="value">\$3\.50/)
    const costs = await marketer.text('/writer/costs')
    expect(costs).toContain('Tell people who bought Yirgacheffe Kochere')
    const link = /href="(\/writer\/calls\?draft=[^"]+)"/.exec(costs)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const calls = await marketer.text(link)
    expect(calls).toContain('<strong>$1.50</strong>')
    expect(calls).toContain('$0.3000')
    const day = /href="(\/writer\/calls\?day=[^"]+)"/.exec(page)?.[1] ?? ''
    expect(await marketer.text(day)).toContain('<strong>$1.50</strong>')
  })

  it('shows each evaluation with its interval', async () => {
    const briefs = goldenBriefsSchema.parse([{ id: 'one', segment: { name: 'All' }, sentence: 'Say what Kochere costs', expects: {} }]) // prettier-ignore
    const setup = { prompt: firstPrompt, policy: firstPolicy }
    const { total } = await evaluate({ agent: site.pages.agent, models: ['scripted'] }, { setup, briefs, by: 'millrace' })
    const page = await marketer.text('/writer')
    expect(page).toContain(total.toFixed(3))
    expect(page).toContain('As written')
  }) // prettier-ignore

  it('keeps a draft’s own words from running: they are shown as words', async () => {
    expect(await marketer.text('/writer/calls?day=%3Cscript%3E&draft=x')).not.toContain('<script>')
  })

  it('is read by whoever writes or pays, and by nobody else', async () => {
    expect((await (await site.as('owner')).get('/writer')).status).toBe(200)
    for (const role of ['operator', 'viewer'] as const) {
      const reader = await site.as(role)
      expect((await reader.get('/writer')).status).toBe(403)
      expect(await reader.text('/report')).not.toContain('href="/writer"')
    }
  })
})

describe('what writing cost', () => {
  it('leads from a brief to the copy that came of it, which is no campaign', async () => {
    const copy = (await approvedCopyOf(db, await approvedPage(site)))!
    await called(copy.draftId, 100_000, 'groq')
    const costs = await marketer.text('/writer/costs')
    const links = [...costs.matchAll(/href="(\/(?:copy|campaigns)\/[^"]+)"/g)].map(([, path = '']) => path)
    expect(links).toContain(`/copy/${copy.releaseHash}`)
    for (const path of links) expect([path, (await marketer.get(path)).status]).toEqual([path, 200])
  })
})

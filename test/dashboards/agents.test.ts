import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { standing } from '#governance/agents/decide.ts'
import { rolesThatMay } from '#governance/permissions.ts'
import { newId, type DraftId } from '#kernel/ids.ts'
import { draftById, listDrafts } from '#rag/drafts.ts'
import { aClock } from '../campaigns/world.ts'
import { countAlike } from '../governance/agent-work.ts'
import { testDatabase } from '../support/database.ts'
import { formsAt, refusalIn, refusalOf } from '../support/forms.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

// In order, as an agent's life goes: what one test did, the next one finds.
const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let owner: Reader
let csrf = ''
beforeAll(async () => {
  site = await openSite(db, clock, { givenNames: ['Ada', 'Bo'] })
  owner = await site.as('owner')
  csrf = await owner.csrf()
})
afterAll(() => site.close())

/** What the page says after a form was posted. */
async function told(reader: Reader, path: string, form: Record<string, string>): Promise<string> {
  const where = (await reader.post(path, form)).headers.get('location') ?? ''
  return new URL(where, 'http://x').searchParams.get('notice') ?? ''
}

const filled = {
  'form-email': 'on',
  mostPeople: '100',
  mostCost: '0.1',
  samplePercent: '10',
  days: '30',
  reason: 'it writes well',
}

describe('the page of the agents', () => {
  it('says who works, how far its first hundred are, and that nothing is left to it yet', async () => {
    const page = await owner.text('/agents')
    expect(page).toContain('Copywriter')
    expect(page).toContain('0 of 100 reviewed')
    expect(page).toContain('100 reviews to go')
    expect(page).not.toContain('/agents/copywriter/delegate')
  })

  it('counts what is decided at the desk, once a draft', async () => {
    const { contentHash } = (await draftById(db, site.draftId))!
    const yes = { csrf, contentHash: contentHash ?? '' }
    await owner.post(`/desk/${site.draftId}/approve`, yes)
    await owner.post(`/desk/${site.draftId}/approve`, yes)
    expect(await owner.text('/agents')).toContain('1 of 100 reviewed')
  })

  it('lets whoever may stop the agent, and only an owner start it again; meanwhile nothing is drafted', async () => {
    const marketer = await site.as('marketer')
    const theirs = { csrf: await marketer.csrf(), reason: 'odd drafts' }
    expect(await told(marketer, '/agents/copywriter/off', theirs)).toContain('Switched off')
    const before = (await listDrafts(db, { limit: 50 })).length
    const brief = { ...theirs, segment: 'Subscribers', sentence: 'Tell them what is new' }
    expect(await refusalOf(await marketer.post('/desk', brief))).toContain('The copywriter is switched off')
    expect((await listDrafts(db, { limit: 50 })).length).toBe(before)
    expect((await marketer.post('/agents/copywriter/on', theirs)).status).toBe(403)
    const page = await owner.text('/agents')
    expect(page).toContain('switched off')
    expect(page).toContain('by marketer: odd drafts')
    expect(await told(owner, '/agents/copywriter/on', { csrf, reason: 'mended' })).toBe('Switched on.')
  })

  it('refuses to delegate before the hundred are full, and a scope that says nothing', async () => {
    expect(await refusalOf(await owner.post('/agents/copywriter/delegate', { csrf, ...filled }))).toContain('at least one segment') // prettier-ignore
    expect(await told(owner, '/agents/nobody/delegate', { csrf, ...filled })).toBe('There is no such agent.')
  })

  it('delegates for an owner, shows the scope, and takes it back with one click', async () => {
    const more: DraftId[] = Array.from({ length: 99 }, () => newId<'draft'>(clock)) // prettier-ignore
    await countAlike(db, site.draftId, more)
    const page = await owner.text('/agents')
    expect(page).toContain('100 of 100 reviewed')
    const [, field, value] = /name="(segment-\d+)" value="(Subscribers)"/.exec(page) ?? []
    const form = { csrf, ...filled, [field ?? '']: value ?? '' }
    const wrong = { ...form, days: '900', reason: 'it writes well, I think' }
    const refused = await (await owner.post('/agents/copywriter/delegate', wrong)).text()
    expect(refusalIn(refused)).toContain('days')
    expect(formsAt(refused, '/agents/copywriter/delegate')).toEqual([wrong])
    expect(await told(owner, '/agents/copywriter/delegate', form)).toContain('Delegated until')
    const [given] = await standing(db, 'copywriter', clock())
    expect(given?.delegation.scope).toMatchObject({ forms: ['email'], mostPeople: 100, mostCostMicroUsd: 100_000 })
    expect((await owner.text('/agents')).replaceAll(/\s+/g, ' ')).toContain('For Subscribers, to at most 100 people')

    const operator = await site.as('operator')
    const back = { csrf: await operator.csrf(), reason: 'to be safe' }
    expect(await told(operator, `/agents/delegations/${given?.hash}/take-back`, back)).toContain('Taken back')
    expect(await standing(db, 'copywriter', clock())).toEqual([])
    expect(await owner.text('/agents')).toContain('taken back by operator')
  })

  it('offers each role what it may', async () => {
    const doors = new Map(site.routes.map(({ method, path, action }) => [`${method} ${path}`, rolesThatMay(action)]))
    expect(doors.get('POST /agents/:name/delegate')).toEqual(['owner'])
    expect(doors.get('POST /agents/:name/on')).toEqual(['owner'])
    expect(doors.get('POST /agents/delegations/:id/take-back')).toEqual(['owner', 'marketer', 'operator'])
    const page = await (await site.as('viewer')).text('/agents')
    expect([...page.matchAll(/<form method="post" action="([^"]+)"/g)].map(([, action]) => action)).toEqual(['/sign-out']) // prettier-ignore
  })
})

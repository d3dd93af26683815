import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHolds } from '#campaigns/content/holds.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { sql } from '#kernel/sql.ts'
import { draftById, editDraft } from '#rag/drafts.ts'
import { aClock, memoryChannel, workerOver } from '../campaigns/world.ts'
import { addFact } from '../rag/corpus.ts'
import { noticeOf, refusalOf } from '../support/forms.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
const memory = memoryChannel()
let site: Site
let marketer: Reader
let csrf = ''
let campaign = ''
beforeAll(async () => {
  site = await openSite(db, clock, { givenNames: ['Ada', 'Bo'] })
  marketer = await site.as('marketer')
  csrf = await marketer.csrf()
  campaign = await approve(site.draftId)
})
afterAll(() => site.close())

async function approve(draftId: string, reader = marketer): Promise<string> {
  const draft = await draftById(db, draftId as Site['draftId'])
  const answer = await reader.post(`/desk/${draftId}/approve`, {
    csrf: await reader.csrf(),
    contentHash: draft?.contentHash ?? '',
  })
  return /^\/campaigns\/([^?]+)/.exec(answer.headers.get('location') ?? '')?.[1] ?? refusalOf(answer)
}

async function costs(statement: string): Promise<string> {
  clock.advance(60_000)
  await db.query(sql`update ingest.facts set valid_to = ${clock()} where predicate = 'price' and valid_to is null`)
  return addFact(db, { subject: 'product:KOCH-250', predicate: 'price', statement, from: clock() })
}

describe('the page of a campaign that is held', () => {
  it('says which sentence is no longer true, what holds now, and offers the ways on to whoever may go them', async () => {
    await costs('Yirgacheffe Kochere costs €14.00 for 250 g.')
    expect((await tick(workerOver(db, memory.channel, clock))).blocked).toMatchObject([{ campaign, rule: 'held' }])
    const page = await marketer.text(`/campaigns/${campaign}`)
    expect(page).toContain('Held: “Yirgacheffe Kochere costs €13.50 for 250 g.” is no longer true: Yirgacheffe Kochere costs €14.00 for 250 g, since 2 Mar 2026')
    expect(page).toContain('Lift the hold and send it as it is')
    expect(page).toContain('Write a new version')
    const viewer = await (await site.as('viewer')).text(`/campaigns/${campaign}`)
    expect(viewer).toContain('is no longer true')
    expect(viewer).not.toMatch(/Lift the hold|Write a new version/)
    expect(await marketer.text('/campaigns')).toContain('stopped')
  }) // prettier-ignore

  it('is lifted for what was read, with a reason, by whoever may approve', async () => {
    const [hold] = await openHolds({ db, clock }, campaign)
    const path = `/campaigns/${campaign}/holds/${hold!.id}/lift`
    expect(await refusalOf(await marketer.post(path, { csrf, reason: 'ok', seen: 'another' }))).toContain(
      'read it again',
    )
    expect(await refusalOf(await marketer.post(path, { csrf, seen: hold!.seen }))).toContain('Say why')
    const operator = await site.as('operator')
    expect((await operator.post(path, { csrf: await operator.csrf(), reason: 'ok', seen: hold!.seen })).status).toBe(
      403,
    )
    expect(await openHolds({ db, clock }, campaign)).toHaveLength(1)
  })

  it('is written anew from its brief as the next version of the same campaign: nobody gets two', async () => {
    const answer = await marketer.post(`/campaigns/${campaign}/rewrite`, { csrf })
    const draftId = /^\/desk\/([^?]+)/.exec(answer.headers.get('location') ?? '')?.[1] as Site['draftId']
    const draft = await draftById(db, draftId)
    expect(draft).toMatchObject({ brief: { campaign }, state: 'waiting' })
    const text = JSON.stringify(draft!.body).replaceAll('€13.50', '€14.00')
    await editDraft(site.pages.agent, { draftId, body: JSON.parse(text) as unknown, by: site.users.marketer })
    expect(await approve(draftId, await site.as('owner'))).toBe(campaign)
    expect(await tick(workerOver(db, memory.channel, clock))).toMatchObject({ sent: 2 })
    expect(memory.given.map((message) => message.text).join('\n')).toContain('€14.00')
    expect(memory.given).toHaveLength(2)
    expect(await marketer.text(`/campaigns/${campaign}`)).not.toContain('Lift the hold')
  })

  it('can be held by hand, and what was lifted stays in its history', async () => {
    const here = `/campaigns/${campaign}`
    expect(await refusalOf(await marketer.post(`${here}/hold`, { csrf, reason: '' }))).toContain('Say why')
    expect(noticeOf(await marketer.post(`${here}/hold`, { csrf, reason: 'Wait for the beans' }))).toContain('Held')
    expect(await marketer.text(here)).toContain('Held: Wait for the beans.')
    const [hold] = await openHolds({ db, clock }, campaign)
    expect(noticeOf(await marketer.post(`${here}/holds/${hold!.id}/lift`, { csrf, reason: 'They came', seen: hold!.seen }))).toBe('Lifted.')
    expect(await marketer.text(here)).toContain('They came')
  }) // prettier-ignore
})

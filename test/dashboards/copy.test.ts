import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approveCopy } from '#campaigns/content/copy.ts'
import { startDraft } from '#rag/agent/run.ts'
import { draftById, editDraft, listDrafts } from '#rag/drafts.ts'
import { aClock } from '../campaigns/world.ts'
import { brief as anyBrief } from '../rag/written-drafts.ts'
import { noticeOf, refusalOf } from '../support/forms.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'
import { approvedPage } from './approved-page.ts'

const db = testDatabase({ keep: true })
let site: Site
let marketer: Reader
let copyHash = ''
beforeAll(async () => {
  site = await openSite(db, aClock())
  marketer = await site.as('marketer')
  copyHash = await approvedPage(site)
})
afterAll(() => site.close())

describe('the desk, of more than e-mails', () => {
  it('asks for several forms and ideas at once, and shows them side by side', async () => {
    const csrf = await marketer.csrf()
    const brief = { csrf, segment: 'Bought once', sentence: 'Say what Yirgacheffe Kochere costs' }
    const ticked = { 'channel-email': 'on', 'channel-telegram': 'on', 'idea-short': 'on', 'idea-question': 'on' }
    const answer = await marketer.post('/desk', { ...brief, ...ticked })
    const set = answer.headers.get('location') ?? ''
    expect(set).toMatch(/^\/desk\/[^/]+\/set$/)
    const page = await marketer.text(set)
    expect(page.match(/<article/g)).toHaveLength(4)
    expect(page).toContain('Telegram message')
    expect(page).toContain('of 4096 characters')
    expect(await marketer.text('/desk')).toContain('4 drafts side by side')
    expect(await refusalOf(await marketer.post('/desk', brief))).toContain('a form at least')
  })

  it('picks one of a set, and sends its variants back', async () => {
    const waiting = (await listDrafts(db, { states: ['waiting'], limit: 50 })).filter(({ brief }) => brief.set !== undefined)
    const picked = waiting.find(({ brief, approvable }) => brief.channel === 'telegram' && approvable)!
    const csrf = await marketer.csrf()
    expect(await marketer.text(`/desk/${picked.id}`)).toContain('and send the other back')
    const owner = await site.as('owner')
    const answer = await owner.post(`/desk/${picked.id}/approve`, { csrf: await owner.csrf(), contentHash: picked.contentHash ?? '', others: 'back' })
    expect(noticeOf(answer)).toBe('Approved. 1 other variant sent back.')
    const other = waiting.find(({ id, brief }) => id !== picked.id && brief.channel === 'telegram')!
    expect(await draftById(db, other.id)).toMatchObject({ state: 'rejected', reason: 'another variant was picked' })
    const page = await marketer.text(answer.headers.get('location') ?? '')
    expect(page).toContain('no way to send it yet')
    expect(csrf).not.toBe('')
  }) // prettier-ignore

  it('refuses an edit of ten megabytes clearly, and one sentence that is too long', async () => {
    const path = `/desk/${site.draftId}/edit`
    const csrf = await marketer.csrf()
    const before = await draftById(db, site.draftId)
    const huge = await marketer.post(path, { csrf, 'text-2': 'a'.repeat(10 * 1024 * 1024) })
    expect(huge.status).toBe(413)
    expect(await huge.text()).toContain('nothing of it was kept')
    expect(await refusalOf(await marketer.post(path, { csrf, 'text-2': 'a'.repeat(700) }))).toContain('600')
    expect((await draftById(db, site.draftId))?.contentHash).toBe(before?.contentHash)
  })
})

describe('approved copy', () => {
  it('is there to paste, to look at in a frame of its own, and to take along', async () => {
    const list = await marketer.text('/copy')
    expect(list).toContain(`/copy/${copyHash}`)
    const page = await marketer.text(`/copy/${copyHash}`)
    expect(page).toContain('publish it on your site')
    expect(page).toContain('owner')
    const framed = await marketer.get(`/copy/${copyHash}/page`)
    expect(framed.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await framed.text()).toContain('<h1>Yirgacheffe Kochere for €13.50</h1>')
    const csv = await (await marketer.get('/copy/export.csv')).text()
    expect(csv.split('\n')[0]).toBe('form,headline,summary,text,link,approved at,hash')
    expect(csv).toContain('landing-page,Yirgacheffe Kochere for €13.50')
  })

  it('goes when its approval is taken back', async () => {
    const owner = await site.as('owner')
    const csrf = await owner.csrf()
    expect(noticeOf(await owner.post(`/copy/${copyHash}/withdraw`, { csrf, reason: 'no' }))).toContain('taken back')
    expect((await marketer.get(`/copy/${copyHash}`)).status).toBe(404)
    expect((await marketer.get('/copy/nothing')).status).toBe(404)
  })
})

describe('a WhatsApp template', () => {
  it('is pasted and exported with the numbers of its preview, and no slot of ours', async () => {
    const { agent } = site.pages
    const id = await startDraft(agent, { ...anyBrief, channel: 'whatsapp-template', by: site.users.marketer })
    const body = (await draftById(db, id))!.body!
    const subject = { text: 'Hello {{ person.given_name | default: "you" }}', citations: [] }
    const blocks = body.blocks.map((block, place) =>
      place === 0 && block.kind === 'paragraph'
        ? { ...block, sentences: [{ text: 'Hi {{person.given_name | default: "there"}},', citations: [] }, ...block.sentences] }
        : block,
    ) // prettier-ignore
    await editDraft(agent, { draftId: id, by: site.users.marketer, body: { ...body, subject, blocks } })
    const { contentHash } = (await draftById(db, id))!
    const done = await approveCopy(site.pages, { draftId: id, contentHash: contentHash!, by: site.users.owner })
    if (done.kind === 'refused') throw new Error(done.why)
    const page = await marketer.text(`/copy/${done.releaseHash}`)
    const pasted = [...page.matchAll(/<textarea[^>]*>([^<]*)/g)].map((match) => match[1]).join(' ')
    expect(pasted).toContain('Hello {{1}}')
    expect(pasted).toContain('Hi {{2}},')
    expect(page).toContain('<strong>Hello {{1}}</strong>')
    expect(pasted).not.toContain('person.')
    const row = (await marketer.text('/copy/export.csv'))
      .split('\n')
      .find((line) => line.startsWith('whatsapp-template'))
    expect(row).toContain('Hello {{1}}')
    expect(await marketer.text('/copy/export.csv')).toContain('Hi {{2}},')
  })
})

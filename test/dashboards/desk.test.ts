import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { draftById } from '#rag/drafts.ts'
import { aClock } from '../campaigns/world.ts'
import { noticeOf, refusalOf } from '../support/forms.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
let site: Site
let marketer: Reader
beforeAll(async () => {
  site = await openSite(db, aClock())
  marketer = await site.as('marketer')
})
afterAll(() => site.close())

describe('the desk', () => {
  it('has a draft changed by words, for exactly the text that was read', async () => {
    const here = `/desk/${site.draftId}`
    const [csrf, draft] = [await marketer.csrf(), await draftById(db, site.draftId)]
    const words = 'Shorter, and warmer'
    expect(await refusalOf(await marketer.post(`${here}/change`, { csrf, words, contentHash: 'another' }))).toContain('edited since')
    expect(await refusalOf(await marketer.post(`${here}/change`, { csrf, words: ' ' }))).toContain('Say in up to 500 letters')
    const answer = await marketer.post(`${here}/change`, { csrf, words, contentHash: draft?.contentHash ?? '' })
    expect(answer.headers.get('location')).toBe(here)
    expect(await draftById(db, site.draftId)).toMatchObject({ state: 'waiting', revision: 2 })
    const viewer = await site.as('viewer')
    expect((await viewer.post(`${here}/change`, { csrf: await viewer.csrf(), words })).status).toBe(403)
  }) // prettier-ignore

  it('lists every guardrail with what it demands, and in how many texts it objected', async () => {
    const page = await marketer.text('/guardrails')
    expect(page).toContain('Figures match')
    expect(page).toContain('1 text so far')
  })

  it('says that no model waits with a fact', async () => {
    expect(await marketer.text('/facts')).toContain('Nothing waits')
    expect(noticeOf(await marketer.post('/facts/nothing/accept', { csrf: await marketer.csrf() }))).toContain('no such proposal')
  }) // prettier-ignore

  it('keeps the first of two edits made of the same page, and says so to the second', async () => {
    const here = `/desk/${site.draftId}`
    const before = await draftById(db, site.draftId)
    expect(await marketer.text(`${here}/edit`)).toContain(`name="contentHash" value="${before?.contentHash}"`)
    const page = { csrf: await marketer.csrf(), contentHash: before?.contentHash ?? '' }
    expect(noticeOf(await marketer.post(`${here}/edit`, { ...page, 'text-1': 'A word from us' }))).toContain('Kept')
    expect(await refusalOf(await marketer.post(`${here}/edit`, { ...page, 'text-1': 'Another word' }))).toContain('edited since')
    expect((await draftById(db, site.draftId))?.body?.preheader.text).toBe('A word from us')
  }) // prettier-ignore
})

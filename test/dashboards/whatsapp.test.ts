import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashOf } from '#kernel/crypto.ts'
import { aClock, releaseBody } from '../campaigns/world.ts'
import { accountOf, aTemplateBody } from '../campaigns/whatsapp-world.ts'
import { formsAt, noticeOf } from '../support/forms.ts'
import { testDatabase } from '../support/database.ts'
import { fakeWhatsApp, signed, webhook, type FakeWhatsApp } from '../support/fake-whatsapp.ts'
import { openSite, origin, whatsAppSecrets, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let meta: FakeWhatsApp
let site: Site
let marketer: Reader
beforeAll(async () => {
  meta = await fakeWhatsApp()
  site = await openSite(db, clock, { whatsapp: accountOf(meta, clock) })
  marketer = await site.as('marketer')
  await releaseBody({ db, clock }, site.users.owner, aTemplateBody(), { name: 'by-whatsapp', channel: 'whatsapp' })
})
afterAll(async () => {
  await site.close()
  await meta.close()
})

const post = async (path: string, form: Record<string, string> = {}): Promise<string> =>
  noticeOf(await marketer.post(path, { csrf: await marketer.csrf(), ...form }))

describe('the page of WhatsApp', () => {
  it('asks Meta about number and templates when somebody says so', async () => {
    expect(await marketer.text('/whatsapp')).toContain('Meta was not asked about the number yet')
    expect(await post('/whatsapp/sync')).toContain('Meta was asked: 0 templates')
    const page = await marketer.text('/whatsapp')
    expect(page).toContain('+31 20 123 4567')
    expect(page).toContain('2,000 people in 24 hours')
    expect(page).toContain('day 1 of 14 of a new number')
  })

  it('says what Meta does not answer', async () => {
    meta.refuseAll(190)
    expect(await post('/whatsapp/sync')).toContain('WHATSAPP_TOKEN')
    meta.refuseAll(null)
  })

  it('proposes approved copy, shows how it stands, and takes a yes to another category', async () => {
    expect(await marketer.text('/whatsapp')).toContain('Propose: New beans')
    const asked = { contentHash: hashOf(aTemplateBody()), category: 'utility', language: 'en' }
    const wrong = { ...asked, language: 'English', csrf: await marketer.csrf() }
    const refused = await (await marketer.post('/whatsapp/templates', wrong)).text()
    expect(formsAt(refused, '/whatsapp/templates')).toEqual([wrong])
    expect(await post('/whatsapp/templates', asked)).toContain('Proposed as by_whatsapp_')
    expect(meta.templates).toHaveLength(1)
    expect(await marketer.text('/whatsapp')).toContain('waits for Meta to approve it')
    Object.assign(meta.templates[0]!, { status: 'APPROVED', category: 'MARKETING', quality_score: { score: 'GREEN' } })
    expect(await post('/whatsapp/sync')).toContain('1 changed')
    expect(await marketer.text('/whatsapp')).toContain('from utility to marketing')
    const moved = { name: meta.templates[0]!.name, language: 'en', category: 'marketing' }
    expect(await post('/whatsapp/category', moved)).toContain('may be sent as marketing')
    expect(await post('/whatsapp/category', moved)).toContain('read it again')
    const page = await marketer.text('/whatsapp')
    expect(page).not.toContain('from utility')
    expect(page).not.toContain('Propose: New beans')
  })

  it('offers nothing to those who may only look', async () => {
    const viewer = await site.as('viewer')
    const page = await viewer.text('/whatsapp')
    expect(page).toContain('by_whatsapp_')
    expect(page).not.toContain('action="/whatsapp')
  })

  it('hears of a template by a signed webhook, and by no other', async () => {
    const body = webhook({ event: 'PAUSED', reason: 'NONE', message_template_name: meta.templates[0]!.name, message_template_language: 'en' }, 'message_template_status_update') // prettier-ignore
    const url = `${origin}/webhooks/whatsapp`
    expect((await site.app.request(signed(url, body, 'another secret'))).status).toBe(401)
    expect(await marketer.text('/whatsapp')).not.toContain('is paused by Meta')
    expect((await site.app.request(signed(url, body, whatsAppSecrets.appSecret))).status).toBe(200)
    expect(await marketer.text('/whatsapp')).toContain('is paused by Meta')
  })
})

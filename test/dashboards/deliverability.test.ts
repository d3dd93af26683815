import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lookAtReputation, countDomain } from '#campaigns/deliverability/reputation.ts'
import { upsertLook } from '#campaigns/queries/inbound.ts'
import { recordEvents } from '#ingest/events.ts'
import { testDatabase } from '../support/database.ts'
import { formsAt, refusalIn, refusalOf } from '../support/forms.ts'
import { everything } from '../support/everything.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'
import { aClock } from '../campaigns/world.ts'

const db = testDatabase()
const domain = 'alder.example'
let clock = aClock()
let site: Site
let owner: Reader
let csrf = ''
beforeEach(async () => {
  clock = aClock()
  site = await openSite(db, clock, { givenNames: ['Ada', 'Bo', 'Cas'] })
  owner = await site.as('owner')
  csrf = await owner.csrf()
})
afterEach(() => site.close())

const complaints = () =>
  db.transaction((tx) =>
    recordEvents(
      tx,
      clock,
      site.people.map(({ identifierId }, n) => ({
        source: 'millrace',
        externalId: `c${n}`,
        identifierId,
        kind: 'message_complained',
        occurredAt: clock(),
        channel: 'email',
        campaignRef: site.campaign,
      })),
    ),
  )

describe('the reputation page', () => {
  it('says of a sink that nothing is counted there', async () => {
    expect(await owner.text('/reputation')).toContain('your own test sink on this machine')
  })

  it('shows each provider, what stops it, and lets a person who may let it go, with a reason', async () => {
    await countDomain({ db, clock, zone: 'UTC' }, { domain, channel: 'email' })
    await complaints()
    await lookAtReputation({ db, clock })
    const page = await owner.text('/reputation')
    expect(page).toContain('warming up, day 1 of 14')
    expect(page).toContain('3 complaints of 3 messages in 24 hours')
    expect(await (await site.as('operator')).text('/reputation')).not.toContain('/reputation/release')
    const release = { domain, provider: 'example.com', reason: ' ' }
    const refused = await (await owner.post('/reputation/release', { csrf, ...release })).text()
    expect(refusalIn(refused)).toContain('Say what was mended')
    expect(formsAt(refused, '/reputation/release')).toEqual([{ csrf, ...release }])
    await owner.post('/reputation/release', { csrf, ...release, reason: 'the form is closed' })
    expect(await owner.text('/reputation')).not.toContain('stopped')
    await owner.post('/reputation/warm', { csrf, domain, reason: 'sent from elsewhere for years' })
    expect(await owner.text('/reputation')).toContain('Past its warm-up: sent from elsewhere for years.')
  })

  it('says whether the mailbox that bounces and complaints come to can be read', async () => {
    const look = (fault: string | null) => upsertLook(db, { mailbox: 'INBOX at mail.example', fault }, clock())
    await look(null)
    expect(await owner.text('/reputation')).toContain('INBOX at mail.example, looked through 2 Mar 2026')
    clock.advance(60_000)
    await look('The mailbox at mail.example <refuses> the user or the password')
    const page = await owner.text('/reputation')
    expect(page).toContain('are not read: The mailbox at mail.example &lt;refuses&gt; the user')
    expect(page).toContain('read last 2 Mar 2026')
    clock.advance(8 * 24 * 3_600_000)
    expect(await owner.text('/reputation')).not.toContain('mail.example,')
  })

  it('leads back from a bad name one step after another, and a set-up nobody can check is no pass', async () => {
    await countDomain({ db, clock, zone: 'UTC' }, { domain, channel: 'email' })
    await owner.post('/reputation/recovery', { csrf, domain, note: 'Gmail refuses us' })
    const page = await owner.text('/reputation')
    expect(page).toContain('on its way back')
    const [, next = ''] = /action="(\/reputation\/recovery\/[^"]+)"/.exec(page) ?? []
    const answer = await owner.post(next, { csrf })
    expect(await refusalOf(answer)).toContain('Not yet.')
  })
})

describe('the preflight page', () => {
  it('shows the last run, changes nothing by being looked at, and has an owner waive what is unknown', async () => {
    expect(await owner.text('/preflight')).toContain('This was not run yet')
    await owner.post('/preflight', { csrf, campaign: site.campaign })
    const here = `/preflight?campaign=${site.campaign}`
    const before = await everything(db)
    const page = await owner.text(here)
    expect([...page.matchAll(/id="point-/g)]).toHaveLength(24)
    expect(page).toContain('your own test sink')
    await owner.text(here)
    expect(await everything(db)).toBe(before)
    await owner.post('/preflight/waive', { csrf, point: 'backup', reason: 'ours runs <nightly>' })
    expect(await owner.text(here)).toContain('ours runs &lt;nightly&gt;')
    expect(await (await site.as('marketer')).text(here)).not.toContain('/preflight/waive')
    await owner.post('/preflight/unwaive', { csrf, point: 'backup' })
    expect(await owner.text(here)).not.toContain('nightly')
  })

  it('has an owner note what was done for the house, and nobody else', async () => {
    await owner.post('/preflight', { csrf })
    await owner.post('/preflight/done', { csrf, point: 'backup', what: 'dumped to <vault>', on: '' })
    await owner.post('/preflight', { csrf })
    expect(await owner.text('/preflight')).toContain('dumped to &lt;vault&gt;')
    const answer = await owner.post('/preflight/done', { csrf, point: 'backup', what: 'x', on: 'some day' })
    expect(await refusalOf(answer)).toContain('a day that has come')
    expect(await (await site.as('marketer')).text('/preflight')).not.toContain('/preflight/done')
  })

  it('takes no text for a message', async () => {
    const answer = await owner.post('/preflight/message', { csrf, message: 'hello' })
    expect(await refusalOf(answer)).toContain('no message with one sender')
  })

  it('stays with its campaign whatever is refused or taken on it', async () => {
    await owner.post('/preflight', { csrf, campaign: site.campaign })
    const of = `?campaign=${site.campaign}`
    const doors = (page: string) => [...page.matchAll(/action="(\/preflight\/[^"]+)"/g)].map(([, door]) => door!)
    const offered = doors(await owner.text(`/preflight${of}`))
    for (const door of ['message', 'waive', 'done']) {
      expect(offered).toContain(`/preflight/${door}${of}`)
      const page = await (await owner.post(`/preflight/${door}${of}`, { csrf, point: 'backup' })).text()
      expect(refusalIn(page)).not.toBe('')
      expect(page).toContain(`<option value="${site.campaign}" selected>`)
      expect(doors(page)).toEqual(offered)
    }
    const taken = await owner.post(`/preflight/waive${of}`, { csrf, point: 'backup', reason: 'ours runs nightly' })
    expect(taken.headers.get('location')).toContain(`/preflight${of}&notice=`)
  })
})

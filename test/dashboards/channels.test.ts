import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { stopChannel } from '#campaigns/stops/channel-stops.ts'
import { campaignReleases } from '#campaigns/content/copy.ts'
import { startDraft } from '#rag/agent/run.ts'
import { draftById } from '#rag/drafts.ts'
import { aClock } from '../campaigns/world.ts'
import { brief } from '../rag/written-drafts.ts'
import { recordConsents } from '#ingest/consent.ts'
import { formsAt, noticeOf, refusalIn, refusalOf } from '../support/forms.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const bot = { name: () => Promise.resolve('roastery_bot'), listen: () => Promise.resolve() }
let site: Site
let owner: Reader
beforeAll(async () => {
  site = await openSite(db, aClock(), { bot, channels: ['email', 'telegram'] })
  owner = await site.as('owner')
})
afterAll(() => site.close())

describe('the page of channels', () => {
  it('says what is set up and what is stopped, and lets it go on by a word that is kept', async () => {
    await db.transaction((tx) =>
      stopChannel(tx, site.pages.clock, { channel: 'telegram', why: 'the token is unknown' }),
    )
    const page = await owner.text('/channels')
    expect(page).toContain('the token is unknown')
    expect(page).toContain('Set SMS_URL')
    const csrf = await owner.csrf()
    expect(await refusalOf(await owner.post('/channels/telegram/go-on', { csrf, reason: ' ' }))).toContain(
      'Say what was mended',
    )
    expect(noticeOf(await owner.post('/channels/telegram/go-on', { csrf, reason: 'a new token' }))).toContain('goes on')
    expect(await owner.text('/channels')).not.toContain('the token is unknown')
    const [kept] = await db.query(sql`select release_reason as reason from campaigns.channel_stops`)
    expect(kept).toEqual({ reason: 'a new token' })
  })

  it('makes a link and a code for one person, shown once, with the words that belong beside it', async () => {
    const page = await owner.text('/channels/telegram?search=reader')
    expect(page).toContain('https://t.me/roastery_bot')
    expect(page).toContain('<svg')
    const made = await owner.post('/channels/telegram/invite', { csrf: await owner.csrf(), personId: site.people[0]!.personId }) // prettier-ignore
    const text = await made.text()
    const token = /t\.me\/roastery_bot\?start=([\w-]{32})/.exec(text)?.[1] ?? ''
    expect(token).not.toBe('')
    expect(text).toContain('opening the link says yes')
    expect(JSON.stringify(await db.query(sql`select * from campaigns.telegram_links`))).not.toContain(token)
  })

  it('shows the words that an owner writes, from then on, which nobody else may write', async () => {
    expect(await owner.text('/channels/telegram')).toContain('I want to hear from Alder &amp; Ash by Telegram')
    const viewer = await site.as('viewer')
    const words = { text: 'News of the roastery twice a month; /stop ends it.' }
    expect((await viewer.post('/channels/telegram/words', { csrf: await viewer.csrf(), ...words })).status).toBe(403)
    const csrf = await owner.csrf()
    expect(await refusalOf(await owner.post('/channels/telegram/words', { csrf, text: ' ' }))).toContain('1 to 600')
    const found = await owner.text('/channels/telegram?search=reader')
    const [, door = ''] = /action="(\/channels\/telegram\/words[^"]*)"/.exec(found) ?? []
    const refused = await (await owner.post(door, { csrf, text: ' ' })).text()
    expect(refusalIn(refused)).toContain('1 to 600')
    expect(refused).toContain('name="search" value="reader"')
    expect(formsAt(refused, '/channels/telegram/invite')).toEqual(formsAt(found, '/channels/telegram/invite'))
    expect(noticeOf(await owner.post('/channels/telegram/words', { csrf, ...words }))).toContain('from now on')
    const made = await owner.post('/channels/telegram/invite', { csrf, personId: site.people[0]!.personId })
    expect(await made.text()).toContain(words.text)
  })
})

describe('a draft for a channel that is set up', () => {
  it('says how it ends, and leaves with its approval', async () => {
    const id = await startDraft(site.pages.agent, { ...brief, channel: 'telegram' })
    const draft = (await draftById(db, id))!
    const page = await owner.text(`/desk/${id}`)
    expect(page).toContain('Approve and send')
    expect(page).toContain('/stop ends these messages')
    const none = await owner.post(`/desk/${id}/approve`, { csrf: await owner.csrf(), contentHash: draft.contentHash! })
    expect(await refusalOf(none)).toContain('Everybody agreed, and it can be shown: fail')
    const { identifierId } = site.people[0]!
    await db.transaction((tx) => recordConsents(tx, site.pages.clock, [{ source: 'test', externalId: 'telegram', identifierId, channel: 'telegram', state: 'granted', basis: 'form', occurredAt: site.pages.clock() }])) // prettier-ignore
    const answer = await owner.post(`/desk/${id}/approve`, { csrf: await owner.csrf(), contentHash: draft.contentHash ?? '' }) // prettier-ignore
    expect(noticeOf(answer)).toContain('planned')
    const journeys = (await campaignReleases(db)).map(
      ({ definition }) => (definition as { journey: unknown[] }).journey,
    )
    expect(journeys).toContainEqual([expect.objectContaining({ key: 'telegram-1', channel: 'telegram', contentHash: draft.contentHash })]) // prettier-ignore
    expect(await draftById(db, id)).toMatchObject({ state: 'approved' })
  })
})

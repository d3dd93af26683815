import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '#kernel/config.ts'
import { openWays, type OpenWays } from '#app/wire-mail.ts'
import { planCopy } from '#campaigns/calendar/calendar.ts'
import { holdCampaign } from '#campaigns/content/holds.ts'
import { countDomain } from '#campaigns/deliverability/reputation.ts'
import { withdrawApproval } from '#governance/approvals.ts'
import { liveRelease, releaseHistory } from '#governance/releases.ts'
import { underLease } from '#kernel/leases.ts'
import { draftById, leaseOf } from '#rag/drafts.ts'
import { aClock, asks, releaseBody } from '../campaigns/world.ts'
import { testDatabase } from '../support/database.ts'
import { formsAt, refusalIn } from '../support/forms.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'
import { approvedPage, approvedPost } from './approved-page.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let owner: Reader
let ways: OpenWays
let csrf = ''
beforeAll(async () => {
  ways = openWays(readConfig({ MILLRACE_HOME: '/tmp/millrace-entered', SMTP_URL: 'smtp://127.0.0.1:1' }), clock, db)
  site = await openSite(db, clock, { givenNames: Array.from({ length: 24 }, (_, n) => `Reader${n}`), ways })
  owner = await site.as('owner')
  csrf = await owner.csrf()
})
afterAll(async () => {
  await site.close()
  await ways.close()
})

/** Posts a form that must be refused; its page comes back with why, and with all that was entered in it. */
async function expectKept(action: string, entered: Record<string, string>, why: string): Promise<void> {
  const answer = await owner.post(action, { csrf, ...entered })
  const page = await answer.text()
  expect([action, answer.status, refusalIn(page)]).toEqual([action, 200, expect.stringContaining(why)])
  const forms = formsAt(page, action).map((form) => Object.fromEntries(Object.keys(entered).map((name) => [name, form[name]])))
  expect([action, forms]).toEqual([action, expect.arrayContaining([entered])])
} // prettier-ignore

describe('a form that is refused stands there again as it was filled in', () => {
  it('the limits of a draft', async () => {
    const limits = { startAt: '2026-03-03T09:00', from: '20:00', to: '09:00', 'window-day-2': 'on', dailyCap: 'many', perPersonPerDay: '2', expireAfterHours: '96', priority: '7', rollout: 'careful' } // prettier-ignore
    await expectKept(`/desk/${site.draftId}/limits`, limits, '“Its messages in a day, at most” must be a number')
    await expectKept(`/desk/${site.draftId}/limits`, { ...limits, startAt: 'soon' }, 'is no time')
  })

  it('a timetable', async () => {
    const own = { name: 'weekly', campaign: site.campaign, time: '10:30', 'day-0': 'on', 'day-3': 'on', cron: '', zone: 'Mars', grace: '90' } // prettier-ignore
    await expectKept('/schedules', own, '“Time zone” is no IANA time zone')
    await expectKept('/schedules', { ...own, zone: 'Europe/Paris', cron: '61 * * * *' }, 'minute')
  })

  it('a switch, of which there are several', async () => {
    await expectKept('/switches', { name: 'channel.email', percent: '140', reason: 'a <try>' }, '0 to 100')
    const page = await owner.text('/switches')
    expect(page).not.toContain('a &lt;try&gt;')
  })

  it('how far a version goes, and who is held out', async () => {
    await expectKept(`/campaigns/${site.campaign}/rollout`, { percent: '101', reason: 'further' }, 'whole number')
    await expectKept('/holdout', { percent: '60', reason: 'to know' }, 'between nobody and half')
  })

  it('why a campaign is held, and where and why it goes back', async () => {
    const here = `/campaigns/${site.campaign}`
    await expectKept(`${here}/rollback`, { reason: 'The <beans> came' }, 'This is the first release')
    const other = await releaseBody({ db, clock }, site.users.owner, asks)
    const { hash: first } = (await releaseHistory(db, site.campaign)).at(-1)!
    await withdrawApproval({ db, clock }, { releaseHash: first, by: site.users.owner, note: 'wait' })
    await expectKept(`${here}/rollback`, { to: first, reason: 'The <beans> came' }, 'approv')
    expect((await liveRelease(db, site.campaign))?.hash).toBe(other.hash)
    await expectKept(`${here}/hold`, { reason: ' ' }, 'Say why')
  })

  it('why a hold is lifted that was changed meanwhile', async () => {
    const held = await holdCampaign({ db, clock }, { campaign: site.campaign, by: site.users.owner, reason: 'beans' })
    if (held.kind !== 'held') throw new Error(held.why)
    const [lift = ''] = /\/campaigns\/[^"]+\/lift/.exec(await owner.text(`/campaigns/${site.campaign}`)) ?? []
    const answer = await owner.post(lift, { csrf, reason: 'They came', seen: 'another' })
    expect(formsAt(await answer.text(), lift)[0]).toMatchObject({ reason: 'They came' })
  })

  it('what is said of a domain: why it is known, what happened to it, what was mended', async () => {
    const domain = 'alder.example'
    await countDomain({ db, clock, zone: 'UTC' }, { domain, channel: 'email' })
    await expectKept('/reputation/warm', { domain, reason: ' ' }, 'Say from where')
    await expectKept('/reputation/recovery', { domain, note: ' ' }, 'Say what happened')
  })

  it('the calendar', async () => {
    const copy = await approvedPost(site)
    await expectKept('/calendar', { copy, due: '2026-03-01T09:00' }, 'has passed')
    await planCopy(site.pages, { copy, dueAt: new Date('2026-04-07T08:00:00Z'), by: site.users.owner })
    const page = await owner.text('/calendar?month=2026-04')
    const [, id = ''] = /\/calendar\/([0-9a-f-]{36})\/drop/.exec(page) ?? []
    await expectKept(`/calendar/${id}/published?month=2026-04`, { url: 'ftp://posts.example/1' }, 'https://')
    await expectKept(`/calendar/${id}/move?month=2026-04`, { due: '2026-01-01T09:00' }, 'has passed')
  })

  it('a page: its address, its form, its words, what is tried beside it', async () => {
    const copy = await approvedPage(site)
    await expectKept('/published', { copy, slug: 'Not an address', signUp: 'on' }, 'Not published')
    const text = 'a letter a month '.repeat(60).trim()
    await expectKept('/published/words', { text }, '1 to 600')
  })

  it('a way out, and where its test goes', async () => {
    const mail = { secret: 'SMTP_URL', fromName: 'Ada', fromAddress: 'nobody', replyTo: 'ada@alder.example', connections: '4', dailyCap: '0' } // prettier-ignore
    await expectKept('/ways-out', mail, 'from')
  })

  it('a program, a message that arrived', async () => {
    await expectKept('/tokens', { name: 'shop', campaign: 'unheard-of' }, 'was ever released')
    await expectKept('/preflight/message', { message: 'hello' }, 'no message with one sender')
  })

  it('a brief: its words, its people, its forms and ideas', async () => {
    const [, segment = ''] = /name="segment" value="([^"]+)"/.exec(await owner.text('/desk')) ?? []
    const brief = { segment, sentence: 'Say what there is & where', 'idea-short': 'on' }
    await expectKept('/desk', brief, 'a form at least')
  })

  it('a draft: every text of it, and what somebody asks to be other', async () => {
    const draft = await draftById(db, site.draftId)
    const contentHash = draft?.contentHash ?? ''
    const edit = `/desk/${site.draftId}/edit`
    await expectKept(edit, { contentHash, 'text-0': 'Another subject', 'text-2': 'a'.repeat(700) }, '600')
    await expectKept(edit, { contentHash: 'f'.repeat(64), 'text-0': 'Another subject' }, 'was edited since')
    const stale = await owner.post(edit, { csrf, contentHash: 'f'.repeat(64), 'text-0': 'Another subject' })
    expect(await stale.text()).toContain(`<a href="${edit}">Begin with it as it is now</a>`)
    const words = 'Shorter '.repeat(70).trim()
    await expectKept(`/desk/${site.draftId}/change`, { contentHash, words }, 'up to 500 letters')
  })

  it('why a draft is sent back that somebody else is at', async () => {
    await underLease({ db, clock }, leaseOf(site.draftId), 60_000, () =>
      expectKept(`/desk/${site.draftId}/reject`, { reason: 'Too <long>' }, 'Somebody else is at this draft'),
    )
  })

  it('how many people a yes is for', async () => {
    const { contentHash } = (await draftById(db, site.draftId))!
    await expectKept(`/desk/${site.draftId}/approve`, { contentHash: contentHash!, people: '23' }, 'type the number 24')
    const offered = formsAt(await owner.text(`/desk/${site.draftId}`), `/desk/${site.draftId}/approve`)
    expect(offered[0]).not.toHaveProperty('people')
  })

  it('a list of people for a campaign whose approval was taken back meanwhile, and how many a new yes is for', async () => {
    const { hash } = (await liveRelease(db, site.campaign))!
    await withdrawApproval({ db, clock }, { releaseHash: hash, by: site.users.owner, note: 'wait' })
    const version = `/campaigns/${site.campaign}/versions/${hash}`
    await expectKept(`${version}/approve`, { people: '23' }, 'type the number 24')
    const list = 'ada@example.com\nbo@example.com'
    await expectKept(`/campaigns/${site.campaign}/enter`, { list }, 'is live and approved')
  })
})

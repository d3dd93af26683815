import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '#kernel/config.ts'
import { openWays, type OpenWays } from '#app/wire-mail.ts'
import { candidateNow } from '#campaigns/way-out/candidate.ts'
import { liveConfiguration } from '#campaigns/way-out/configuration.ts'
import { releaseJourney, send } from '../campaigns/journey-world.ts'
import { aClock } from '../campaigns/world.ts'
import { testDatabase } from '../support/database.ts'
import { smtpSink, type SmtpSink } from '../support/smtp-sink.ts'
import { formIn, refusalOf } from '../support/forms.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let owner: Reader
let sink: SmtpSink
let ways: OpenWays
let csrf = ''
beforeAll(async () => {
  sink = await smtpSink()
  const settings = {
    MILLRACE_HOME: '/tmp/millrace-switches',
    SMTP_URL: 'smtp://127.0.0.1:1',
    SECOND_SMTP_URL: sink.url,
  }
  ways = openWays(readConfig(settings), clock, db)
  site = await openSite(db, clock, { givenNames: ['Ada', 'Bo'], ways })
  owner = await site.as('owner')
  csrf = await owner.csrf()
})
afterAll(async () => {
  await site.close()
  await ways.close()
  await sink.close()
})

const notice = (answer: Response): string =>
  new URL(answer.headers.get('location') ?? '', 'http://x').searchParams.get('notice') ?? ''
const post = async (path: string, form: Record<string, string>): Promise<string> => notice(await owner.post(path, { csrf, ...form })) // prettier-ignore
const refused = async (path: string, form: Record<string, string>): Promise<string> => refusalOf(await owner.post(path, { csrf, ...form })) // prettier-ignore

describe('the page of switches', () => {
  it('shows each beside the kill switch, and moves them with who and why', async () => {
    expect(await owner.text('/switches')).toContain('Messages may leave the house')
    expect(await post('/switches', { name: 'channel.email', percent: '20', reason: 'a try' })).toContain('20 %')
    expect(await refused('/switches', { name: 'channel.email', percent: 'x', reason: 'a try' })).toContain('0 to 100')
    const page = await owner.text('/switches')
    expect(page).toContain('on for 20 % of people')
    expect(page).toMatch(/by owner: a try/)
    expect(page).toContain(site.campaign)
    expect(await owner.text(`/campaigns/${site.campaign}`)).toContain('Switched on for 20 % of people')
    const operator = await site.as('operator')
    const stop = { csrf: await operator.csrf(), name: 'channel.email', reason: 'no' }
    expect(await refusalOf(await operator.post('/switches', { ...stop, percent: '50' }))).toContain(
      'An operator may not do this',
    )
    expect(await (await operator.get('/writer')).text()).toContain('An operator may not do this.')
    expect(await (await (await site.as('viewer')).get('/writer')).text()).toContain('A viewer may not do this.')
    expect(notice(await operator.post('/switches', { ...stop, percent: '0' }))).toContain('Switched off')
    expect(await (await site.as('viewer')).text('/switches')).not.toContain('name="percent"')
    await post('/switches', { name: 'channel.email', percent: '100', reason: 'over' })
  })
})

describe('the page of ways out', () => {
  it('takes an owner from a proposal over checks and a test to the switch, and back', async () => {
    expect(await owner.text('/ways-out')).toContain('SMTP_URL')
    expect(await post('/ways-out', { secret: 'SECOND_SMTP_URL', dailyCap: '500' })).toContain('second slot')
    expect(await owner.text('/ways-out')).toContain('Before the switch: Its checks were not run')
    expect(await post('/ways-out/check', {})).toBe('Checked.')
    expect(await post('/ways-out/test', { to: 'owner@alder.example' })).toContain('Type the code')
    expect(await refused('/ways-out/code', { code: 'wrong' })).toContain('not the code')
    const code = /asked for it: (\S+)/.exec(sink.taken[0]!.raw.replaceAll('=\r\n', ''))?.[1] ?? ''
    expect(await post('/ways-out/code', { code })).toBe('It arrived.')
    const seen = (await candidateNow(db, ways, 'email'))!.hash
    expect(await post('/ways-out/switch', { seen, reason: 'faster' })).toContain('Switched')
    expect(await liveConfiguration(db, ways, 'email')).toMatchObject({
      configuration: { secret: 'SECOND_SMTP_URL', dailyCap: 500 },
    })
    const page = await owner.text('/ways-out')
    expect(page).toContain('Switch back')
    expect(page).not.toContain(sink.url)
    expect(await post('/ways-out/switch', { seen: (await candidateNow(db, ways, 'email'))!.hash })).toContain('Back')
    expect(await liveConfiguration(db, ways, 'email')).toMatchObject({ configuration: { secret: 'SMTP_URL' } })
  })
})

describe('entry by API', () => {
  const api = (name: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    Promise.resolve(site.app.request(`/api/campaigns/${name}/entries`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers })) // prettier-ignore

  it('takes a token that was shown once, answers in words, and counts', async () => {
    clock.advance(60_000)
    await releaseJourney({ db, clock }, site.users.owner, [send('hello')], { enter: { byList: true } })
    const made = await owner.post('/tokens', { csrf, name: 'shop', campaign: site.campaign })
    const token = /millrace_[\w-]+/.exec(await made.text())?.[0] ?? ''
    expect(await owner.text('/tokens')).not.toContain(token)
    expect((await (await site.as('marketer')).get('/tokens')).status).toBe(403)

    const auth = { authorization: `Bearer ${token}`, 'idempotency-key': 'one', 'content-type': 'application/json' }
    expect((await api(site.campaign, {})).status).toBe(401)
    expect((await api(site.campaign, 'no json', auth)).status).toBe(400)
    expect((await api(site.campaign, 'x'.repeat(70_000), auth)).status).toBe(413)
    const unknown = await api(site.campaign, { email: 'stranger@example.com' }, auth)
    expect([unknown.status, await unknown.json()]).toEqual([422, { why: expect.stringContaining('Nobody is known') as string }]) // prettier-ignore
    expect((await api('another', { email: 'a@example.com' }, { ...auth, 'idempotency-key': 'two' })).status).toBe(403)
    const page = await owner.text('/tokens')
    expect(page).toContain('last used')
    const id = /\/tokens\/([\w-]+)\/revoke/.exec(page)?.[1] ?? ''
    expect(await post(`/tokens/${id}/revoke`, {})).toContain('Taken back')
    expect((await api(site.campaign, { email: 'a@example.com' }, auth)).status).toBe(401)
    for (let wrong = 0; wrong < 60; wrong++) await api(site.campaign, {}, { authorization: 'Bearer wrong' })
    const many = await api(site.campaign, {}, { authorization: 'Bearer wrong' })
    expect([many.status, many.headers.get('retry-after')]).toEqual([429, '60'])
  })

  it('and a list by hand', async () => {
    const path = `/campaigns/${site.campaign}/enter`
    expect(await owner.text(path)).toContain('one on each line')
    expect(await post(path, { list: 'nobody at all' })).toContain('1 lines hold no address')
    expect((await (await site.as('viewer')).get(path)).status).toBe(403)
  })

  it('whose campaign says when it is over, on its page and in its form', async () => {
    const path = `/campaigns/${site.campaign}/journey`
    const edit = `/campaigns/${site.campaign}/edit`
    const fields = { ...formIn(await owner.text(edit)), do: 'keep', 'ends-sends': '1000', 'ends-unsubscribed': '2', 'ends-after': '50' } // prettier-ignore
    expect(await post(edit, fields)).toContain('Kept')
    expect(await (await owner.post(edit, { ...fields, csrf: await owner.csrf(), 'ends-goals': '5' })).text()).toContain('no goal') // prettier-ignore
    clock.advance(60_000)
    await releaseJourney({ db, clock }, site.users.owner, [send('hello')], { ends: { sends: 1_000, fatigue: { unsubscribed: 0.02, afterSends: 50 } } }) // prettier-ignore
    expect(await owner.text(path)).toMatch(/When it is over[^]*after 1000 messages, or when more than 2 % of its messages make readers unsubscribe, after 50 messages/) // prettier-ignore
  })
})

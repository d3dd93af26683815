import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWays, type OpenWays } from '#app/wire-mail.ts'
import { candidateNow } from '#campaigns/way-out/candidate.ts'
import { readConfig } from '#kernel/config.ts'
import { aClock } from '../campaigns/world.ts'
import { testDatabase } from '../support/database.ts'
import { refusalOf } from '../support/forms.ts'
import { fakeSms, type FakeTexts } from '../support/fake-texts.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let owner: Reader
let provider: FakeTexts
let ways: OpenWays
beforeAll(async () => {
  provider = await fakeSms()
  const settings = {
    MILLRACE_HOME: '/tmp/millrace-text-ways-page',
    SMS_URL: 'http://127.0.0.1:1/send',
    SECOND_SMS_URL: provider.url,
    SECOND_SMS_ID: 'messages.0.id',
    SECOND_SMS_AUTHORIZATION: 'Bearer sms_test',
  }
  ways = openWays(readConfig(settings), clock, db)
  site = await openSite(db, clock, { ways })
  owner = await site.as('owner')
})
afterAll(async () => {
  await site.close()
  await ways.close()
  await provider.close()
})

describe('the page of ways out', () => {
  it('has two slots for each channel that is set up, and takes an owner to another provider of SMS and back', async () => {
    const csrf = await owner.csrf()
    const post = async (path: string, form: Record<string, string> = {}): Promise<string> => {
      const answer = await owner.post(`/ways-out${path}`, { csrf, channel: 'sms', ...form })
      return new URL(answer.headers.get('location') ?? '', 'http://x').searchParams.get('notice') ?? ''
    }
    const seen = async () => (await candidateNow(db, ways, 'sms'))?.hash ?? ''
    const first = await owner.text('/ways-out')
    expect(first).toContain('<h2 id="of-email">Mail</h2>')
    expect(first).toContain('<h2 id="of-sms">SMS</h2>')
    expect(first).not.toContain('Telegram</h2>')
    const ids = [...first.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(await post('', { secret: 'SECOND_SMS_URL' })).toContain('second slot')
    expect(await owner.text('/ways-out')).toMatch(/Proposed [^<]* by owner\./)
    expect(await post('/check')).toBe('Checked.')
    const nobody = { csrf, channel: 'sms', to: 'nobody' }
    expect(await refusalOf(await owner.post('/ways-out/test', nobody))).toContain('no telephone number')
    expect(await post('/test', { to: '+31612340099' })).toContain('Type the code')
    const code = /asked for it: (\S+)/.exec(provider.taken[0]?.text ?? '')?.[1] ?? ''
    expect(await post('/code', { code })).toBe('It arrived.')
    expect(await post('/switch', { seen: await seen(), reason: 'cheaper' })).toContain('Switched')
    const switched = await owner.text('/ways-out')
    expect(switched).toContain('Switch back')
    expect(switched).toMatch(/It was live until [^<]*, when owner switched\./)
    expect(await post('/switch', { seen: await seen() })).toContain('Back')
  })
})

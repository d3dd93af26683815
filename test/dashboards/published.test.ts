import PostalMime from 'postal-mime'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { mayReceive } from '#governance/consent.ts'
import { setFlag } from '#governance/flags.ts'
import { suppress } from '#ingest/consent.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { start } from '../campaigns/world.ts'
import { noticeOf, refusalOf } from '../support/forms.ts'
import { testDatabase } from '../support/database.ts'
import { smtpSink, type SmtpSink } from '../support/smtp-sink.ts'
import { everything, host, openSite, origin, type Reader, type Site } from '../support/website.ts'
import { approvedPage } from './approved-page.ts'

const db = testDatabase({ keep: true })
const says = (text: string) => ({ text, citations: [] })
let at = start
const clock = () => at
let site: Site
let sink: SmtpSink
let owner: Reader
let stranger: Reader
let csrf = ''
let first: Hash
let second: Hash
const channels: { close: () => Promise<void> }[] = []
beforeAll(async () => {
  sink = await smtpSink()
  const channel = smtpChannel({ url: sink.url, clock: systemClock })
  channels.push(channel)
  site = await openSite(db, clock, { channel })
  owner = await site.as('owner')
  stranger = await site.as(null)
  csrf = await owner.csrf()
  first = await approvedPage(site)
  second = await approvedPage(site, { preheader: says('Come and have a look.') })
  await db.query(
    sql`update ingest.facts set value = '{"amountMinor": 1350, "currency": "EUR"}' where id = ${site.factId}`,
  )
})
afterAll(async () => {
  await site.close()
  await Promise.all(channels.map((channel) => channel.close()))
  await sink.close()
})

const hourMs = 3_600_000
const later = (hours: number): void => void (at = new Date(at.getTime() + hours * hourMs))
const publish = (slug: string, copy: string, more: Record<string, string> = {}): Promise<Response> =>
  owner.post('/published', { csrf, slug, copy, ...more })
const visit = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(site.app.request(path, { headers: { host, ...headers } }))
const bodyOf = async (path: string): Promise<string> => (await visit(path)).text()

describe('a published page', () => {
  it('is what was approved, complete in one answer, with nothing from elsewhere and no cookie', async () => {
    expect(noticeOf(await publish('kochere', first))).toBe('Published.')
    const answer = await visit('/p/kochere')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
    const page = await answer.text()
    expect(page).toContain('<h1>Yirgacheffe Kochere for €13.50</h1>')
    expect(page).toContain(`<link rel="canonical" href="${origin}/p/kochere" />`)
    expect(page).toContain('property="og:title"')
    expect(page).not.toMatch(/<script(?! type="application\/ld\+json")|<link rel="stylesheet"|<img|<iframe/)
    expect(page).not.toContain('action="/p/kochere/sign-up"')
  })

  it('says of itself to machines what its facts say, and no price that is not one of them', async () => {
    const json = (page: string): unknown => JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/.exec(page)![1]!)
    const offer = { '@type': 'Offer', price: '13.50', priceCurrency: 'EUR' }
    const data = json(await bodyOf('/p/kochere'))
    expect(data).toMatchObject({ '@type': 'WebPage', url: `${origin}/p/kochere`, publisher: { name: 'Alder & Ash' } })
    expect(data).toMatchObject({ about: [{ '@type': 'Product', sku: 'KOCH-250', offers: offer }] })
  }) // prettier-ignore

  it('is asked again for nothing while nothing changed', async () => {
    const tag = (await visit('/p/kochere')).headers.get('etag') ?? ''
    expect((await visit('/p/kochere', { 'if-none-match': tag })).status).toBe(304)
  })

  it('goes back, down and up again, each with who and why', async () => {
    await publish('kochere', second)
    expect(await bodyOf('/p/kochere')).toContain('Come and have a look.')
    await owner.post('/published/kochere/back', { csrf, reason: 'too early' })
    expect(await bodyOf('/p/kochere')).toContain('Have a look at what there is.')
    expect(await refusalOf(await owner.post('/published/kochere/back', { csrf, reason: 'once more' }))).toContain('first version')
    await owner.post('/published/kochere/down', { csrf, reason: 'sold out' })
    expect((await visit('/p/kochere')).status).toBe(410)
    await owner.post('/published/kochere/back', { csrf, reason: 'there again' })
    expect((await visit('/p/kochere')).status).toBe(200)
    const page = await owner.text('/published/kochere')
    for (const words of ['too early', 'sold out', 'there again', 'taken down']) expect(page).toContain(words)
    expect(await owner.text('/published')).toContain('/p/kochere')
  }) // prettier-ignore

  it('is refused at an address that is none, and of copy that nobody approved', async () => {
    for (const slug of ['Upper', '../desk', '-a', 'a b', '', 'x'.repeat(70)]) expect(await refusalOf(await publish(slug, first))).toContain('Not published')
    expect(await refusalOf(await publish('nothing', 'nothing'))).toContain('No approval')
    expect((await visit('/p/nothing')).status).toBe(404)
  }) // prettier-ignore
})

describe('a form to sign up', () => {
  const words = async (): Promise<string> => /name="words" value="([^"]+)"/.exec(await bodyOf('/p/letter'))?.[1] ?? ''
  const ask = async (email: string, more: Record<string, string> = {}, headers = {}): Promise<Response> =>
    stranger.post('/p/letter/sign-up', { email, words: await words(), website: '', ...more }, headers)
  const linkTo = async (address: string): Promise<string> => {
    const raw = sink.taken.filter(({ to }) => to === address).at(-1)?.raw ?? ''
    const { text = '' } = await PostalMime.parse(raw)
    return new URL(/https:\S+\/confirm\/\S+/.exec(text)?.[0] ?? '').pathname
  }
  const permission = async (email: string): Promise<unknown> => {
    const [row] = await db.query<{ id: never }>(sql`select id from ingest.identifiers where kind = 'email' and value = ${email}`)
    return row && (await mayReceive(db, { channel: 'email', purpose: 'marketing', at }, [row.id])).get(row.id)
  } // prettier-ignore

  beforeEach(async () => {
    later(24)
    owner = await site.as('owner')
    csrf = await owner.csrf()
  })

  it('is there once an owner wrote the words, and never for whoever may not', async () => {
    await publish('letter', first, { signUp: 'on' })
    expect(await words()).toBe('')
    const marketer = await site.as('marketer')
    expect((await marketer.post('/published/words', { csrf: await marketer.csrf(), text: 'x' })).status).toBe(403)
    await owner.post('/published/words', {
      csrf,
      text: 'I want a letter a month from Alder & Ash; I can leave any time.',
    })
    const page = await bodyOf('/p/letter')
    expect(page).toContain('I want a letter a month')
    expect(page).toMatch(/<label for="email">/)
  })

  it('stores nothing and mails a link; only a press on the page behind it is a yes, with its proof', async () => {
    const before = await everything(db)
    expect((await ask('ada@example.com')).status).toBe(200)
    const path = await linkTo('ada@example.com')
    const asked = await visit(path)
    expect(await asked.text()).toContain('I want a letter a month')
    expect(asked.headers.get('referrer-policy')).toBe('no-referrer')
    await site.app.request(path, { method: 'HEAD' })
    expect(await everything(db)).toBe(before)

    expect(await (await stranger.post(path)).text()).toContain('Thank you')
    expect(await permission('ada@example.com')).toEqual({ kind: 'allowed' })
    const [consent] = await db.query(sql`select basis, text_version as text, channel, state from ingest.consents where external_id like 'sign-up:%'`)
    expect(consent).toEqual({ basis: 'double-opt-in', text: await words(), channel: 'email', state: 'granted' })
    const [proof] = await db.query(sql`select page, text_version as text, asked_at as asked, confirmed_at as confirmed from campaigns.sign_ups`)
    expect(proof).toEqual({ page: 'letter', text: await words(), asked: at, confirmed: at })
    expect(await owner.text('/published/letter')).toContain('1 person signed up here')
  }) // prettier-ignore

  it('counts once: an old link does not bring back who left since', async () => {
    const path = await linkTo('ada@example.com')
    await db.transaction(async (tx) => {
      const [identifierId] = await identifierIds(tx, clock, [{ kind: 'email', value: 'ada@example.com' }])
      await suppress(tx, [{ identifierId: identifierId!, channel: 'email', reason: 'unsubscribed', occurredAt: at }])
    })
    expect(await (await stranger.post(path)).text()).toContain('nothing changed')
    expect(await permission('ada@example.com')).toMatchObject({ rule: 'suppressed' })
    await ask('Ada@Example.com ')
    await stranger.post(await linkTo('Ada@example.com').catch(() => linkTo('Ada@Example.com')))
    expect(await permission('ada@example.com')).toEqual({ kind: 'allowed' })
  })

  it('holds for three days, and no letter of it may be changed', async () => {
    await ask('bob@example.com')
    const path = await linkTo('bob@example.com')
    const forged = `${path.slice(0, -4)}${path.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
    expect((await stranger.post(forged)).status).toBe(410)
    later(73)
    expect(await (await stranger.post(path)).text()).toContain('expired')
    expect(await permission('bob@example.com')).toBeUndefined()
  })

  it('mails nobody who fills in the trap, comes from another site, bounced, or is no address', async () => {
    const sent = sink.taken.length
    expect((await ask('eve@example.com', { website: 'https://spam.example' })).status).toBe(200)
    expect((await ask('eve@example.com', {}, { origin: 'https://elsewhere.example' })).status).toBe(403)
    expect((await ask('eve@example.com', { words: 'f'.repeat(64) })).status).toBe(422)
    for (const none of ['', 'eve', 'eve@example', 'eve@example.com\r\nBcc: all@example.com', `${'e'.repeat(250)}@example.com`]) expect((await ask(none)).status).toBe(422)
    await db.transaction(async (tx) => {
      const [identifierId] = await identifierIds(tx, clock, [{ kind: 'email', value: 'gone@example.com' }])
      await suppress(tx, [{ identifierId: identifierId!, channel: 'email', reason: 'bounced', occurredAt: at }])
    })
    expect((await ask('gone@example.com')).status).toBe(200)
    expect(sink.taken).toHaveLength(sent)
  }) // prettier-ignore

  it('speaks the language of its page, up to the last press', async () => {
    const blocks = [{ kind: 'paragraph' as const, sentences: [says('Wann kommst du zu uns und siehst dich bei uns um, mit wem und wie lange?')] }] // prettier-ignore
    const german = { subject: says('Kommst du vorbei?'), preheader: says('Und was ist dir lieb?'), blocks }
    await publish('besuch', await approvedPage(site, german), { signUp: 'on' })
    const page = await bodyOf('/p/besuch')
    for (const said of [
      '<html lang="de">',
      'Ihre E-Mail-Adresse',
      '>Anmelden<',
      'Dürfen wir',
      '<p id="words" lang="en">',
    ])
      expect(page).toContain(said)
    const asked = { email: 'greta@example.com', words: await words(), website: '' }
    const post = (more = {}) => stranger.post('/p/besuch/sign-up', { ...asked, ...more })
    expect(await (await post({ email: 'greta' })).text()).toContain('Das ist keine E-Mail-Adresse')
    expect(await (await post()).text()).toContain('Sehen Sie in Ihr Postfach')
    const { subject } = await PostalMime.parse(sink.taken.at(-1)?.raw ?? '')
    expect(subject).toBe('Bitte bestätigen: Post von Alder & Ash')
    const path = await linkTo('greta@example.com')
    expect(await bodyOf(path)).toContain('Ja, schreiben Sie mir')
    expect(await (await stranger.post(path)).text()).toContain('<html lang="de">')
  })

  it('mails one address at most three times a day', async () => {
    const sent = sink.taken.length
    const statuses = []
    for (let n = 0; n < 5; n += 1) statuses.push((await ask('often@example.com')).status)
    expect(statuses).toEqual([200, 200, 200, 429, 429])
    expect(sink.taken).toHaveLength(sent + 3)
  })

  it('says so where no mail can leave', async () => {
    await setFlag({ db, clock }, { name: 'sending', on: false, by: site.users.owner, reason: 'a test' })
    expect((await ask('carl@example.com')).status).toBe(503)
    await setFlag({ db, clock }, { name: 'sending', on: true, by: site.users.owner, reason: 'a test' })
    sink.behave(() => ({ reply: 451, text: 'later', at: 'rcpt' }))
    expect((await ask('carl@example.com')).status).toBe(503)
    sink.behave(() => 'take')
    expect((await ask('carl@example.com')).status).toBe(200)
  })
})

describe('visits', () => {
  const counted = (): Promise<{ kind: string; path: string; campaign: string | null }[]> =>
    db.query(
      sql`select kind, properties ->> 'path' as path, campaign_ref as campaign from ingest.events where source = 'web' order by occurred_at, kind`,
    )

  it('are counted after a yes alone, and no more after a no', async () => {
    await visit('/p/kochere?utm_campaign=spring')
    expect(await counted()).toEqual([])
    const yes = await stranger.post('/p/kochere/visits', { may: 'yes' })
    const cookie = (yes.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    expect(yes.headers.get('set-cookie')).toMatch(/HttpOnly; Secure; SameSite=Lax/)
    later(1)
    expect(await (await visit('/p/kochere?utm_campaign=spring', { cookie })).text()).toContain('Stop counting')
    await visit('/p/kochere', { cookie, 'sec-gpc': '1' })
    later(1)
    await site.app.request('/p/kochere/visits', {
      method: 'POST',
      body: new URLSearchParams({ may: 'no' }),
      headers: { host, origin, cookie },
    })
    expect(await counted()).toEqual([
      { kind: 'consent', path: '/p/kochere', campaign: null },
      { kind: 'page', path: '/p/kochere', campaign: 'spring' },
      { kind: 'consent', path: '/p/kochere', campaign: null },
    ])
  })

  it('are asked about in no browser that refuses it', async () => {
    expect(await (await visit('/p/kochere', { 'sec-gpc': '1' })).text()).not.toContain('May we count')
  })
})

describe('a page whose facts change', () => {
  const ends = (when: Date | null) =>
    db.query(sql`update ingest.facts set valid_to = ${when} where id = ${site.factId}`)

  beforeAll(async () => {
    owner = await site.as('owner')
    csrf = await owner.csrf()
  })

  it('gives way to one that claims nothing, tells who published it why, and comes back with its facts', async () => {
    await ends(at)
    const held = await visit('/p/letter')
    expect([held.status, held.headers.get('retry-after')]).toEqual([503, '3600'])
    const page = await held.text()
    expect(page).toContain('being brought up to date')
    expect(page).not.toContain('13.50')
    expect(page).toContain('action="/p/letter/sign-up"')
    const seen = await owner.text('/published/letter')
    for (const words of ['Held:', 'is stated nowhere any more', 'No version before it']) expect(seen).toContain(words)
    expect(await refusalOf(await publish('other', second))).toContain('is stated nowhere any more')
    await ends(null)
    expect((await visit('/p/letter')).status).toBe(200)
  })

  it('gives way to the version before it where that is still true, but to none from before it was taken down', async () => {
    const blocks = [{ kind: 'paragraph' as const, sentences: [says('Come and have a look.')] }]
    const still = await approvedPage(site, { subject: says('Come and see us'), blocks })
    for (const slug of ['a', 'b']) await publish(slug, still)
    await owner.post('/published/b/down', { csrf, reason: 'no more' })
    for (const slug of ['a', 'b']) await publish(slug, first)
    await ends(at)
    expect(await bodyOf('/p/a')).toContain('<h1>Come and see us</h1>')
    expect(await owner.text('/published/a')).toContain('Visitors get the version before it, “Come and see us”')
    expect((await visit('/p/b')).status).toBe(503)
    await ends(null)
    expect(await bodyOf('/p/a')).toContain('for €13.50')
  })

  it('gives way as well where an approval is taken back: to the version before', async () => {
    await publish('letter', second)
    expect(await bodyOf('/p/letter')).toContain('Come and have')
    await owner.post(`/copy/${second}/withdraw`, { csrf, reason: 'a mistake' })
    expect(await bodyOf('/p/letter')).toContain('Have a look')
    const seen = await owner.text('/published/letter')
    expect(seen).toContain('its approval was taken back')
    expect(seen).toContain('the version before it')
  })
})

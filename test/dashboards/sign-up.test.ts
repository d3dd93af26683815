import PostalMime from 'postal-mime'
import { beforeEach, describe, expect, it } from 'vitest'
import { mayReceive } from '#governance/consent.ts'
import { setFlag } from '#governance/flags.ts'
import { suppress } from '#ingest/consent.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { sql } from '#kernel/sql.ts'
import { everything } from '../support/everything.ts'
import { approvedPage } from './approved-page.ts'
import {
  asksToSignUp,
  at,
  bodyOf,
  clock,
  db,
  first,
  later,
  owner,
  ownerSignsIn,
  publish,
  says,
  sink,
  site,
  stranger,
  visit,
} from './published-world.ts'

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
    await ownerSignsIn()
  })

  it('is there once an owner wrote the words, and never for whoever may not', async () => {
    await publish('letter', first, { signUp: 'on' })
    expect(await words()).toBe('')
    const marketer = await site.as('marketer')
    expect((await marketer.post('/published/words', { csrf: await marketer.csrf(), text: 'x' })).status).toBe(403)
    await asksToSignUp('I want a letter a month from Alder & Ash; I can leave any time.')
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

import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { armsOf, drawFor, readerOf, toTheirCopy } from '#campaigns/pages/arms.ts'
import { readTrial } from '#campaigns/pages/trial.ts'
import { releaseConsentText } from '#governance/consent-texts.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { start } from '../campaigns/world.ts'
import { noticeOf, refusalOf } from '../support/forms.ts'
import { testDatabase } from '../support/database.ts'
import { smtpSink, type SmtpSink } from '../support/smtp-sink.ts'
import { host, openSite, origin, type Reader, type Site } from '../support/website.ts'
import { approvedPage } from './approved-page.ts'

const db = testDatabase({ keep: true })
const says = (text: string) => ({ text, citations: [] })
const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
const words = [says('Have a look at what there is.'), says('Come and have a look.')].map(({ text }) => text)
let site: Site
let sink: SmtpSink
let owner: Reader
let stranger: Reader
let csrf = ''
let copies: [Hash, Hash]
const channels: { close: () => Promise<void> }[] = []
beforeAll(async () => {
  sink = await smtpSink()
  const channel = smtpChannel({ url: sink.url, clock: systemClock })
  channels.push(channel)
  site = await openSite(db, () => start, { channel })
  owner = await site.as('owner')
  stranger = await site.as(null)
  csrf = await owner.csrf()
  copies = [await approvedPage(site), await approvedPage(site, { preheader: says(words[1]!) })]
  await db.query(
    sql`update ingest.facts set value = '{"amountMinor": 1350, "currency": "EUR"}' where id = ${site.factId}`,
  )
  const text = { name: 'newsletter', language: 'en', channel: 'email', text: 'I want a letter a month; I can leave any time.' } // prettier-ignore
  await releaseConsentText(site.pages, { ...text, by: site.users.owner, reason: 'a test' })
})
afterAll(async () => {
  await site.close()
  await Promise.all(channels.map((channel) => channel.close()))
  await sink.close()
})

const publish = (slug: string, more: Record<string, string> = {}): Promise<Response> =>
  owner.post('/published', { csrf, slug, copy: copies[0], ...more })
const tryOn = async (slug: string, percent = '50', copy: string = copies[1]): Promise<string> => {
  const answer = await owner.post(`/published/${slug}/try`, { csrf, copy, percent })
  return noticeOf(answer) || refusalOf(answer)
}
const visit = async (path: string, headers: Record<string, string> = browser): Promise<string> =>
  (await site.app.request(path, { headers: { host, ...headers } })).text()
const armIn = (page: string): number => words.findIndex((one) => page.includes(`<p class="summary">${one}</p>`))
const tokenIn = (page: string): string => /name="arm" value="([^"]+)"/.exec(page)?.[1] ?? ''
const textIn = (page: string): string => /name="words" value="([^"]+)"/.exec(page)?.[1] ?? ''
const counted = async (slug: string) =>
  (await readTrial(db, slug))?.readout.arms.map(({ people, converted }) => [people, converted])

async function signUp(slug: string, email: string, page: string, arm = tokenIn(page)): Promise<void> {
  await stranger.post(`/p/${slug}/sign-up`, { email, words: textIn(page), website: '', arm })
  const raw = sink.taken.filter(({ to }) => to === email).at(-1)?.raw ?? ''
  const { text = '' } = await PostalMime.parse(raw)
  await stranger.post(new URL(/https:\S+\/confirm\/\S+/.exec(text)?.[0] ?? '').pathname)
}

describe('two copies of a page', () => {
  it('are tried only where a visitor can sign up, with shares that leave something for the first', async () => {
    await publish('shares')
    expect(await tryOn('shares')).toContain('Nobody can sign up on this page')
    await publish('shares', { signUp: 'on' })
    for (const percent of ['0', '100', '-3', '1.5', 'x']) expect(await tryOn('shares', percent)).toContain('Give it 1 to 99 percent')
    expect(await tryOn('shares', '50', copies[0])).toContain('shows this copy already')
    expect(await tryOn('shares', '50', 'f'.repeat(64))).toContain('No approval')
    expect(await tryOn('shares', '30')).toBe('Visitors get either from now on.')
    const marketer = await site.as('viewer')
    expect((await marketer.post('/published/shares/try', { csrf: await marketer.csrf(), copy: copies[1] })).status).toBe(403)
  }) // prettier-ignore

  it('are drawn anew at each visit of somebody unknown, who gets no cookie', async () => {
    await publish('unknown', { signUp: 'on' })
    await tryOn('unknown')
    const arms: number[] = []
    for (let n = 0; n < 40; n++) arms.push(armIn(await visit('/p/unknown')))
    expect(new Set(arms)).toEqual(new Set([0, 1]))
    const answer = await site.app.request('/p/unknown', { headers: { host, ...browser } })
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(answer.headers.get('cache-control')).toContain('private')
    arms.push(armIn(await answer.text()))
    const people = (await counted('unknown'))?.map(([seen]) => seen)
    expect(people).toEqual([0, 1].map((arm) => arms.filter((one) => one === arm).length))
  })

  it('stay the same for whoever comes by a link of a message, and count them once', async () => {
    await publish('known', { signUp: 'on' })
    await tryOn('known')
    const key = site.pages.linksKey
    const link = toTheirCopy(`${origin}/p/known?utm_source=newsletter`, { publicUrl: origin, key, who: 'somebody' })
    const path = link.slice(origin.length)
    expect(path).toContain('utm_source=newsletter&v=')
    const seen = new Set<number>()
    for (let n = 0; n < 5; n++) seen.add(armIn(await visit(path)))
    expect(seen.size).toBe(1)
    expect((await counted('known'))?.reduce((sum, [people = 0]) => sum + people, 0)).toBe(1)
    expect(readerOf(key, 'known', 'somebody')).not.toBe(readerOf(key, 'unknown', 'somebody'))
    expect(toTheirCopy('https://elsewhere.example/p/known', { publicUrl: origin, key, who: 'x' })).toBe('https://elsewhere.example/p/known') // prettier-ignore
  })

  it('have the readers that their shares say', () => {
    const arms = armsOf({ copy: copies[0], others: [{ copy: copies[1], percent: 30 }] })
    const drawn = Array.from({ length: 4_000 }, (_, n) => drawFor(`reader ${n}`)('a page' as Hash, arms).name)
    expect(drawn.filter((name) => name === 'B').length / 4_000).toBeCloseTo(0.3, 1)
  })

  it('leave machines out, and whoever asks not to be counted', async () => {
    await publish('machines', { signUp: 'on' })
    await tryOn('machines')
    await visit('/p/machines', { 'user-agent': 'curl/8' })
    const silent = await visit('/p/machines', { ...browser, 'sec-gpc': '1' })
    expect(silent).not.toContain('name="arm"')
    expect(await readTrial(db, 'machines')).toMatchObject({ machines: 1 })
    expect((await counted('machines'))?.flat()).toEqual([0, 0, 0, 0])
  })

  it('are read by who signs up below them, which no forged form changes', async () => {
    await publish('read', { signUp: 'on' })
    await tryOn('read')
    const page = await visit('/p/read')
    const arm = armIn(page)
    await signUp('read', 'one@example.com', page)
    const forged = `${arm === 0 ? 'B' : 'A'}${tokenIn(page).slice(1)}`
    await signUp('read', 'two@example.com', page, forged)
    const read = await counted('read')
    expect(read?.[arm]).toEqual([1, 1])
    expect(read?.[1 - arm]).toEqual([0, 0])
    const desk = await owner.text('/published/read')
    expect(desk).toContain('Chance of being best')
    expect(desk).toContain('Show A to everybody')
  })

  it('are counted no more while one of them is held, and visitors get the one that stands', async () => {
    await publish('held', { signUp: 'on' })
    await tryOn('held')
    await db.query(sql`update rag.drafts set state = 'rejected' where approval_id = (
      select a.id::text from governance.approvals a where a.release_hash = ${copies[1]})`)
    for (let n = 0; n < 12; n++) expect(armIn(await visit('/p/held'))).toBe(0)
    expect(await visit('/p/held')).not.toContain('name="arm"')
    expect((await counted('held'))?.flat()).toEqual([0, 0, 0, 0])
    expect(await owner.text('/published/held')).toContain('Nobody is counted while a copy is held')
    await db.query(sql`update rag.drafts set state = 'approved' where state = 'rejected'`)
  })

  it('end with one of them for everybody, and come back by going back', async () => {
    await publish('end', { signUp: 'on' })
    await tryOn('end')
    expect(await refusalOf(await owner.post('/published/end/keep', { csrf, copy: 'f'.repeat(64) }))).toContain(
      'does not try',
    )
    await owner.post('/published/end/keep', { csrf, copy: copies[1] })
    for (let n = 0; n < 8; n++) expect(armIn(await visit('/p/end'))).toBe(1)
    await owner.post('/published/end/back', { csrf, reason: 'once more' })
    expect(await readTrial(db, 'end')).not.toBeNull()
    expect(await owner.text('/published/end')).toContain('1 copy tried beside it')
  })

  it('take one query more than one copy does', async () => {
    await publish('one', { signUp: 'on' })
    await publish('both', { signUp: 'on' })
    await tryOn('both')
    let asked = 0
    const query = site.pages.db.query.bind(site.pages.db)
    const of = async (path: string): Promise<number> => {
      asked = 0
      await visit(path)
      return asked
    }
    site.pages.db.query = (one) => {
      asked++
      return query(one)
    }
    expect(await of('/p/both')).toBeLessThanOrEqual((await of('/p/one')) + 1)
    site.pages.db.query = query
  })
})

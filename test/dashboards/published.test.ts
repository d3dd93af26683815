import { beforeAll, describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { noticeOf, refusalOf } from '../support/forms.ts'
import { host, origin } from '../support/website.ts'
import { approvedPage } from './approved-page.ts'
import {
  asksToSignUp,
  at,
  bodyOf,
  csrf,
  db,
  first,
  later,
  owner,
  publish,
  says,
  second,
  site,
  stranger,
  visit,
} from './published-world.ts'

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
    await asksToSignUp('I want a letter a month from Alder & Ash; I can leave any time.')
    await publish('letter', first, { signUp: 'on' })
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

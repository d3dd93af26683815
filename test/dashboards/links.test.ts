import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { everything } from '../support/everything.ts'
import { openSite, type Site } from '../support/website.ts'
import { aClock, ledger } from '../campaigns/world.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
beforeAll(async () => {
  site = await openSite(db, clock)
})
afterAll(() => site.close())

const minute = 60_000

describe('a sign-in link', () => {
  it('changes nothing when it is opened, and signs in once when the button is pressed', async () => {
    const token = await site.signInToken('marketer')
    const stranger = await site.as(null)
    const before = await everything(db)
    expect(await stranger.text(`/sign-in?token=${token}`)).toContain(`name="token" value="${token}"`)
    expect(await everything(db)).toBe(before)
    const pressed = await stranger.post('/sign-in', { token })
    expect(pressed.status).toBe(303)
    expect(pressed.headers.get('set-cookie')).toMatch(
      /^millrace_session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
    const again = await stranger.post('/sign-in', { token })
    expect([again.status, again.headers.get('set-cookie')]).toEqual([403, null])
    expect(await again.text()).toContain('used already')
  })

  it('is worth nothing after a quarter of an hour, forged, or from the form of another site', async () => {
    const stranger = await site.as(null)
    const foreign = { origin: 'https://elsewhere.example' }
    const fresh = await site.signInToken('owner')
    expect((await stranger.post('/sign-in', { token: fresh }, foreign)).status).toBe(403)
    expect((await stranger.post('/sign-in', { token: `${fresh}x` })).status).toBe(403)
    expect((await stranger.post('/sign-in', {})).status).toBe(403)
    clock.advance(16 * minute)
    expect((await stranger.post('/sign-in', { token: fresh })).status).toBe(403)
  })
})

describe('the links of a message', () => {
  it('unsubscribe nobody who only opens the page, as scanners do', async () => {
    const stranger = await site.as(null)
    const before = await everything(db)
    const page = await stranger.get(site.messageLinks.unsubscribe)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<button class="main">Unsubscribe</button>')
    expect(await everything(db)).toBe(before)
  })

  it('unsubscribe with the button, and by the one click of a mail program, without any session', async () => {
    const stranger = await site.as(null)
    const done = await stranger.post(site.messageLinks.unsubscribe, { 'List-Unsubscribe': 'One-Click' }, { origin: '' })
    expect(done.status).toBe(200)
    expect((await ledger(db)).get('reader0@example.com')).toMatchObject({ reason: 'unsubscribed' })
    expect(await (await stranger.post(site.messageLinks.unsubscribe)).text()).toContain('no more marketing e-mail')
  })

  it('lead to the content’s own address and nowhere else', async () => {
    const stranger = await site.as(null)
    const click = await stranger.get(site.messageLinks.click)
    expect(click.status).toBe(302)
    expect(click.headers.get('location')).toMatch(/^https:\/\/shop\.example\/beans\?size=250&/)
    const forged = site.messageLinks.click.replace(/.$/, (sign) => (sign === 'A' ? 'B' : 'A'))
    const refused = await stranger.get(forged)
    expect([refused.status, refused.headers.get('location')]).toEqual([404, null])
  })

  it('show the open pixel to other sites, whether the token is ours or not', async () => {
    const stranger = await site.as(null)
    for (const path of [site.messageLinks.open, '/o/nothing']) {
      const pixel = await stranger.get(path)
      expect(pixel.status).toBe(200)
      expect(pixel.headers.get('content-type')).toBe('image/gif')
      expect(pixel.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
      expect(pixel.headers.get('cache-control')).toBe('no-store')
    }
  })
})

import { Hono } from 'hono'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { openCollect } from '#ingest/collect.ts'
import { webEvents } from '#ingest/sources/web-events.ts'
import { collectRoutes } from '#dashboards/routes/collect.ts'
import type { Env } from '#dashboards/visitor.ts'
import { noBrowser, openBrowser, personAt } from '../support/browser.ts'
import { testDatabase } from '../support/database.ts'
import { served, type Served } from '../support/served.ts'

describe.skipIf(noBrowser)('the script on the pages of a shop', () => {
  const db = testDatabase()
  let browser: Browser | undefined
  let shop: Served
  let house: Served
  let failures = 0

  /** The shop is a site of its own: another origin, with pages that ask for consent or not. */
  beforeAll(async () => {
    browser = await openBrowser()
    shop = await served(
      new Hono().get('*', (context) => {
        const attribute = context.req.path.startsWith('/asks') ? 'data-consent="required"' : ''
        return context.html(`<!doctype html><link rel="icon" href="data:,"><title>Beans</title>
          <script>window.millrace = Object.assign((...call) => millrace.q.push(call), { q: [] }); millrace('event', 'early', { n: 1 })</script>
          <script async ${attribute} src="${house.url}/collect.js"></script><a href="/next">Next</a>`)
      }),
      'localhost',
    )
    const app = new Hono<Env>()
    app.use('/collect', async (context, next) => {
      if (context.req.method !== 'POST' || failures === 0) return next()
      failures -= 1
      // As a server answers that is just being started again.
      return context.body(null, 503, { 'access-control-allow-origin': shop.url })
    })
    const business = { zone: 'Europe/Amsterdam', currency: 'EUR' }
    const ingest = { db, clock: systemClock, recordsKey: new Uint8Array(32).fill(7), business, log: silentLog }
    collectRoutes(app, { take: openCollect(ingest, webEvents()), origins: [shop.url] })
    house = await served(app, 'localhost')
  })
  beforeEach(() => void (failures = 0))
  afterAll(async () => {
    await browser?.close()
    await shop.close()
    await house.close()
  })

  const visit = async (path: string, options: BrowserContextOptions = {}) => {
    const person = await personAt(browser!, options)
    await person.page.goto(`${shop.url}${path}`)
    await person.page.waitForFunction('typeof millrace === "function" && !millrace.q')
    return person
  }
  const events = () => db.query<{ kind: string; device: string; channel: string | null; properties: object }>(sql`
    select e.kind, i.value as device, e.channel, e.properties from ingest.events e
    join ingest.identifiers i on i.id = e.identifier_id where i.kind = 'device' order by e.occurred_at, e.kind`) // prettier-ignore
  const told = async () => (await events()).filter(({ properties }) => !('path' in properties && properties.path === '/another')) // prettier-ignore
  const kinds = async (): Promise<string[]> => (await told()).map(({ kind }) => kind).toSorted()
  /** Lets the page send what it would when it is left; what was sent is in before what another visitor sends then. */
  const leftAndPassed = async (page: Page): Promise<void> => {
    await page.evaluate(`dispatchEvent(new Event('pagehide'))`)
    const another = await visit('/another')
    await expect.poll(async () => (await events()).length - (await told()).length).toBe(2)
    await another.context.close()
  }

  it('tells of the page, what brought the visit and what was said before it was loaded, and stores nothing', async () => {
    const { page, complaints } = await visit('/beans?utm_source=google&utm_medium=cpc&email=anna@example.com#x')
    await expect.poll(kinds).toEqual(['early', 'page'])
    const all = await events()
    expect(new Set(all.map(({ device }) => device)).size).toBe(1)
    expect(all.find(({ kind }) => kind === 'page')).toMatchObject({ channel: 'google-ads', properties: { path: '/beans' } }) // prettier-ignore
    expect(all.find(({ kind }) => kind === 'early')).toMatchObject({ channel: null, properties: { n: 1 } })
    expect(await page.evaluate('JSON.stringify([localStorage.length, document.cookie])')).toBe('[0,""]')
    expect(complaints).toEqual([])
  })

  it('lets nothing leave the page before consent, and keeps the device from then on', async () => {
    const { page } = await visit('/asks')
    await page.evaluate(`millrace('identify', { email: 'anna@example.com' })`)
    await leftAndPassed(page)
    expect(await kinds()).toEqual([])
    await page.evaluate(`millrace('consent', true)`)
    await expect.poll(kinds).toEqual(['consent', 'early', 'identify', 'page'])
    await page.getByRole('link', { name: 'Next' }).click()
    await expect.poll(async () => (await told()).length).toBe(6)
    expect(new Set((await told()).map(({ device }) => device)).size).toBe(1)
    await page.evaluate(`millrace('consent', false)`)
    await expect.poll(async () => (await kinds()).filter((kind) => kind === 'consent')).toHaveLength(2)
    expect(await page.evaluate('localStorage.length')).toBe(0)
  })

  it('is silent where the browser says so', async () => {
    const { page, context } = await personAt(browser!)
    await context.addInitScript(`Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })`)
    await page.goto(`${shop.url}/beans`)
    await page.waitForFunction('!millrace.q')
    await page.evaluate(`millrace('consent', true)`)
    await leftAndPassed(page)
    expect([await kinds(), await page.evaluate('localStorage.length')]).toEqual([[], 0])
  })

  it('sends once more what did not arrive, and by beacon what is left when the page is left', async () => {
    failures = 1
    const { page } = await visit('/beans')
    await expect.poll(() => failures).toBe(0)
    await expect.poll(kinds).toEqual(['early', 'page'])
    await page.evaluate(`millrace('event', 'leaving')`)
    await page.goto('about:blank')
    await expect.poll(kinds).toEqual(['early', 'leaving', 'page'])
  })
})

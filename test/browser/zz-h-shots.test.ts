import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { decideReview } from '#ingest/identity/review.ts'
import { openBrowser, personAt } from '../support/browser.ts'
import { addAlikePeople } from '../support/alike-people.ts'
import { testDatabase } from '../support/database.ts'
import { served, type Served } from '../support/served.ts'
import { openSite, type Site } from '../support/website.ts'
import { aClock } from '../campaigns/world.ts'
import { addSales } from '../governance/ledger.ts'
import { sql } from '#kernel/sql.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let house: Served
let browser: Browser
beforeAll(async () => {
  site = await openSite(db, clock)
  const ids = await addAlikePeople(site.pages.identity)
  await addSales(db, ids, [
    { id: 'k1', by: 'hubspot:11', at: '2026-01-05T10:00Z', gross: 5000 },
    { id: 'k2', by: 'shopify:12', at: '2026-01-25T10:00Z', gross: 4000 },
    { id: 'k3', by: 'hubspot:41', at: '2026-01-25T10:00Z', gross: 4000 },
    { id: 'k4', by: 'stripe:42', at: '2026-01-26T10:00Z', gross: 4000 },
  ])
  clock.advance(3600_000)
  house = await served(site.app, 'localhost')
  browser = await openBrowser()
})
afterAll(async () => { await browser.close(); await house.close(); await site.close() })

describe('shots', () => {
  it('x', async () => {
    const { page } = await personAt(browser, { viewport: { width: 1280, height: 844 } })
    await page.goto(`${house.url}/sign-in?token=${await site.signInToken('marketer')}`)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/desk')
    const shot = async (name: string) => { await page.screenshot({ path: `/tmp/H-${name}.png`, fullPage: true }) }
    await shot('desk')
    await page.goto(`${house.url}/identity/review`)
    await shot('review')
    await page.keyboard.press('s'); await page.waitForURL('**/review?said*')
    await shot('review2')
    await page.goto(`${house.url}/people?search=joost`)
    await page.locator('td a').first().click()
    await shot('person')
    await page.getByRole('link', { name: /look closer/ }).first().click()
    await shot('pair-one')
    await page.goBack()
    await page.getByRole('button', { name: /Not the same/ }).first().click()
    await shot('person-apart')
    await page.goto(`${house.url}/people?search=vries`)
    await page.locator('td a').first().click()
    await shot('person-vries')
    await page.goto(`${house.url}/report`)
    await page.locator('section', { hasText: 'turned out' }).last().screenshot({ path: '/tmp/H-news.png' })
    await page.locator('a[href^="/identity/changes"]').first().click()
    await shot('change')
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.goto(`${house.url}/identity/review`)
    await shot('review-dark')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'light' })
    await page.goto(`${house.url}/identity/review`)
    await shot('review-phone')
  })
})

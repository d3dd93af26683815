import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reviewQueue } from '#ingest/identity/review.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { addAlikePeople } from '../support/alike-people.ts'
import { noBrowser, openBrowser, personAt, tabTo } from '../support/browser.ts'
import { testDatabase } from '../support/database.ts'
import { served, type Served } from '../support/served.ts'
import { openSite, type Site } from '../support/website.ts'
import { aClock } from '../campaigns/world.ts'
import { addSales } from '../governance/ledger.ts'

type Session = NonNullable<BrowserContextOptions['storageState']>

// In order, as somebody works through the queue.
describe.skipIf(noBrowser)('who is who, in a browser', () => {
  const db = testDatabase({ keep: true })
  let site: Site
  let house: Served
  let browser: Browser
  let session: Session
  let ids: Map<string, IdentifierId>

  beforeAll(async () => {
    site = await openSite(db, aClock())
    ids = await addAlikePeople(site.pages.identity)
    await addSales(db, ids, [
      { id: 'k1', by: 'hubspot:21', at: '2026-01-05T10:00Z', gross: 5000 },
      { id: 'k2', by: 'shopify:22', at: '2026-02-05T10:00Z', gross: 4000 },
    ])
    house = await served(site.app, 'localhost')
    browser = await openBrowser()
    const { page, context } = await personAt(browser)
    await page.goto(`${house.url}/sign-in?token=${await site.signInToken('marketer')}`)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/desk')
    session = await context.storageState()
    await context.close()
  })
  afterAll(async () => {
    await browser?.close()
    await house?.close()
    await site?.close()
  })

  const notice = (page: Page): Promise<string> => page.getByRole('status').innerText()
  const waiting = async (): Promise<number> => {
    const { open, putOff } = await reviewQueue(db, { limit: 0 })
    return open + putOff
  }
  /** Presses a key of the queue once its page listens, and waits for the page that answers. */
  const press = async (page: Page, key: string): Promise<void> => {
    await page.waitForLoadState('load')
    await Promise.all([page.waitForEvent('load'), page.keyboard.press(key)])
  }

  it('can be worked through by keyboard alone: same, undo, later, different', async () => {
    const { page, context, complaints } = await personAt(browser, { storageState: session })
    await page.goto(`${house.url}/desk`)
    await tabTo(page, 'main a[href="/identity/review"]')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Are these one person?' }).waitFor()
    expect(await page.locator('main').innerText()).toContain('Thomas Bakker')
    await press(page, 's')
    expect(await notice(page)).toMatch(/^One person now\. .*new customers 1 → 0/)
    expect(await page.locator('main').innerText()).toContain('Katharina')
    await press(page, 'u')
    expect(await notice(page)).toMatch(/^Taken back: the pair waits again\./)
    expect(await page.locator('main').innerText()).toContain('Thomas Bakker')
    await press(page, 's')
    await press(page, 'l')
    expect(await notice(page)).toMatch(/^Put off/)
    await press(page, 'd')
    expect(await notice(page)).toBe('Two people, for good.')
    expect(await waiting()).toBe(1)
    // What is typed as a reason is no command.
    await tabTo(page, 'details.how summary')
    await page.keyboard.press('Enter')
    await tabTo(page, '#reason')
    await page.keyboard.type('slds')
    expect(await waiting()).toBe(1)
    expect(complaints).toEqual([])
    await context.close()
  })

  it('works by plain forms without JavaScript, undoing and apart-taking too', async () => {
    const { page, context, complaints } = await personAt(browser, { storageState: session, javaScriptEnabled: false })
    await page.goto(`${house.url}/identity/review`)
    await page.getByText('Say how you know').click()
    await page.getByLabel(/How you know/).fill('Met both of them')
    await page.getByRole('button', { name: 'Different people' }).click()
    expect(await notice(page)).toBe('Two people, for good.')
    await page.getByRole('heading', { name: 'People to check' }).waitFor()
    await page.getByRole('button', { name: 'Undo that' }).click()
    await page.getByRole('link', { name: 'Everything about this pair' }).click()
    await page.getByRole('button', { name: 'Never merge' }).click()
    await page.getByRole('button', { name: 'Let the evidence decide' }).click()
    expect(await notice(page)).toBe('Taken back. The evidence alone does not join them.')
    await page.goto(`${house.url}/people?search=bakker`)
    await page.locator('td a').first().click()
    await page.getByRole('button', { name: 'Not the same person: 22' }).click()
    expect(await notice(page)).toMatch(/^Two people, for good\./)
    await page.getByRole('button', { name: 'Take that back' }).click()
    expect(await notice(page)).toMatch(/^One person now\./)
    expect(complaints).toEqual([])
    await context.close()
  })

  describe.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
  ] as const)('every page of it, %s and %i wide,', (colorScheme, width) => {
    it('is accessible, complains of nothing and never scrolls sideways', async () => {
      const { reviews } = await reviewQueue(db, { limit: 1 })
      const pair = reviews[0] ?? { left: ids.get('hubspot:11'), right: ids.get('shopify:12') }
      const screen = { colorScheme, viewport: { width, height: 844 } }
      const { page, context, complaints } = await personAt(browser, { storageState: session, ...screen })
      await page.goto(`${house.url}/report`)
      const change = (await page.locator('a[href^="/identity/changes/"]').first().getAttribute('href')) ?? ''
      await page.goto(`${house.url}/people?search=bakker`)
      const person = (await page.locator('td a').first().getAttribute('href')) ?? ''
      const tied = `/identity/pair/${ids.get('hubspot:41')}/${ids.get('stripe:42')}`
      const paths = ['/identity/review', '/identity/review?said=later&notice=Done', `/identity/pair/${pair.left}/${pair.right}`, tied, change, person, '/report'] // prettier-ignore
      const troubles: string[] = []
      for (const path of paths) {
        await page.goto(`${house.url}${path}`)
        const { violations } = await new AxeBuilder({ page }).analyze()
        for (const { id, nodes } of violations) troubles.push(`${path}: ${id} ${nodes[0]?.html}`)
        const sideways = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        if (sideways > 0) troubles.push(`${path}: ${sideways} px wider than its window`)
      }
      expect(troubles).toEqual([])
      expect(complaints).toEqual([])
      await context.close()
    })
  })
})

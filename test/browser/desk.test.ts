import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noBrowser, openBrowser, personAt, signedIn, startDemo, tabTo, type Demo } from '../support/browser.ts'

type Session = NonNullable<BrowserContextOptions['storageState']>

// In order, as a day at the desk goes: what one test did, the next one finds.
describe.skipIf(noBrowser)('the desk in a browser', () => {
  let demo: Demo | undefined
  let browser: Browser | undefined
  let marketer: Session
  let owner: Session
  const site = (): { demo: Demo; browser: Browser } => {
    if (!demo || !browser) throw new Error('The demo or the browser did not start')
    return { demo, browser }
  }
  beforeAll(async () => {
    browser = await openBrowser()
    demo = await startDemo()
    marketer = await signedIn(browser, demo.marketer)
    owner = await signedIn(browser, demo.owner)
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  it('takes a plain form without JavaScript: write, edit, and approve what somebody else wrote', async () => {
    const { page, complaints } = await personAt(site().browser, { storageState: marketer, javaScriptEnabled: false })
    await page.goto(`${site().demo.origin}/desk`)
    await page.getByRole('radio', { name: /^Bought once/ }).check()
    await page
      .getByLabel('What should it achieve?')
      .fill('Thank people for their first order and tell how to store beans.')
    await page.getByRole('button', { name: 'Write it' }).click()
    await expect.poll(() => again(page, 'Edit'), { timeout: 90_000, interval: 1000 }).toBe(true)
    await page.getByRole('link', { name: 'Edit', exact: true }).click()
    await page
      .getByLabel('Sentence 1', { exact: true })
      .fill('Good morning {{ person.given_name | default: "there" }},')
    await page.getByRole('button', { name: 'Keep and check' }).click()
    expect(await page.getByRole('status').innerText()).toContain('Kept')
    expect(await page.locator('main').innerText()).toContain('Good morning given name, or “there”')
    const written = page.url().split('?')[0] ?? ''

    const other = await personAt(site().browser, { storageState: owner, javaScriptEnabled: false })
    await other.page.goto(written)
    await other.page.getByRole('button', { name: 'Approve and send' }).click()
    expect(other.page.url()).toContain('/campaigns/bought-once-')
    expect(await other.page.getByRole('status').innerText()).toMatch(/^Approved\. \d+ messages? planned\.$/)
    expect([...complaints, ...other.complaints]).toEqual([])
    await page.context().close()
    await other.context.close()
  })

  it('lets a person approve by keyboard alone', async () => {
    const { page, context, complaints } = await personAt(site().browser, { storageState: marketer })
    await page.goto(`${site().demo.origin}/desk`)
    await tabTo(page, 'main a[href^="/desk/"]')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/desk/*')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    expect(await page.locator(':focus').innerText()).toContain('Preheader')
    await page.keyboard.press('a')
    await page.waitForURL('**/campaigns/**')
    expect(await page.getByRole('status').innerText()).toMatch(/^Approved\. \d+ messages planned\.$/)
    // The page follows by itself: the last message leaves without anybody looking again.
    const sent = page.locator('.figure', { hasText: 'Waiting' }).locator('.value')
    await expect.poll(() => sent.innerText(), { timeout: 60_000 }).toBe('0')
    expect(complaints).toEqual([])
    await context.close()
  })

  it('has several forms written at once, and one of the variants picked by somebody else', async () => {
    const { page, context, complaints } = await personAt(site().browser, { storageState: marketer })
    await page.goto(`${site().demo.origin}/desk`)
    await page.getByLabel('What should it achieve?').fill('Tell people that Ethiopia Aricha is on the shelf, and its price.')
    await page.getByText('More than an e-mail').click()
    await page.getByLabel('e-mail', { exact: true }).uncheck()
    for (const form of ['landing page', 'search ad', 'SMS', 'The offer first', 'A question']) await page.getByLabel(form, { exact: true }).check()
    await page.getByRole('button', { name: 'Write it' }).click()
    await page.waitForURL('**/set')
    const picks = page.getByRole('button', { name: 'Approve, send the other back' })
    await expect.poll(() => picks.count(), { timeout: 90_000 }).toBe(6)
    const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze()
    expect(violations.map(({ id }) => id)).toEqual([])
    // Whoever asked for it may not approve it, where somebody else can.
    const other = await personAt(site().browser, { storageState: owner })
    await other.page.goto(page.url())
    await other.page.getByRole('button', { name: 'Approve, send the other back' }).first().click()
    await other.page.waitForURL('**/copy/*')
    expect(await other.page.getByRole('status').first().innerText()).toBe('Approved. 1 other variant sent back.')
    expect(await other.page.frameLocator('iframe').getByRole('heading', { level: 1 }).innerText()).toContain('Ethiopia Aricha')
    expect([...complaints, ...other.complaints]).toEqual([])
    await other.context.close()
    await context.close()
  }) // prettier-ignore

  it('shows the message as it arrived, and lets its reader leave by the page', async () => {
    const { page, context, complaints } = await personAt(site().browser, { storageState: marketer })
    await page.goto(`${site().demo.origin}/inbox`)
    await page.locator('main').getByRole('link').first().click()
    await page.waitForURL('**/inbox/*')
    const reader = /to (\S+@\S+),/.exec(await page.locator('.lede').innerText())?.[1]
    const message = page.frameLocator('iframe')
    const opened = page.context().waitForEvent('page')
    // By keyboard: a click aims at a place, and the message may still be growing into its frame.
    await message.getByRole('link', { name: 'Unsubscribe' }).press('Enter')
    const leaving = await opened
    await leaving.getByRole('button', { name: 'Unsubscribe' }).click()
    await leaving.getByRole('heading', { name: 'Done' }).waitFor()

    await page.goto(`${site().demo.origin}/people?search=${encodeURIComponent(reader ?? '')}`)
    await page.locator('main a[href^="/people/"]').first().click()
    await page.getByText('Consent withdrawn').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  it('lets a person hold one campaign, and lift the hold again, without JavaScript', async () => {
    const { page, context, complaints } = await personAt(site().browser, { storageState: owner, javaScriptEnabled: false })
    await page.goto(`${site().demo.origin}/campaigns`)
    await page.locator('main a[href^="/campaigns/"]').last().click()
    await page.getByLabel('Why hold it').fill('The beans are late')
    await page.getByRole('button', { name: 'Hold this campaign' }).click()
    await page.getByRole('heading', { name: 'Held', exact: true }).waitFor()
    expect(await page.locator('main').innerText()).toContain('Held: The beans are late.')
    await page.getByLabel('Why it may go on').fill('They came')
    await page.getByRole('button', { name: 'Lift the hold' }).click()
    expect(await page.getByRole('status').innerText()).toContain('Lifted.')
    // The page of another, that stays held, is among the pages looked at below.
    await page.goto(`${site().demo.origin}/campaigns`)
    await page.locator('main a[href^="/campaigns/"]').first().click()
    await page.getByLabel('Why hold it').fill('Look at it first')
    await page.getByRole('button', { name: 'Hold this campaign' }).click()
    expect(complaints).toEqual([])
    await context.close()
  }) // prettier-ignore

  it('lets an owner see how the data stands, and work through what could not be read', async () => {
    const { page, context, complaints } = await personAt(site().browser, { storageState: owner })
    await page.goto(`${site().demo.origin}/desk`)
    await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'Data' }).click()
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Data')
    await page.getByRole('link', { name: /rows? in quarantine/ }).click()
    await tabTo(page, 'main form[action$="/open"] button')
    await page.keyboard.press('Enter')
    await page.getByLabel(/The row as it came/).waitFor()
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id }) => id)).toEqual([])
    await page.getByText('Nobody needs this row').click()
    await page.getByLabel('Why').fill('a row of the sample that cannot be read')
    await page.getByRole('button', { name: 'Dismiss it' }).click()
    expect(await page.getByRole('status').innerText()).toBe('Dismissed. The row and the reason are kept.')
    expect(complaints).toEqual([])
    await context.close()
  })

  describe.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
  ] as const)('every page, %s and %i wide,', (colorScheme, width) => {
    it('is accessible, complains of nothing and never scrolls sideways', async () => {
      const { demo: at, browser: with_ } = site()
      const screen = { colorScheme, viewport: { width, height: 844 } }
      const { page, context, complaints } = await personAt(with_, { storageState: owner, ...screen })
      const troubles: string[] = []
      for (const path of await everyPage(page, at.origin)) {
        await page.goto(`${at.origin}${path}`)
        // What is framed is a message: its words are its author's, and a test of their own.
        const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze()
        for (const { id, impact, nodes } of violations) {
          if (impact === 'serious' || impact === 'critical') troubles.push(`${path}: ${id} ${nodes[0]?.html}`)
        }
        const sideways = await widerThanItsWindow(page)
        if (sideways > 0) troubles.push(`${path}: ${sideways} px wider than its window`)
      }
      expect(troubles).toEqual([])
      // Of a page that is not there a browser always complains.
      expect(complaints.filter((words) => !wrongPaths.some((path) => words.includes(path)))).toEqual([])
      await context.close()
    })
  })
})

/** Looks again, as a person without scripts does, until a link is there. */
async function again(page: Page, name: string): Promise<boolean> {
  if ((await page.getByRole('link', { name, exact: true }).count()) > 0) return true
  await page.getByRole('link', { name: 'look again' }).click()
  return false
}

/** By how many pixels a page sticks out sideways. */
const widerThanItsWindow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')

const wrongPaths = ['/nothing-here', '/report?from=never']

/** A page of each kind, found by its links. */
async function everyPage(page: Page, origin: string): Promise<string[]> {
  const firstOf = async (path: string, selector: string): Promise<string> => {
    await page.goto(`${origin}${path}`)
    return (await page.locator(selector).first().getAttribute('href')) ?? ''
  }
  const draft = await firstOf('/desk', 'main a[href^="/desk/"]:not([href$="/set"])')
  const message = await firstOf('/inbox', 'main a[href^="/inbox/"]')
  await page.goto(`${origin}${message}`)
  const leave = /\/u\/\S+/.exec((await page.locator('pre').first().textContent()) ?? '')?.[0] ?? ''
  const person = await firstOf('/people', 'td a[href^="/people/"]')
  const campaign = await firstOf('/campaigns', 'main a[href^="/campaigns/"]')
  const segment = await firstOf('/segments', 'td a[href^="/segments/"]')
  return [
    '/copy', await firstOf('/copy', 'td a'), await firstOf('/desk', 'main a[href$="/set"]'), '/schedules', '/facts', '/guardrails', '/agents', '/brand', '/writer', '/writer/costs', '/writer/calls', '/segments', segment, `${segment}/edit`, '/segments/new?rule=none', '/graph', person.replace('/people/', '/graph/person/'),
    `${person.replace('/people/', '/graph/person/')}?depth=3&at=2026-06-30&known=2026-06-30`,
    await firstOf(`${person.replace('/people/', '/graph/person/')}?depth=3&kind=identifier&kind=order&kind=product`, 'main a[href^="/graph/product/"]'),
    '/desk', draft, `${draft}/edit`, `${draft}/limits`, await firstOf(draft, 'a[href*="/evidence/facts/"], a[href*="/evidence/"]'),
    await firstOf(draft, 'a[href*="/evidence/documents/"]'), '/campaigns', campaign, `${campaign}${person}`, '/rollouts', '/switches', '/ways-out', '/tokens', `${campaign}/enter`, `${campaign}/held`, `${campaign}/unknown`, '/holdout', `${campaign}/rollout`, `${campaign}/experiments`, `${campaign}/journey`, `${campaign}/edit`, await firstOf(campaign, 'a[href*="/versions/"]'), '/campaign-document', `${campaign}/dry-run`, '/reputation', '/preflight', '/channels', '/whatsapp', '/people', person,
    '/people?search=nobody-of-this-name', '/identity/review', '/report', await firstOf('/report', 'a.figure'), await firstOf('/report', 'td a'),
    '/ingest', '/ingest/quarantine', '/inbox', message, leave, '/sign-in', '/sign-in?token=x', ...wrongPaths,
  ] // prettier-ignore
}

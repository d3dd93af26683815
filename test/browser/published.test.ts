import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planCopy } from '#campaigns/calendar/calendar.ts'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { publishPage, tryOnPage } from '#campaigns/pages/versions.ts'
import { releaseConsentText } from '#governance/consent-texts.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Hash } from '#kernel/ids.ts'
import { aClock } from '../campaigns/world.ts'
import { approvedPage, approvedPost } from '../dashboards/approved-page.ts'
import { noBrowser, openBrowser, personAt } from '../support/browser.ts'
import { testDatabase } from '../support/database.ts'
import { served, type Served } from '../support/served.ts'
import { smtpSink, type SmtpSink } from '../support/smtp-sink.ts'
import { openSite, type Site } from '../support/website.ts'

const phone = { width: 320, height: 640 }
const looks = [
  { colorScheme: 'light' as const },
  { colorScheme: 'dark' as const },
  { colorScheme: 'light' as const, viewport: phone },
  { colorScheme: 'dark' as const, viewport: phone },
]

describe.skipIf(noBrowser)('published pages in a browser', () => {
  const db = testDatabase({ keep: true })
  let browser: Browser
  let site: Site
  let at: Served
  let sink: SmtpSink
  let copy: Hash
  let post: Hash
  const channels: { close: () => Promise<void> }[] = []
  beforeAll(async () => {
    sink = await smtpSink()
    const channel = smtpChannel({ url: sink.url, clock: systemClock })
    channels.push(channel)
    const bot = { name: () => Promise.resolve('roastery_bot'), listen: () => Promise.resolve() }
    site = await openSite(db, aClock(), { channel, bot })
    const { owner } = site.users
    const words = { name: 'newsletter', language: 'en', channel: 'email', text: 'I want a letter a month from Alder & Ash; I can leave any time.' }
    await releaseConsentText(site.pages, { ...words, by: owner, reason: 'a test' })
    copy = await approvedPage(site)
    await publishPage(site.pages, { slug: 'kochere', copy, signUp: true, by: owner, reason: 'a test' })
    const beside = await approvedPage(site, { preheader: { text: 'Come and have a look.', citations: [] } })
    // One is left that could be tried as well.
    await approvedPage(site, { preheader: { text: 'Come in and look.', citations: [] } })
    await publishPage(site.pages, { slug: 'tried', copy, signUp: true, by: owner, reason: 'a test' })
    await tryOnPage(site.pages, { slug: 'tried', copy: beside, percent: 40, by: owner, reason: 'a test' })
    post = await approvedPost(site)
    await planCopy(site.pages, { copy: post, dueAt: site.pages.clock(), by: owner })
    at = await served(site.app)
    browser = await openBrowser()
  }) // prettier-ignore
  afterAll(async () => {
    await browser.close()
    await at.close()
    await site.close()
    await Promise.all(channels.map((channel) => channel.close()))
    await sink.close()
  })

  it('are readable by everybody, in light, dark and on a phone, and ask a browser for nothing else', async () => {
    for (const look of looks) {
      const { page, context, complaints } = await personAt(browser, { ...look, javaScriptEnabled: true })
      const asked: string[] = []
      page.on('request', (request) => void asked.push(new URL(request.url()).pathname))
      await page.goto(`${at.url}/p/kochere`)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html ?? ''}`)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expect(await page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")).toContain('Georgia')
      expect(asked).toEqual(['/p/kochere'])
      expect(await context.cookies()).toEqual([])
      expect(complaints).toEqual([])
      await context.close()
    }
  })

  it('take a sign-up by keyboard and without JavaScript, up to the last press', async () => {
    const { page, context, complaints } = await personAt(browser, { javaScriptEnabled: false })
    await page.goto(`${at.url}/p/kochere`)
    await page.getByLabel('Your e-mail address').fill('reader@example.com')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
    const link = /\/confirm\/[\w=-]+/.exec((sink.taken[0]?.raw ?? '').replaceAll('=\r\n', ''))?.[0] ?? ''
    await page.goto(`${at.url}${link}`)
    await page.getByRole('button', { name: 'Yes, write to me' }).click()
    await page.getByRole('heading', { name: 'Thank you' }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  it('have pages at the desk that everybody can read', async () => {
    const signed = await personAt(browser)
    await signed.page.goto(`${at.url}/sign-in?token=${await site.signInToken('owner')}`)
    await signed.page.getByRole('button', { name: 'Sign in' }).click()
    await signed.page.waitForURL('**/desk')
    const storageState = await signed.context.storageState()
    await signed.context.close()
    for (const look of looks) {
      const { page, context, complaints } = await personAt(browser, { ...look, storageState })
      for (const path of [
        '/published',
        '/published/kochere',
        '/published/tried',
        '/channels/telegram',
        `/copy/${copy}`,
        '/calendar',
        `/copy/${post}`,
        '/audiences',
      ]) {
        await page.goto(`${at.url}${path}`)
        const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze()
        expect(violations.map(({ id, nodes }) => `${path} ${id} ${nodes[0]?.html ?? ''}`)).toEqual([])
        expect([path, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([path, true]) // prettier-ignore
      }
      await context.close()
      expect(complaints).toEqual([])
    }
  })
})

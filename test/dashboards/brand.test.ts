import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { liveBrand } from '#rag/brand/live-brand.ts'
import type { BrandProfile } from '#rag/brand/profile.ts'
import { formOfProfile } from '#dashboards/brand-form.ts'
import { aClock } from '../campaigns/world.ts'
import { addDocument } from '../rag/corpus.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let marketer: Reader
beforeAll(async () => {
  site = await openSite(db, clock)
  marketer = await site.as('marketer')
})
afterAll(() => site.close())

const live = () => liveBrand({ db, clock, settings: site.pages.brandSettings })
const noticeOf = (location: string): string => new URL(location, 'http://here').searchParams.get('notice') ?? ''
const post = async (path: string, fields: Record<string, string> = {}): Promise<string> => {
  const answer = await marketer.post(path, { csrf: await marketer.csrf(), ...fields })
  return answer.headers.get('location') ?? ''
}
const edit = async (change: Record<string, string>): Promise<string> => {
  const { profile, hash } = await live()
  return post('/brand', { ...formOfProfile(profile), hash, ...change })
}

// In order, as a marketer gets to know it.
describe('the page of the brand', () => {
  it('shows what the settings say, which is nobody’s word yet', async () => {
    const page = await marketer.text('/brand')
    expect(page).toContain('Warm and plain')
    expect(page).not.toContain('the house starts with its settings')
  })

  it('keeps an edit under the marketer’s name; the same form again changes nothing', async () => {
    const change = {
      voice: 'Short and dry', language: 'en', readingGrade: '8', 'country-UK': 'on', phones: '+31612345000',
      required: 'Who writes | Alder & Ash | email, sms\nWhere we are | Elzenkade 14',
      links: 'https://shop.example/subscribe | Subscribe', examples: 'We roast on Monday.', reason: 'our own words',
    } // prettier-ignore
    expect(noticeOf(await edit(change))).toMatch(/^Kept: how it sounds, sentences worth imitating, /)
    expect((await live()).profile satisfies BrandProfile).toMatchObject({
      voice: 'Short and dry', language: 'en', readingGrade: 8, countries: ['UK'], phones: ['+31612345000'],
      required: [{ what: 'Who writes', words: 'Alder & Ash', forms: ['email', 'sms'] }, { what: 'Where we are', words: 'Elzenkade 14' }],
      links: [{ url: 'https://shop.example/subscribe', label: 'Subscribe' }], examples: [{ text: 'We roast on Monday.' }],
    }) // prettier-ignore
    expect(noticeOf(await edit({}))).toBe('Nothing was changed.')
    const page = await marketer.text('/brand')
    expect(page).toContain('our own words')
    expect(page).toMatch(/<td[^>]*>marketer<\/td>/)
  })

  it('refuses what is none, says what is wrong, and loses nothing of what was typed', async () => {
    const back = await edit({ voice: 'Loud', links: 'not a link', required: 'Who | Alder | carrier-pigeon' })
    expect(noticeOf(back)).toMatch(/url/i)
    const page = await marketer.text(back)
    expect(page).toContain('Loud')
    expect(page).toContain('carrier-pigeon')
    expect((await live()).profile.voice).toBe('Short and dry')
  })

  it('takes no edit of a version that is live no more', async () => {
    const { hash } = await live()
    await edit({ voice: 'Shorter' })
    expect(noticeOf(await edit({ voice: 'Longer', hash }))).toContain('Somebody else has changed the brand meanwhile')
    expect((await live()).profile.voice).toBe('Shorter')
  })

  it('goes back with one click', async () => {
    const page = await marketer.text('/brand')
    const hashes = [...page.matchAll(/name="hash" value="([0-9a-f]{64})"/g)].map(([, hash]) => hash ?? '')
    expect(noticeOf(await post('/brand/rollback', { hash: hashes.at(-1) ?? '' }))).toBe(
      'The earlier version holds again.',
    )
    expect((await live()).profile).toEqual(site.pages.brandSettings)
    expect(noticeOf(await post('/brand/rollback', { hash: 'f'.repeat(64) }))).toContain('The brand never was')
  })

  it('proposes what the texts show, each with a link to where it was read, and takes one value at a time', async () => {
    const parts = Array.from({ length: 30 }, (_, n): [string, string] => [
      `Part ${n}`,
      `Bread number ${n} rests on our shelf, and you may smell it.`,
    ])
    await addDocument(db, { uri: 'bread.md', title: 'Our <b>bread</b>', parts })
    expect(noticeOf(await post('/brand/learn'))).toMatch(/texts read, \d+ values proposed\./)
    const page = await marketer.text('/brand')
    expect(page).toContain('short sentences')
    expect(page).toContain('Our &lt;b&gt;bread&lt;/b&gt;')
    expect((await live()).profile.language).toBeUndefined()
    const evidence = /href="(\/evidence\/documents\/[^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect((await marketer.get(evidence)).status).toBe(200)

    const ticked = (value: string): string =>
      new RegExp(`name="(learnt-[^"]+)"[^>]*>\\s*<span\\s*>${value}`).exec(page)?.[1] ?? ''
    expect(noticeOf(await post('/brand/take', { [ticked('English')]: 'on' }))).toBe('Taken into the brand.')
    expect((await live()).profile).toMatchObject({ language: 'en', voice: 'Warm and plain' })
    expect(noticeOf(await post('/brand/take', { [ticked('English')]: 'on' }))).toContain('decided before')
    expect(noticeOf(await post('/brand/leave', { [ticked('short sentences')]: 'on' }))).toBe(
      'Left out. It is not proposed again.',
    )
    expect(await marketer.text('/brand')).not.toContain('<span>short sentences')
    expect(noticeOf(await post('/brand/take'))).toBe('Tick what you want to take.')
  })

  it('may be read by a viewer, who finds nothing to press', async () => {
    const viewer = await site.as('viewer')
    const page = await viewer.text('/brand')
    expect(page).toContain('Warm and plain')
    expect([...page.matchAll(/<form method="post" action="([^"]+)"/g)].map(([, action]) => action)).toEqual([
      '/sign-out',
    ])
    const refused = await viewer.post('/brand', { csrf: await viewer.csrf(), voice: 'Mine' })
    expect(refused.status).toBe(403)
    expect((await live()).profile.voice).toBe('Warm and plain')
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aClock } from '../campaigns/world.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
let site: Site
let marketer: Reader
let here: string
beforeAll(async () => {
  site = await openSite(db, aClock(), { givenNames: ['Anna', '<i>Ben</i>'] })
  marketer = await site.as('marketer')
  here = `/graph/person/${site.people[0]?.personId}`
})
afterAll(() => site.close())

describe('the explorer of the graph', () => {
  it('draws what lies around a person, and says the same in a list of links', async () => {
    const page = await marketer.text(here)
    expect(page).toContain('aria-label="What lies around Anna')
    expect(page).toMatch(/href="\/graph\/identifier\/[^"]+">reader0@example.com</)
    expect(page).toMatch(/href="\/graph\/order\//)
  })

  it('shows only the kinds that were asked for, and only what was so on a day', async () => {
    const orders = (page: string): number => page.match(/<a href="\/graph\/order\//g)?.length ?? 0
    expect(orders(await marketer.text(here))).toBe(2)
    expect(orders(await marketer.text(`${here}?kind=identifier`))).toBe(0)
    expect(orders(await marketer.text(`${here}?at=2025-11-30`))).toBe(1)
    expect(orders(await marketer.text(`${here}?at=never`))).toBe(2)
  })

  it('ends a day when it ends where the business is, and says it back', async () => {
    const page = await marketer.text(`${here}?at=2026-01-10&known=2026-07-10`)
    expect(page).toContain('As it stood on 10 Jan 2026, 23:59')
    expect(page).toContain('by what was known on 10 Jul 2026, 23:59')
    expect(page).toContain('name="at" value="2026-01-10"')
    expect(page).toContain('name="known" value="2026-07-10"')
  })

  it('names the source records behind it', async () => {
    const page = await marketer.text(`/graph/fact/${site.factId}`)
    expect(page).toContain('Source records behind it')
    expect(page).toContain(`/evidence/facts/${site.factId}`)
  })

  it('explains how two things hang together, or says that they do not', async () => {
    const other = site.people[1]?.personId ?? ''
    expect(await marketer.text(`${here}?to-kind=person&to=${other}`)).toMatch(
      /The shortest way|No way of up to six steps/,
    )
    expect(await marketer.text(`${here}?to-kind=person&to=nobody`)).toContain('No way of up to six steps')
  })

  it('says how far it is behind what was taken in', async () => {
    expect(await marketer.text('/graph')).toMatch(/It says all that was taken in|changes? not yet in it/)
  })

  it('says what is not there, whatever is asked', async () => {
    expect((await marketer.get('/graph/secret/1')).status).toBe(404)
    expect(await marketer.text('/graph/product/%3Cscript%3E')).toContain('&lt;script&gt;')
    expect((await marketer.get('/graph?kind=product&id=a%2Fb')).headers.get('location')).toBe('/graph/product/a%2Fb')
  })

  it('escapes what people are called', async () => {
    const page = await marketer.text(`/graph/person/${site.people[1]?.personId}`)
    expect(page).toContain('&lt;i&gt;Ben')
    expect(page).not.toContain('<i>Ben')
  })

  it('is closed to whoever may not know people', async () => {
    expect((await (await site.as('viewer')).get(here)).status).toBe(403)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'csv-parse/sync'
import { testDatabase } from '../support/database.ts'
import { openSite, type Site } from '../support/website.ts'
import { aClock } from '../campaigns/world.ts'
import { addSales, addTakings } from '../governance/ledger.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
beforeAll(async () => {
  site = await openSite(db, clock, { givenNames: ['Anna', 'Bas', '=1+1'] })
})
afterAll(() => site.close())

const unescaped = (text: string): string => text.replaceAll('&amp;', '&')

/** Every number of the report: where it leads, and what it says. */
function numbersOf(page: string): Map<string, string> {
  const tiles = page.matchAll(
    /<a class="card figure" href="([^"]+)">\s*<span class="label">[^<]*<\/span>\s*<span class="value">([^<]*)<\/span>/g,
  )
  const cells = page.matchAll(/<a href="(\/report\/figures\/[^"]+)"\s*>([^<]*)<\/a\s*>/g)
  return new Map([...tiles, ...cells].map(([, path = '', words = '']) => [unescaped(path), words.trim()]))
}

const valueOf = (page: string): string => /<span class="value">([^<]*)<\/span>/.exec(page)?.[1]?.trim() ?? ''
const rounded = (words: string): string => words.replace(/^(\d+)\.\d %$/, (_, whole: string) => `${whole} %`)

describe('every number opens (promise 3)', () => {
  it('to a page that computes the same number from its rows', async () => {
    const owner = await site.as('owner')
    const numbers = numbersOf(await owner.text('/report'))
    expect(numbers.size).toBeGreaterThan(30)
    const told: [string, string][] = []
    for (const path of numbers.keys()) told.push([path, rounded(valueOf(await owner.text(path)))])
    expect(told).toEqual([...numbers].map(([path, words]) => [path, rounded(words)]))
  })

  it('to what was known when the report was read, though there is a refund since', async () => {
    const owner = await site.as('owner')
    const net = async (): Promise<[string, string]> =>
      [...numbersOf(await owner.text('/report'))].find(([path]) => path.includes('/revenue-net?')) ?? ['', '']
    const [path, words] = await net()
    const refundedAt = new Date(clock().getTime() + 60_000).toISOString()
    await addTakings(db, [{ of: 's3', at: refundedAt, kind: 'refund', amount: 1000 }])
    clock.advance(120_000)
    expect(valueOf(await owner.text(path))).toBe(words)
    expect((await net())[1]).not.toBe(words)
  })

  it('to all its rows as CSV, of which a spreadsheet runs none', async () => {
    const owner = await site.as('owner')
    const buyer = new Map([['a', site.people[0]?.identifierId ?? '']])
    await addSales(db, buyer, [{ id: '=HYPERLINK("x")', by: 'a', at: '2026-01-08T12:00Z', gross: 505 }])
    const answer = await owner.get('/report/rows/revenue-gross')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="revenue-gross.csv"')
    const rows = parse<Record<string, string>>(await answer.text(), { columns: true })
    expect(rows.map((row) => [row['Id at the source'], row['Amount']])).toEqual([
      ['s1', '24.20'],
      ['s2', '18.15'],
      ['s3', '36.30'],
      [`'=HYPERLINK("x")`, '5.05'],
    ])
  })

  it('to people only for whoever may see them', async () => {
    const [owner, viewer] = [await site.as('owner'), await site.as('viewer')]
    const [path = ''] = numbersOf(await owner.text('/report')).keys()
    expect(await owner.text(path)).toContain('href="/people/')
    const page = await viewer.text(path)
    expect(page).toContain('The rows behind it')
    expect(page).not.toContain('href="/people/')
  })

  it('page by page, every row once', async () => {
    const owner = await site.as('owner')
    const many = Array.from({ length: 120 }, (_, n) => ({
      id: `many${n}`,
      by: 'a',
      at: '2026-02-10T10:00Z',
      gross: 100 + n,
    }))
    await addSales(db, new Map([['a', site.people[0]?.identifierId ?? '']]), many)
    const seen: string[] = []
    for (let path: string | undefined = '/report/figures/orders:2026-02'; path;) {
      const page: string = await owner.text(path)
      seen.push(...[...page.matchAll(/title="(many\d+)"/g)].map(([, id = '']) => id))
      path = unescaped(/href="([^"]+)">More<\/a>/.exec(page)?.[1] ?? '')
    }
    expect(seen.toSorted()).toEqual(many.map(({ id }) => id).toSorted())
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { products, workshops } from '#examples/roastery/catalogue.ts'
import { greenPaidMinor } from '#examples/roastery/coffees.ts'
import { contentDirectory } from '#examples/roastery/generate.ts'
import { delivery, shop } from '#examples/roastery/shop.ts'

const pages = readdirSync(contentDirectory).map((name) => ({
  name,
  text: readFileSync(join(contentDirectory, name), 'utf8'),
}))
const page = (name: string): string => pages.find((one) => one.name === name)?.text ?? ''
const lines = pages.flatMap(({ name, text }) =>
  text.split('\n').map((line, index) => ({ where: `${name}:${index + 1}`, line })),
)
const named = (line: string) => products.filter(({ title }) => line.includes(title))
const amounts = (line: string): string[] =>
  [...line.matchAll(/[€£](\d+(?:\.\d{2})?)/g)].map(
    ([whole, number]) => `${whole.slice(0, 1)}${Number(number).toFixed(2)}`,
  )
const money = (sign: string, minor: number): string => `${sign}${(minor / 100).toFixed(2)}`
const terms = new Set([
  ...Object.values(delivery).flatMap(({ currency, priceMinor, freeFromMinor }) =>
    [priceMinor, freeFromMinor].map((minor) => money(currency === 'GBP' ? '£' : '€', minor)),
  ),
  money('€', shop.friendCredit.EUR),
  money('£', shop.friendCredit.GBP),
])

describe('what the roastery writes', () => {
  it('states no amount of money that is not the price of a product named beside it or a term of the shop', () => {
    let checked = 0
    for (const { where, line } of lines) {
      const here = named(line)
      const prices = here.flatMap(({ title, variants }) => [
        ...variants.flatMap(({ eurMinor, gbpMinor }) => [money('€', eurMinor), money('£', gbpMinor)]),
        money('€', greenPaidMinor[title] ?? 0),
      ])
      for (const amount of amounts(line)) {
        checked += 1
        expect(here.length > 0 ? [...prices, ...terms] : [...terms], `${where} says ${amount}`).toContain(amount)
      }
    }
    expect(checked).toBeGreaterThan(80)
  })

  it('lists every coffee with its own notes, its price a bag and a kilogram, and its price in pounds', () => {
    for (const { title, variants, body } of products.filter(({ type }) => type === 'Coffee')) {
      const row =
        page('coffees.md')
          .split('\n')
          .find((line) => line.startsWith(`| ${title} |`)) ?? ''
      const [, , , notes = '', small, kilo, pounds] = row.split('|').map((cell) => cell.trim())
      expect(body.toLowerCase(), title).toContain(notes)
      expect([small, kilo, pounds], title).toEqual([
        money('€', variants[0]?.eurMinor ?? 0),
        variants[1] ? money('€', variants[1].eurMinor) : 'not sold',
        money('£', variants[0]?.gbpMinor ?? 0),
      ])
    }
  })

  it('mentions every subscription and every piece of gear', () => {
    const all = pages.map(({ text }) => text).join('\n')
    for (const { title } of products) expect(all).toContain(title)
  })

  it('gives every workshop its dates, weekdays, hours, free places and price', () => {
    const parts = page('workshops.md').split('\n## ')
    for (const { title, sessions, variants } of workshops) {
      const part = parts.find((one) => one.startsWith(title)) ?? ''
      expect(part).toContain(`costs ${money('€', variants[0]?.eurMinor ?? 0)} a person`)
      const expected = sessions.map(({ day, from, to, places }) => {
        const date = new Intl.DateTimeFormat('en-GB', {
          weekday: 'long',
          day: 'numeric',
          month: 'long',
          year: 'numeric',
          timeZone: 'UTC',
        })
          .format(new Date(`${day}T00:00:00Z`))
          .replace(',', '')
        return `| ${date} | ${from}–${to} | ${places} ${places === 1 ? 'place' : 'places'} |`
      })
      expect(part.split('\n').filter((line) => /^\| \w+day/.test(line))).toEqual(expected)
      expect(sessions.every(({ day }) => day >= '2026-09-01' && day <= '2026-12-31')).toBe(true)
    }
  })

  it('counts only the bags there are', () => {
    const counted = lines.flatMap(({ where, line }) =>
      [...line.matchAll(/(\d+) bags (?:of 250 g )?left/g)].map(([, bags]) => ({ where, bags: Number(bags), line })),
    )
    const small = pages.flatMap(({ name, text }) =>
      text
        .split('\n\n')
        .filter((part) => /\d+ bags (?:of 250 g )?left/.test(part))
        .map((part) => ({ name, part })),
    )
    expect(counted).toHaveLength(3)
    for (const { name, part } of small) {
      const bags = Number(/(\d+) bags/.exec(part)?.[1])
      expect(
        named(part).map(({ variants }) => variants[0]?.stock),
        name,
      ).toEqual([bags])
    }
  })

  it('names the address, the opening hours, the delivery times and the terms of the shop', () => {
    for (const [day, from, to] of shop.openingHours) expect(page('about.md')).toContain(`| ${day} | ${from}–${to} |`)
    expect(page('about.md')).toContain(`${shop.street}, ${shop.postalCode} ${shop.city}`)
    expect(page('about.md').replaceAll(' ', '')).toContain(shop.phone)
    const countries = { NL: 'Netherlands', BE: 'Belgium', DE: 'Germany', GB: 'United Kingdom' } as const
    for (const [code, name] of Object.entries(countries) as [keyof typeof countries, string][]) {
      const { days, priceMinor, freeFromMinor } = delivery[code]
      const sign = code === 'GB' ? '£' : '€'
      expect(page('shipping-and-returns.md')).toContain(
        `| ${name} | ${days} working days | ${money(sign, priceMinor)} | ${sign}${freeFromMinor / 100} |`,
      )
    }
    expect(page('faq.md')).toContain(`within ${shop.tasteGuaranteeDays} days of delivery`)
    expect(page('faq.md')).toContain(`It lasts ${shop.trialDays} days`)
    expect(page('shipping-and-returns.md')).toContain(`within ${shop.gearReturnDays} days of delivery`)
    for (const day of [...shop.roastingDays, ...shop.dispatchDays])
      expect(page('shipping-and-returns.md')).toContain(day)
  })

  it('keeps its own list of forbidden words', () => {
    const list = /## Forbidden words\n\n((?:- .+\n)+)/.exec(page('brand.md'))?.[1] ?? ''
    const words = list
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.slice(2))
    expect(words.length).toBeGreaterThan(8)
    const found = lines
      .filter(({ where }) => !where.startsWith('brand.md'))
      .flatMap(({ where, line }) =>
        words.filter((word) => new RegExp(`\\b${word}\\b`, 'i').test(line)).map((word) => `${where} ${word}`),
      )
    expect(found).toEqual([])
  })
})

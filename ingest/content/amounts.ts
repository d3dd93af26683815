import { parseAmount, type Money } from '#kernel/money.ts'

const signs: Record<string, string> = { '€': 'EUR', '£': 'GBP', $: 'USD', '¥': 'JPY', euro: 'EUR' }
const digits = String.raw`\d{1,3}(?:[., ]\d{3})*(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?`
const codes = 'EUR|GBP|USD|CHF|JPY|SEK|NOK|DKK|PLN|CZK|HUF|RON|ISK|CAD|AUD|NZD'
const pattern = new RegExp(
  String.raw`([€£$¥]|\b(?:${codes}))\s?(${digits})(?!\d)|\b(${digits})\s?((?:${codes}|euro)\b|[€£](?!\s?\d))`,
  'g',
)

/** An amount of money in a text, and where it stands in it. */
export type Mention = { money: Money; start: number; end: number }

/** The amounts of money in a text: `€13.20`, `£ 50`, `12,50 EUR`, `9,90 €`. */
export function amountsIn(text: string): Mention[] {
  return [...text.matchAll(pattern)].flatMap((found) => {
    const sign = found[1] ?? found[4] ?? ''
    const money = parseAmount(found[2] ?? found[3] ?? '', signs[sign] ?? sign)
    return money ? [{ money, start: found.index, end: found.index + found[0].length }] : []
  })
}

import { days } from './calendar.ts'
import { type Cell } from './csv.ts'
import { csvFile, type Entry, type Export, good, scatter } from './export-file.ts'
import type { Random } from './random.ts'
import { type Currency, decimal } from './shop.ts'

export type Cost = {
  month: string
  kind: 'salary' | 'tool' | 'agency' | 'creative'
  name: string
  amountMinor: number
  currency: Currency
}

const months = [...new Set(days.map((day) => day.slice(0, 7)))]

/** What marketing costs beside the ads: a part of one salary, tools (one in pounds), an agency for half a year, photographs. */
export const costs: readonly Cost[] = months.flatMap((month, index) => {
  const cost = (kind: Cost['kind'], name: string, amountMinor: number, currency: Currency = 'EUR'): Cost => ({
    month,
    kind,
    name,
    amountMinor,
    currency,
  })
  return [
    cost('salary', 'Marketing, one day a week', 88_000),
    cost('tool', 'Shop and mail software', 9_400),
    cost('tool', 'Review collection', 1_900, 'GBP'),
    ...(index >= 1 && index <= 6 ? [cost('agency', 'Search advertising set-up and care', 26_000)] : []),
    ...(index === 2 || index === 8 ? [cost('creative', 'Photographs of the new harvest', 54_000)] : []),
  ]
})

export type Rate = { day: string; base: 'GBP' | 'JPY'; rate: string }

/** One rate a day and currency: how many euros one pound or one yen was. */
export function dailyRates(random: Random): Rate[] {
  const walk = (base: Rate['base'], start: number, low: number, high: number, digits: number): Rate[] => {
    let value = start
    return days.map((day) => {
      value = Math.min(high, Math.max(low, value * (1 + (random.next() - 0.5) * 0.006)))
      return { day, base, rate: value.toFixed(digits) }
    })
  }
  const [pounds, yen] = [walk('GBP', 1.1562, 1.13, 1.19, 5), walk('JPY', 0.005812, 0.0055, 0.0063, 7)]
  return days.flatMap((_, index) => [pounds[index], yen[index]].filter((rate) => rate !== undefined))
}

export function exportCosts(rates: readonly Rate[], random: Random): Export {
  const lines = costs.map(({ month, kind, name, amountMinor, currency }) =>
    good<Cell[][]>([[month, kind, name, decimal(amountMinor, currency), currency]]),
  )
  const badCosts: Entry<Cell[][]>[] = [
    { bad: 'broken_number', content: [['2026-03', 'tool', 'Survey software', 'twelve', 'EUR']] },
    { bad: 'unknown_currency', content: [['2026-04', 'agency', 'Poster campaign', '300.00', 'EURO']] },
  ]
  const badRates: Entry<Cell[][]>[] = [{ bad: 'invalid_date', content: [['2026-02-30', 'GBP', 'EUR', '1.15120']] }]
  return {
    files: [
      csvFile(
        'costs.csv',
        ['month', 'kind', 'name', 'amount', 'currency'],
        scatter(lines, badCosts, random.fork('costs')),
      ),
      csvFile(
        'fx.csv',
        ['date', 'base', 'quote', 'rate'],
        scatter(
          rates.map(({ day, base, rate }) => good<Cell[][]>([[day, base, 'EUR', rate]])),
          badRates,
          random.fork('fx'),
        ),
      ),
    ],
    records: [],
  }
}

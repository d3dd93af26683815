import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { dividedBy } from '#governance/metrics/division.ts'
import { figureRows, type FigureRow } from '#governance/metrics/figure-rows.ts'
import type { Figure } from '#governance/metrics/figure.ts'
import { ownerReport, type OwnerReport } from '#governance/metrics/owner-report.ts'
import { registerMetrics } from '#governance/metrics/register.ts'
import { testDatabase } from '../support/database.ts'
import {
  addIdentifiers, addPeople, addSales, addSpends, addTakings, addTouches, emptyLedger, type Sale, type Taking,
} from './ledger.ts' // prettier-ignore

const db = testDatabase()
const clock = stoppedClock(new Date('2025-09-17T12:00:00Z'))
const period = { from: '2025-02-01', to: '2025-08-15', zone: 'America/New_York', currency: 'EUR' }

const currencies = [
  { currency: 'EUR', rate: '1' },
  { currency: 'JPY', rate: '0.6127' },
  { currency: 'KWD', rate: '0.2999' },
  { currency: 'GBP', rate: '1.16895' },
]
const instant = fc
  .integer({ min: 0, max: 300 * 24 * 60 })
  .map((n) => new Date(Date.UTC(2025, 0, 1) + n * 60_000).toISOString())
const day = instant.map((at) => at.slice(0, 10))
const by = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const channel = fc.constantFrom('google-ads', 'meta-ads', 'organic', 'direct')

const saleArbitrary = fc
  .record({
    by,
    at: instant,
    gross: fc.integer({ min: 0, max: 30_000 }),
    taxShare: fc.integer({ min: 0, max: 21 }),
    money: fc.constantFrom(...currencies),
    status: fc.constantFrom('paid' as const, 'paid' as const, 'paid' as const, 'failed' as const),
  }) // prettier-ignore
  .map(({ money, taxShare, ...sale }) => ({ ...sale, ...money, tax: Math.floor((sale.gross * taxShare) / 100) }))
const takingArbitrary = fc.record({
  of: fc.nat({ max: 20 }),
  at: instant,
  kind: fc.constantFrom('refund' as const, 'refund' as const, 'dispute' as const, 'fee' as const),
  percent: fc.constantFrom(100, 50, 33, 7),
  status: fc.constantFrom('settled' as const, 'settled' as const, 'pending' as const, 'void' as const),
})
const business = fc.record({
  sales: fc.array(saleArbitrary, { minLength: 1, maxLength: 20 }),
  takings: fc.array(takingArbitrary, { maxLength: 15 }),
  spends: fc.array(
    fc.record({ day, amount: fc.integer({ min: -100, max: 20_000 }), channel, kind: fc.constantFrom('ads', 'ads', 'salary'),
      rate: fc.constantFrom('1', '0.6127') }), { maxLength: 8 }), // prettier-ignore
  touches: fc.array(fc.record({ by, at: instant, channel }), { maxLength: 10 }),
  percent: fc.constantFrom(100, 62.5),
})
type Business = { sales: Sale[]; takings: Taking[] }

type Generated = typeof business extends fc.Arbitrary<infer T> ? T : never

async function given(made: Generated): Promise<Business> {
  await emptyLedger(db)
  const ids = await addIdentifiers(db, ['a', 'b', 'c', 'd', 'e', 'f'])
  await addPeople(db, [[ids.get('a') ?? '', ids.get('b') ?? ''], [ids.get('c') ?? '']])
  const sales = made.sales.map((sale, index) => ({
    ...sale,
    id: `order-${index}`,
    status: sale.status,
  }))
  const takings = made.takings.flatMap(({ of, percent, ...taking }) => {
    const sale = sales[of]
    if (!sale) return []
    return [{ ...taking, of: sale.id, amount: Math.floor((sale.gross * percent) / 100), currency: sale.currency }]
  })
  await addSales(db, ids, sales)
  await addTakings(db, takings)
  await addTouches(db, ids, made.touches)
  await addSpends(db, made.spends)
  await registerMetrics({ db, clock }, { by: 'millrace', parameters: { grossMarginPercent: made.percent } })
  return { sales, takings }
}

/** A second opinion, order by order, in exact fractions. */
function netOf(sale: Sale, takings: readonly Taking[]): number {
  const [whole = '1', fraction = ''] = String(sale.rate).split('.')
  const [rate, one] = [BigInt(whole + fraction), 10n ** BigInt(fraction.length)]
  const valued = (minor: bigint): bigint => BigInt(dividedBy(minor * rate, one))
  const own = takings.filter(({ of, status, at }) => of === sale.id && status === 'settled' && new Date(at) <= clock())
  const refunded = own.filter(({ kind }) => kind === 'refund').reduce((sum, { amount }) => sum + BigInt(amount), 0n)
  const [gross, tax] = [BigInt(sale.gross), BigInt(sale.tax ?? 0)]
  const taxBack = gross === 0n ? 0n : BigInt(dividedBy(tax * (refunded < gross ? refunded : gross), gross))
  const lost = own.filter(({ kind }) => kind !== 'refund').reduce((sum, { amount }) => sum + valued(BigInt(amount)), 0n)
  return Number(valued(gross - tax) - valued(refunded - taxBack) - lost)
}

const everyFigure = (report: OwnerReport): Figure[] => [
  ...report.figures,
  ...report.byChannel.flatMap(({ spend, newCustomers, paidCac, ltv }) => [spend, newCustomers, paidCac, ltv]),
  ...report.months
    .slice(2, 4)
    .flatMap(({ gross, net, orders, newCustomers, spend }) => [gross, net, orders, newCustomers, spend]),
  ...report.cohorts.slice(0, 2).flatMap(({ size, ltv, retention }) => [size, ltv, ...retention.slice(0, 2)]),
]

const added = (rows: readonly FigureRow[], ...parts: string[]): number =>
  rows.filter(({ part }) => parts.includes(part)).reduce((sum, { amountMinor }) => sum + amountMinor, 0)

const day10 = (at: string): string => new Intl.DateTimeFormat('en-CA', { timeZone: period.zone }).format(new Date(at))

describe('every number opens', () => {
  it('into rows that recompute to it exactly, whatever was sold, refunded, disputed and spent', async () => {
    await fc.assert(
      fc.asyncProperty(business, async (made) => {
        await given(made)
        const report = await ownerReport({ db, clock }, period)
        for (const figure of everyFigure(report)) {
          const opened = await figureRows({ db, clock }, figure.id, period, { limit: 10_000, offset: 0 })
          expect(opened.figure).toEqual(figure)
          expect(opened.rows).toHaveLength(opened.rowCount)
          for (const { part, amountMinor } of opened.parts) expect(added(opened.rows, part)).toBe(amountMinor)
        }
      }),
      { numRuns: 8 },
    )
  })

  it('as a second, separate computation has it', async () => {
    await fc.assert(
      fc.asyncProperty(business, async (made) => {
        const { sales, takings } = await given(made)
        const paid = sales.filter((sale) => sale.status === 'paid' && new Date(sale.at) <= clock())
        const inside = paid.filter((sale) => day10(sale.at) >= period.from && day10(sale.at) < period.to)
        const net = inside.reduce((sum, sale) => sum + netOf(sale, takings), 0)
        const person = (sale: Sale): string => (sale.by === 'b' ? 'a' : sale.by)
        const earning = paid.filter((sale) => netOf(sale, takings) > 0).toSorted((a, b) => (a.at < b.at ? -1 : 1))
        const firsts = new Map(earning.toReversed().map((sale) => [person(sale), sale]))
        const acquired = [...firsts.values()].filter(
          (sale) => day10(sale.at) >= period.from && day10(sale.at) < period.to,
        )
        const people = new Set(acquired.map(person))
        const margin = paid
          .filter((sale) => people.has(person(sale)))
          .reduce((sum, sale) => sum + netOf(sale, takings), 0)
        const { figures } = await ownerReport({ db, clock }, period)
        const value = (id: string) => figures.find((figure) => figure.id === id)?.value
        expect(value('orders')).toBe(inside.length)
        expect(value('revenue-net')).toEqual({ amountMinor: net, currency: 'EUR' })
        expect(value('new-customers')).toBe(people.size)
        const scale = BigInt(people.size) * 10_000n
        const ltv = people.size === 0 ? null : dividedBy(BigInt(margin) * BigInt(made.percent * 100), scale)
        expect(value('ltv-historic')).toEqual(ltv === null ? null : { amountMinor: ltv, currency: 'EUR' })
      }),
      { numRuns: 40 },
    )
  })

  it('a page at a time, with the total of all', async () => {
    const ids = await addIdentifiers(db, ['a'])
    const sales = Array.from({ length: 25 }, (_, n) => ({
      id: `o${n}`,
      by: 'a',
      at: '2025-03-01T12:00:00Z',
      gross: 100 + n,
    }))
    await addSales(db, ids, sales)
    const pages = await Promise.all(
      [0, 10, 20].map((offset) => figureRows({ db, clock }, 'revenue-net', period, { limit: 10, offset })),
    )
    expect(pages.map((page) => page.rows.length)).toEqual([10, 10, 5])
    const all = pages.flatMap((page) => page.rows)
    expect(new Set(all.map((row) => row.id)).size).toBe(25)
    expect(added(all, 'net')).toBe(2800)
    for (const page of pages)
      expect(page).toMatchObject({ rowCount: 25, total: { amountMinor: 2800, currency: 'EUR' } })
    expect(all[0]).toMatchObject({ source: 'shopify', kind: 'order', recordId: expect.any(String) as string })
  })
})

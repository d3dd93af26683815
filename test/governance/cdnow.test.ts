import { hasRealData, realData } from '../support/real-data.ts'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { parseAmount } from '#kernel/money.ts'
import { figureRows } from '#governance/metrics/figure-rows.ts'
import { ownerReport, type OwnerReport } from '#governance/metrics/owner-report.ts'
import { testDatabase } from '../support/database.ts'
import { addIdentifiers, addSales, type Sale } from './ledger.ts'

const path = realData('clv/CDNOW_sample.txt')
const present = hasRealData('clv/CDNOW_sample.txt')
const clock = stoppedClock(new Date('1998-07-01T12:00:00Z'))
const period = { from: '1997-01-01', to: '1998-07-01', zone: 'America/New_York', currency: 'USD' }

function purchases(): Sale[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter((line) => line.trim() !== '') // prettier-ignore
  return lines.map((line, index) => {
    const [by = '', , day = '', , dollars = ''] = line.trim().split(/\s+/)
    const at = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T17:00:00Z`
    const gross = parseAmount(dollars, 'USD')?.amountMinor ?? Number.NaN
    return { id: `row-${index}`, by, at, gross, currency: 'USD' }
  })
}

describe.skipIf(!present)('the report on the real purchases (needs clv/CDNOW_sample.txt)', () => {
  const db = testDatabase({ keep: true })
  let report: OwnerReport
  const figure = (id: string) => report.figures.find((known) => known.id === id)

  beforeAll(async () => {
    const sales = purchases()
    const ids = await addIdentifiers(db, [...new Set(sales.map((sale) => sale.by))], 'orders')
    await addSales(db, ids, sales)
    report = await ownerReport({ db, clock }, period)
  })

  it('counts 6,919 orders of 2,357 customers, and the totals of the file', () => {
    const zero = purchases().filter((sale) => sale.gross === 0)
    expect(figure('orders')?.value).toBe(6919)
    expect(figure('new-customers')?.value).toBe(2357 - onlyZero(zero))
    expect(figure('revenue-gross')?.value).toEqual({ amountMinor: 24409194, currency: 'USD' })
    expect(figure('revenue-net')?.value).toEqual({ amountMinor: 24409194, currency: 'USD' })
    const months = report.months.map((month) => month.orders.value as number)
    expect(months).toHaveLength(18)
    expect(months.reduce((sum, count) => sum + count, 0)).toBe(6919)
  })

  it('says that CAC is missing, never zero', () => {
    for (const id of ['blended-cac', 'paid-cac', 'loaded-cac', 'ltv-to-cac', 'payback-months', 'ad-spend']) {
      expect(figure(id)).toMatchObject({ value: null, why: 'missing: no spend is recorded' })
    }
  })

  it('has three cohorts, whose retention ends where the data does', () => {
    expect(report.cohorts.map((cohort) => cohort.cohort)).toEqual(['1997-01', '1997-02', '1997-03'])
    expect(report.cohorts[0]?.retention[0]?.value).toBe(1)
    expect(report.cohorts[0]?.retention.at(-1)).toMatchObject({ value: null, why: 'not over yet' })
    expect(report.cohorts[0]?.retention[17]?.value).toBeGreaterThan(0)
  })

  it('opens LTV into rows that make it again', async () => {
    const opened = await figureRows({ db, clock }, 'ltv-historic', period, { limit: 20_000, offset: 0 })
    expect(opened.rows).toHaveLength(opened.rowCount)
    expect(opened.total).toEqual(figure('ltv-historic')?.value)
    const margin = opened.rows.filter((row) => row.part === 'margin').reduce((sum, row) => sum + row.amountMinor, 0)
    const customers = opened.rows.filter((row) => row.part === 'customer').length
    expect(opened.total).toEqual({ amountMinor: Math.round(margin / customers), currency: 'USD' })
  })

  function onlyZero(zero: Sale[]): number {
    const paying = new Set(purchases().filter((sale) => sale.gross > 0).map((sale) => sale.by)) // prettier-ignore
    return new Set(zero.map((sale) => sale.by).filter((by) => !paying.has(by))).size
  }
})

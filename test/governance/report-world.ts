import { stoppedClock } from '#kernel/clock.ts'
import { ownerReport, type OwnerReport, type ReportPeriod } from '#governance/metrics/owner-report.ts'
import { testDatabase } from '../support/database.ts'
import { addIdentifiers, addSales, addTakings, type Sale, type Taking } from './ledger.ts'

// One shop, the year 2025, and what its owner reads of it in January.

export const db = testDatabase()
export const clock = stoppedClock(new Date('2026-01-10T12:00:00Z'))
export const year: ReportPeriod = { from: '2025-01-01', to: '2026-01-01', zone: 'Europe/Amsterdam', currency: 'EUR' }

export async function shop(sales: Sale[], takings: Taking[] = []): Promise<Map<string, string>> {
  const ids = await addIdentifiers(db, [...new Set(sales.map((sale) => sale.by))])
  await addSales(db, ids, sales)
  await addTakings(db, takings)
  return ids
}

export const report = (period: Partial<ReportPeriod> = {}): Promise<OwnerReport> =>
  ownerReport({ db, clock }, { ...year, ...period })
export const figure = (from: OwnerReport, id: string) => from.figures.find((known) => known.id === id)
export const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
export const sale = (id: string, by: string, at: string, gross: number, more: Partial<Sale> = {}): Sale =>
  ({ id, by, at, gross, ...more }) // prettier-ignore

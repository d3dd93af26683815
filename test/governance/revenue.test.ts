import { describe, expect, it } from 'vitest'
import { euros, figure, report, sale, shop } from './report-world.ts'

describe('revenue', () => {
  it('is net of tax, of refunds less their tax share, of lost disputes and of fees', async () => {
    await shop(
      [sale('1', 'a', '2025-03-05T10:00Z', 12_100, { tax: 2100 }), sale('2', 'b', '2025-03-06T10:00Z', 5000)],
      [
        { of: '1', at: '2025-03-09T10:00Z', kind: 'refund', amount: 6050 },
        { of: '1', at: '2025-03-05T10:00Z', kind: 'fee', amount: 200 },
        { of: '2', at: '2025-05-01T10:00Z', kind: 'dispute', amount: 5000 },
      ],
    )
    const made = await report()
    expect(figure(made, 'revenue-gross')?.value).toEqual(euros(17_100))
    expect(figure(made, 'revenue-net')?.value).toEqual(euros(12_100 - 2100 - (6050 - 1050) - 200 + 5000 - 5000))
    expect(figure(made, 'new-customers')?.value).toBe(1)
  })

  it('nets a full refund to zero, months later too, in the month of the order and at its rate', async () => {
    await shop(
      [sale('1', 'a', '2025-03-05T10:00Z', 3333, { tax: 578, currency: 'GBP', rate: '1.1689' })],
      [
        { of: '1', at: '2025-04-09T10:00Z', kind: 'refund', amount: 1111, currency: 'GBP' },
        { of: '1', at: '2025-11-09T10:00Z', kind: 'refund', amount: 2222, currency: 'GBP' },
      ],
    )
    const now = await report()
    expect(figure(now, 'revenue-net')?.value).toEqual(euros(0))
    expect(figure(now, 'new-customers')?.value).toBe(0)
    const before = await report({ asOf: new Date('2025-04-01T00:00Z') })
    expect(before.months[2]?.net.value).toEqual(euros(Math.round((3333 - 578) * 1.1689)))
    expect(figure(before, 'new-customers')?.value).toBe(1)
  })

  it('goes below zero when fees stay after a refund', async () => {
    await shop(
      [sale('1', 'a', '2025-03-05T10:00Z', 1000)],
      [
        { of: '1', at: '2025-03-06T10:00Z', kind: 'refund', amount: 1000 },
        { of: '1', at: '2025-03-05T10:00Z', kind: 'fee', amount: 44 },
      ],
    )
    expect(figure(await report(), 'revenue-net')?.value).toEqual(euros(-44))
  })

  it('reads yen and dinars in their own minor units', async () => {
    await shop([
      sale('1', 'a', '2025-03-05T10:00Z', 2400, { currency: 'JPY', rate: '0.6123' }),
      sale('2', 'b', '2025-03-05T10:00Z', 12_345, { currency: 'KWD', rate: '0.2998' }),
    ])
    expect(figure(await report(), 'revenue-gross')?.value).toEqual(euros(1470 + 3701))
  })

  it('reports in yen when the business earns yen', async () => {
    await shop([sale('1', 'a', '2025-03-05T10:00Z', 1000, { currency: 'EUR', rate: '1.6333' })])
    const made = await report({ currency: 'JPY', zone: 'Asia/Tokyo' })
    expect(figure(made, 'revenue-net')?.value).toEqual({ amountMinor: 1633, currency: 'JPY' })
  })

  it('values a fee taken in the business currency as it is, and says what it could not value', async () => {
    await shop(
      [sale('1', 'a', '2025-03-05T10:00Z', 10_000, { currency: 'JPY', rate: '0.6' })],
      [
        { of: '1', at: '2025-03-05T10:00Z', kind: 'fee', amount: 175, currency: 'EUR' },
        { of: '1', at: '2025-03-05T10:00Z', kind: 'fee', amount: 9, currency: 'USD' },
        { of: 'nobody', at: '2025-03-05T10:00Z', kind: 'refund', amount: 9 },
      ],
    )
    const made = await report()
    expect(figure(made, 'revenue-net')?.value).toEqual(euros(6000 - 175))
    expect(made.notes.join('\n')).toMatch(/1 refunds, disputes or fees in a third currency are left out/)
    expect(made.notes.join('\n')).toMatch(/1 refunds, disputes or fees name an order that is not known yet/)
  })

  it('counts an annual prepayment as cash in its month', async () => {
    await shop([sale('1', 'a', '2025-02-01T10:00Z', 18_000)])
    const made = await report()
    expect(made.months.map((month) => (month.net.value as { amountMinor: number }).amountMinor)).toEqual([
      0, 18_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ])
  })

  it('puts month edges where the business’s clock has them, and ignores what was not paid', async () => {
    await shop([
      sale('1', 'a', '2025-01-31T23:30:00Z', 100),
      sale('2', 'a', '2025-02-03T10:00:00Z', 900, { status: 'failed' }),
      sale('3', 'a', '2024-12-31T22:59:59Z', 7),
    ])
    const made = await report()
    expect(made.months.slice(0, 2).map((month) => month.orders.value)).toEqual([0, 1])
    expect(figure(made, 'orders')?.value).toBe(1)
    expect(figure(made, 'new-customers')?.value).toBe(0)
  })

  it('holds back a dispute that is not lost', async () => {
    await shop(
      [sale('1', 'a', '2025-03-05T10:00Z', 1000)],
      [
        { of: '1', at: '2025-03-06T10:00Z', kind: 'dispute', amount: 1000, status: 'pending' },
        { of: '1', at: '2025-03-06T10:00Z', kind: 'dispute', amount: 1000, status: 'void' },
      ],
    )
    const made = await report()
    expect(figure(made, 'revenue-net')?.value).toEqual(euros(1000))
    expect(made.notes).toContain('1 dispute is undecided, and counts only when lost')
  })
})

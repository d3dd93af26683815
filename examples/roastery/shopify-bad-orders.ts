import { type Cell, row, strayByte } from './csv.ts'
import type { BadReason, Entry } from './export-file.ts'
import { ordersHeader } from './shopify-columns.ts'

const bad = (reason: BadReason, nth: number, values: Record<string, Cell>): Entry<Cell[][]> => {
  const id = String(6_120_990_000_000 + nth)
  const order = {
    Name: `#X${nth}`,
    Email: `nobody.order${nth}@example.org`,
    'Financial Status': 'paid',
    'Paid at': '2026-02-03 11:20:00 +0100',
    'Fulfillment Status': 'unfulfilled',
    'Accepts Marketing': 'no',
    Currency: 'EUR',
    Subtotal: '26.45',
    Shipping: '4.95',
    Taxes: '2.59',
    Total: '31.40',
    'Discount Amount': '0.00',
    'Created at': '2026-02-03 11:20:00 +0100',
    'Lineitem quantity': 1,
    'Lineitem name': 'Kenya Gichatha - 250 g',
    'Lineitem price': '26.45',
    'Lineitem sku': 'CF-GIC-250',
    'Billing Name': 'Nobody Known',
    'Billing Country': 'NL',
    'Refunded Amount': '0.00',
    Id: id,
    Source: 'web',
    ...values,
  }
  return { bad: reason, content: [row(ordersHeader, order)], ...(order.Id === '' ? {} : { id }) }
}

/** Single-line orders, each spoilt in one way. */
export function badOrders(): Entry<Cell[][]>[] {
  return [
    bad('unknown_currency', 1, { Currency: 'EURO' }),
    bad('future_date', 2, { 'Created at': '2031-01-01 10:00:00 +0100', 'Paid at': '2031-01-01 10:00:00 +0100' }),
    bad('missing_id', 3, { Id: '', Name: '' }),
    bad('broken_number', 4, { Total: '31,4O' }),
    bad('invalid_utf8', 5, { 'Billing Name': `Andr${strayByte} Known` }),
  ]
}

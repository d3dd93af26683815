import { newId } from '#kernel/ids.ts'
import type { Adjustment, Order, OrderPart } from '../canon.ts'
import { attachFees, upsertAdjustments } from '../queries/adjustments.ts'
import { applyParts, matchParts, upsertParts, type PartRow } from '../queries/order-parts.ts'
import { replaceLines, upsertOrders, type OrderId } from '../queries/orders.ts'
import { newestOf, rateOf, valuedOn, type Said, type Writing } from './writing.ts'

/** Writes orders and what other records say of them, and joins the two, whichever came first. */
export async function writeOrders(
  writing: Writing,
  orders: readonly Said<Order>[],
  parts: readonly Said<OrderPart>[],
): Promise<void> {
  const { tx, source } = writing
  const touched = orders.length > 0 ? await writeOrderRows(writing, orders) : []
  const newest = newestParts(parts)
  if (newest.length > 0) await upsertParts(tx, source, newest)
  const withRefs = orders.some(({ canon }) => canon.refs.length > 0)
  if (newest.length === 0 && !withRefs) return
  const matches = await matchParts(tx, source, { orders: touched, parts: newest.map((part) => part.externalId) })
  if (matches.length > 0) await applyParts(tx, source, matches)
}

/** What was said of a part last, under all the names that it was given. */
function newestParts(said: readonly Said<OrderPart>[]): PartRow[] {
  const rows = said.map(({ canon, recordId }) => ({ ...canon, recordId }))
  const names = Map.groupBy(rows, (part) => part.externalId)
  const newest = newestOf(
    rows,
    (part) => part.externalId,
    (part) => part.revision,
  )
  return newest.map((part) => ({
    ...part,
    refs: [...new Set(names.get(part.externalId)!.flatMap(({ refs }) => refs))],
  }))
}

async function writeOrderRows(writing: Writing, said: readonly Said<Order>[]): Promise<OrderId[]> {
  const { tx, clock, source, zone, rates, idOf } = writing
  const newest = newestOf(
    said.map(({ canon, recordId, externalId }) => ({ ...canon, recordId, externalId: canon.externalId ?? externalId })),
    (order) => order.externalId,
    (order) => order.revision,
  )
  const rows = newest.map((order) => ({
    ...order,
    id: newId<'order'>(clock),
    identifierId: idOf(order.by),
    rateMinor: rateOf(rates, order.currency, valuedOn(order.orderedAt, zone)),
  }))
  const written = await upsertOrders(tx, source, rows)
  const linesOf = new Map(newest.map((order) => [order.externalId, order.lines]))
  const lines = written.flatMap(({ id, externalId }) =>
    (linesOf.get(externalId) ?? []).map((line, index) => ({ ...line, orderId: id, line: index + 1 })),
  )
  const ids = written.map((row) => row.id)
  await replaceLines(tx, ids, lines)
  return ids
}

/** Refunds and disputes are valued at their order's rate; a fee is in the account's currency and has its own. */
export async function writeAdjustments(writing: Writing, said: readonly Said<Adjustment>[]): Promise<void> {
  if (said.length === 0) return
  const { tx, clock, source, zone, rates } = writing
  const newest = newestOf(
    said.map(({ canon, recordId }) => ({ ...canon, recordId })),
    (one) => `${one.kind} ${one.externalId}`,
    (one) => one.revision,
  )
  const rows = newest.map((one) => ({
    ...one,
    id: newId<'adjustment'>(clock),
    rateMinor: one.kind === 'fee' ? rateOf(rates, one.currency, valuedOn(one.occurredAt, zone)) : null,
  }))
  await upsertAdjustments(tx, source, rows)
  const ids = rows.map((row) => row.externalId)
  await attachFees(tx, source, ids)
}

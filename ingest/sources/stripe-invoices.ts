import { z } from 'zod'
import type { Canonical, OrderLine } from '../canon.ts'
import { requiredText } from '../cleanse/shape.ts'
import { cleanText } from '../cleanse/text.ts'
import { isoMinor, moment, reference, stripeCurrency } from './stripe-fields.ts'

const amounts = z.array(z.object({ amount: z.int() })).nullish()

const lineShape = z.object({
  amount: z.int(),
  quantity: z.number().nullish(),
  description: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  price: z.object({ id: z.string(), lookup_key: z.string().nullish() }).nullish(),
  pricing: z.object({ price_details: z.object({ price: reference }).nullish() }).nullish(),
})

/** Both the older fields (`tax`, `charge`, `subscription`) and the newer ones (`total_taxes`, `payments`, `parent`). */
export const invoiceShape = z.object({
  id: requiredText,
  created: moment,
  currency: stripeCurrency,
  status: z.string().nullish(),
  billing_reason: z.string().nullish(),
  total: z.int(),
  tax: z.int().nullish(),
  total_taxes: amounts,
  total_tax_amounts: amounts,
  total_discount_amounts: amounts,
  shipping_cost: z.object({ amount_total: z.int() }).nullish(),
  charge: reference,
  payment_intent: reference,
  subscription: reference,
  parent: z.object({ subscription_details: z.object({ subscription: reference }).nullish() }).nullish(),
  payments: z
    .object({
      data: z.array(z.object({ payment: z.object({ charge: reference, payment_intent: reference }).nullish() })),
    })
    .nullish(),
  lines: z.object({ data: z.array(lineShape) }).nullish(),
})
type Invoice = z.infer<typeof invoiceShape>

const revisions: Record<string, number> = { draft: 0, open: 1, paid: 2, void: 2, uncollectible: 2 }
const sum = (list: z.infer<typeof amounts>): number | undefined =>
  list?.reduce((total, { amount }) => total + amount, 0)

/** The tax, the lines and the kind of the charge that pays it; a trial's invoice of nothing belongs to no charge. */
export function invoiceSays(invoice: Invoice): Canonical[] {
  if (invoice.total <= 0) return []
  const minor = (amount: number): number => isoMinor(amount, invoice.currency)
  const tax = sum(invoice.total_taxes) ?? invoice.tax ?? sum(invoice.total_tax_amounts) ?? 0
  const subscription = invoice.subscription ?? invoice.parent?.subscription_details?.subscription ?? null
  const isSubscription = subscription !== null || (invoice.billing_reason ?? '').startsWith('subscription')
  return [
    {
      is: 'order-part', externalId: invoice.id, refs: refsOf(invoice), kind: isSubscription ? 'subscription' : 'one-off',
      currency: invoice.currency, grossMinor: minor(invoice.total), taxMinor: minor(Math.max(0, tax)),
      discountMinor: minor(sum(invoice.total_discount_amounts) ?? 0), shippingMinor: minor(invoice.shipping_cost?.amount_total ?? 0),
      lines: (invoice.lines?.data ?? []).map((line) => lineOf(line, minor)), revision: revisions[invoice.status ?? ''] ?? 0,
    },
  ] // prettier-ignore
}

function refsOf(invoice: Invoice): string[] {
  const payments = (invoice.payments?.data ?? []).flatMap(({ payment }) => [payment?.charge, payment?.payment_intent])
  const refs = [invoice.id, invoice.charge, invoice.payment_intent, ...payments]
  return [...new Set(refs.flatMap((ref) => (typeof ref === 'string' ? [ref] : [])))]
}

const lineOf = (line: z.infer<typeof lineShape>, minor: (amount: number) => number): OrderLine => ({
  sku: line.metadata?.['sku'] ?? line.price?.lookup_key ?? line.price?.id ?? line.pricing?.price_details?.price ?? null,
  title: cleanText(line.description) ?? 'Item',
  quantity: line.quantity ?? 1,
  amountMinor: minor(line.amount),
})

/** Ties an invoice to a payment, where neither names the other any more. */
export const invoicePaymentShape = z.object({
  id: requiredText,
  currency: z.string(),
  invoice: reference,
  payment: z.object({ charge: reference, payment_intent: reference }).nullish(),
})

export function invoicePaymentSays({ invoice, payment, currency }: z.infer<typeof invoicePaymentShape>): Canonical[] {
  const refs = [payment?.charge, payment?.payment_intent].flatMap((ref) => (typeof ref === 'string' ? [ref] : []))
  if (invoice === null || refs.length === 0) return []
  const nothing = {
    kind: null,
    grossMinor: 0,
    taxMinor: 0,
    discountMinor: 0,
    shippingMinor: 0,
    lines: [],
    revision: -1,
  }
  return [{ is: 'order-part', externalId: invoice, refs, currency: currency.toUpperCase(), ...nothing }]
}

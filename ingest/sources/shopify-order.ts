import { createHash } from 'node:crypto'
import type { Adjustment, Canonical, Order, OrderLine, Profile } from '../canon.ts'
import { countryCode } from '../cleanse/country.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { cleanText, splitName } from '../cleanse/text.ts'
import type { IdentifierRef } from '../identifiers.ts'
import type { Setting } from '../source.ts'

type Text = string | undefined

/** What was given back: all of it so far as one sum, or refund by refund. A later word on it has a higher revision. */
export type ShopRefund = { externalId: string; at: Date; amountMinor: number; revision: number }

/** An order of Shopify as its export and its API both have it. Money is in minor units of the shop's currency. */
export type ShopOrder = {
  /** The number alone, as exports write it. */
  id: string
  /** The customer's number; exports have none. */
  customerId: Text
  /** What the customer goes by: the first that can be read counts, all are theirs. */
  emails: readonly Text[]
  phones: readonly Text[]
  name: Text
  /** `paid`, `partially_refunded` … in any case. */
  status: string
  createdAt: Date
  paidAt: Date | undefined
  cancelledAt: Date | undefined
  currency: string
  grossMinor: number
  taxMinor: number
  shippingMinor: number
  discountMinor: number
  lines: readonly OrderLine[]
  refunds: (revision: number) => readonly ShopRefund[]
  billing: { company: Text; street: Text; city: Text; postcode: Text; country: Text }
  /** When the customer was first known; exports do not say. */
  knownSince?: Date | undefined
}

/** The id under which an export's one sum of refunds is kept; the first refund the API names takes its place. */
export const refundedId = (order: string): string => `${order}:refunded`

/** How far an order has come; what says more replaces what said less, whichever was read first. */
const stages = ['pending', 'authorized', 'expired', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'voided'] // prettier-ignore

/**
 * An order says who bought (a profile), what was paid, and what was given back. Without a customer's number somebody is
 * an address and a full name together, so that two people who share an address stay two.
 */
export function orderSays(order: ShopOrder, setting: Setting): Canonical[] {
  const country = countryCode(order.billing.country)
  const dialledFrom = country ?? setting.country
  const emails = [...new Set(order.emails.flatMap((typed) => canonicalEmail(typed) ?? []))]
  const phones = [...new Set(order.phones.flatMap((typed) => canonicalPhone(typed, dialledFrom) ?? []))]
  const fullName = cleanText(order.name)
  const customer = customerRef(order.customerId, emails[0] ?? phones[0], fullName)
  const revision = Math.max(0, stages.indexOf(order.status.toLowerCase())) + (order.cancelledAt ? stages.length : 0)
  const by = customer ?? { kind: 'shopify', value: `order:${order.id}` }
  const profile: Profile = {
    is: 'profile',
    of: by,
    links: [...emails.map((value) => ({ kind: 'email', value })), ...phones.map((value) => ({ kind: 'phone', value }))],
    ...splitName(fullName),
    email: emails[0],
    phone: phones[0],
    street: cleanText(order.billing.street),
    city: cleanText(order.billing.city),
    postcode: cleanText(order.billing.postcode?.replace(/^'/, '')),
    country,
    organisation: cleanText(order.billing.company),
    createdAt: order.knownSince,
    updatedAt: order.createdAt,
  }
  return [profile, moneyOf(order, by, revision), ...adjustmentsOf(order, order.refunds(revision))]
}

function customerRef(id: Text, address: Text, name: Text): IdentifierRef | undefined {
  if (id !== undefined) return { kind: 'shopify', value: id }
  if (address === undefined) return undefined
  const words = (name ?? '').normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return { kind: 'shopify', value: createHash('sha256').update(`${address}\n${words}`).digest('hex').slice(0, 32) }
}

function moneyOf(order: ShopOrder, by: IdentifierRef, revision: number): Order {
  const { currency, grossMinor, taxMinor, shippingMinor, discountMinor, lines } = order
  return {
    is: 'order', kind: 'shop', by, orderedAt: order.paidAt ?? order.createdAt, status: statusOf(order), currency, grossMinor,
    taxMinor: Math.min(taxMinor, grossMinor), discountMinor, shippingMinor, lines, refs: [], revision,
  } // prettier-ignore
}

/** Paid is what was paid once, refunded or not; what was voided or cancelled without payment never was money. */
function statusOf(order: ShopOrder): Order['status'] {
  const status = order.status.toLowerCase()
  if (status === 'paid' || status === 'partially_refunded' || status === 'refunded') return 'paid'
  return status === 'voided' || status === 'expired' || order.cancelledAt ? 'cancelled' : 'open'
}

const adjustmentsOf = (order: ShopOrder, refunds: readonly ShopRefund[]): Adjustment[] =>
  refunds.map(({ externalId, at, amountMinor, revision }) => ({
    is: 'adjustment', kind: 'refund', externalId, orderExternalId: order.id, occurredAt: at, status: 'settled',
    currency: order.currency, amountMinor, revision,
  })) // prettier-ignore

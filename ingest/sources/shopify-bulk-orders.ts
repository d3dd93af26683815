import { z } from 'zod'
import type { Canonical, Consent, Happening, OrderLine } from '../canon.ts'
import { channelOf, hostOf } from '../cleanse/channel.ts'
import { canonicalEmail } from '../cleanse/email.ts'
import { canonicalPhone } from '../cleanse/phone.ts'
import { amountIn, currency, instant, optionalText, readShape, refuse, requiredText } from '../cleanse/shape.ts'
import { cleanText } from '../cleanse/text.ts'
import { rejected } from '../reading/csv-table.ts'
import { parsedJson } from '../reading/json-rows.ts'
import type { Item, Setting, SourceInput } from '../source.ts'
import { orderGroups, type OrderGroup } from './shopify-bulk-groups.ts'
import { orderSays, refundedId, type ShopOrder, type ShopRefund } from './shopify-order.ts'

const kind = 'order'

/** Orders as a bulk operation of Shopify's Admin API gives them: JSON lines, an order and its items by `__parentId`. */
export async function* readBulkOrders(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  for await (const found of orderGroups(input)) yield found.is === 'group' ? orderItem(found, setting) : found
}

const testOrder = { reason: 'The order is a test', fix: 'Nobody paid it: leave it out' }

function orderItem({ lines, raw, place }: OrderGroup, setting: Setting): Item {
  const [order, ...children] = lines.map((line) => parsedJson(line.toString('utf8')))
  const items = children.filter((child) => itemHead.safeParse(child).success)
  const read = readShape(orderShape, { ...(order as object), items })
  if (read.kind === 'unreadable') return rejected(kind, raw, place, read)
  if (read.value.test === true) return rejected(kind, raw, place, testOrder)
  return { is: 'row', kind, externalId: read.value.id, raw, place, canon: bulkOrderSays(read.value, setting) }
}

const utc = instant('utc', ['iso'])
const text = z.string().nullish().transform((given) => given ?? undefined).pipe(optionalText) // prettier-ignore

/** `gid://shopify/Order/123`: the number alone is what exports give. */
const gidOf = (type: string) =>
  requiredText.transform((id, context) => {
    const number = new RegExp(`^(?:gid://shopify/${type}/)?(\\d+)(?:\\?.*)?$`).exec(id)?.[1]
    return number ?? refuse(context, undefined, `is no id of Shopify's type ${type}`)
  })

const itemHead = z.object({ id: z.string().startsWith('gid://shopify/LineItem/') })

/** What it comes to in the shop's own currency. */
const moneySet = z.object({ shopMoney: z.object({ amount: z.string(), currencyCode: currency }) })

const itemShape = z.object({
  id: z.string(),
  sku: text,
  name: text,
  quantity: z.number(),
  originalUnitPriceSet: moneySet,
})

const addressShape = z
  .object({ name: text, company: text, address1: text, address2: text, city: text, zip: text, countryCodeV2: text, phone: text })
  .nullish() // prettier-ignore

/** Whether letters are welcome at an address, and since when. */
const marketing = { marketingState: text, marketingUpdatedAt: utc.nullish() }

const customerShape = z
  .object({
    id: gidOf('Customer'), firstName: text, lastName: text, createdAt: utc,
    defaultEmailAddress: z.object({ emailAddress: text, ...marketing }).nullish(),
    defaultPhoneNumber: z.object({ phoneNumber: text, ...marketing }).nullish(),
  })
  .nullish() // prettier-ignore

const visitShape = z
  .object({
    id: z.string(), occurredAt: utc, landingPage: text, referrerUrl: text,
    utmParameters: z.object({ source: text, medium: text, campaign: text, content: text }).nullish(),
  })
  .nullish() // prettier-ignore

const orderShape = z
  .object({
    id: gidOf('Order'),
    test: z.boolean().nullish(),
    createdAt: utc,
    updatedAt: utc,
    cancelledAt: utc.nullish(),
    displayFinancialStatus: text,
    email: text,
    phone: text,
    totalPriceSet: moneySet,
    totalTaxSet: moneySet.nullish(),
    totalShippingPriceSet: moneySet.nullish(),
    totalDiscountsSet: moneySet.nullish(),
    transactions: z.array(z.object({ kind: z.string(), status: z.string(), processedAt: utc.nullish() })).default([]),
    refunds: z
      .array(z.object({ id: gidOf('Refund'), createdAt: utc.nullish(), totalRefundedSet: moneySet }))
      .default([]),
    billingAddress: addressShape,
    shippingAddress: addressShape,
    customer: customerShape,
    customerJourneySummary: z.object({ firstVisit: visitShape, lastVisit: visitShape }).nullish(),
    items: z.array(itemShape),
  }) // prettier-ignore
  .transform((order, context) => {
    const code = order.totalPriceSet.shopMoney.currencyCode
    const minor = (name: string, given: z.infer<typeof moneySet> | null | undefined): number => {
      const amount = amountIn(context, name, given?.shopMoney.amount, code, 0)
      return amount < 0 ? refuse(context, name, 'is negative') : amount
    }
    return {
      ...order,
      currency: code,
      grossMinor: minor('totalPriceSet', order.totalPriceSet),
      taxMinor: minor('totalTaxSet', order.totalTaxSet),
      shippingMinor: minor('totalShippingPriceSet', order.totalShippingPriceSet),
      discountMinor: minor('totalDiscountsSet', order.totalDiscountsSet),
      lines: order.items.map((item): OrderLine => {
        const price = minor('originalUnitPriceSet', item.originalUnitPriceSet)
        return { sku: item.sku ?? null, title: cleanText(item.name) ?? 'Item', quantity: item.quantity, amountMinor: Math.round(price * item.quantity) } // prettier-ignore
      }),
      given: order.refunds.map((refund) => ({
        ...refund,
        amountMinor: minor('totalRefundedSet', refund.totalRefundedSet),
      })),
    }
  })
type BulkOrder = z.infer<typeof orderShape>

/** What its row in an export says, each refund by its day, the visits that led to it, and the customer's consents. */
function bulkOrderSays(order: BulkOrder, setting: Setting): Canonical[] {
  const said = orderSays(shopOrderOf(order), setting)
  return [...said, ...visitsOf(order), ...consentsOf(order, setting)]
}

function shopOrderOf(order: BulkOrder): ShopOrder {
  const { customer, billingAddress: billing, shippingAddress: shipping } = order
  const ownName = [customer?.firstName, customer?.lastName].filter(Boolean).join(' ')
  return {
    id: order.id, customerId: customer?.id, emails: [customer?.defaultEmailAddress?.emailAddress, order.email],
    phones: [customer?.defaultPhoneNumber?.phoneNumber, order.phone, billing?.phone],
    name: ownName || (billing?.name ?? shipping?.name), knownSince: customer?.createdAt,
    status: order.displayFinancialStatus ?? '', createdAt: order.createdAt, paidAt: paidAt(order),
    cancelledAt: order.cancelledAt ?? undefined, currency: order.currency, grossMinor: order.grossMinor,
    taxMinor: order.taxMinor, shippingMinor: order.shippingMinor, discountMinor: order.discountMinor, lines: order.lines,
    refunds: () => refundsOf(order),
    billing: { company: billing?.company, street: streetOf(billing), city: billing?.city, postcode: billing?.zip, country: billing?.countryCodeV2 },
  } // prettier-ignore
}

const streetOf = (address: BulkOrder['billingAddress']): string | undefined =>
  [address?.address1, address?.address2].filter(Boolean).join(', ') || undefined

/** When money was first taken. */
function paidAt({ transactions }: BulkOrder): Date | undefined {
  const taken = transactions.flatMap(({ kind: what, status, processedAt }) =>
    status === 'SUCCESS' && (what === 'SALE' || what === 'CAPTURE') && processedAt ? [processedAt.getTime()] : [],
  )
  return taken.length === 0 ? undefined : new Date(Math.min(...taken))
}

/** The API knows more of refunds than any export. */
const knowsMore = Number.MAX_SAFE_INTEGER

/** Refunds of money, the oldest first: it takes the place of the one sum that an export may have told. */
function refundsOf({ id, given, updatedAt }: BulkOrder): ShopRefund[] {
  const dated = given.filter(({ amountMinor }) => amountMinor > 0).map((refund) => ({ ...refund, at: refund.createdAt ?? updatedAt })) // prettier-ignore
  const oldestFirst = dated.toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)))
  return oldestFirst.map(({ id: refund, at, amountMinor }, index) => ({
    externalId: index === 0 ? refundedId(id) : `${id}:refund:${refund}`,
    at,
    amountMinor,
    revision: knowsMore,
  }))
}

const clickNames = ['gclid', 'gbraid', 'wbraid', 'fbclid', 'msclkid', 'ttclid']

/** The first and the last visit before the order, as Shopify's cookie knows them. Guests have nobody to tell them of. */
function visitsOf({ id, customer, customerJourneySummary: journey }: BulkOrder): Happening[] {
  if (!customer) return []
  const visits = [journey?.firstVisit, journey?.lastVisit].filter((visit) => visit !== null && visit !== undefined)
  const distinct = [...new Map(visits.map((visit) => [visit.id, visit])).values()]
  return distinct.map(({ id: visit, occurredAt, landingPage, referrerUrl, utmParameters: utm }) => {
    const page = landingPage !== undefined && URL.canParse(landingPage) ? new URL(landingPage) : undefined
    const clickIds = clickNames.filter((name) => page?.searchParams.has(name))
    const referrer = referrerUrl === undefined ? undefined : hostOf(referrerUrl)
    return {
      is: 'event', kind: 'visit', externalId: `visit:${visit.replace(/^.*\//, '')}`,
      by: { kind: 'shopify', value: customer.id }, occurredAt,
      channel: channelOf({ utmSource: utm?.source, utmMedium: utm?.medium, clickIds, referrer: referrerUrl, ownHost: page?.hostname }),
      campaignRef: utm?.campaign,
      properties: { order: id, ...(page ? { path: page.pathname } : {}), ...(referrer ? { referrer } : {}) },
    } // prettier-ignore
  })
}

/** Letters and text messages: a word without a date of its own counts from when the customer was first known. */
function consentsOf({ customer }: BulkOrder, setting: Setting): Consent[] {
  if (!customer) return []
  const email = customer.defaultEmailAddress
  const phone = customer.defaultPhoneNumber
  const given = [
    { channel: 'email', to: canonicalEmail(email?.emailAddress), of: email, kind: 'email' },
    { channel: 'sms', to: canonicalPhone(phone?.phoneNumber, setting.country), of: phone, kind: 'phone' },
  ]
  return given.flatMap(({ channel, to, of, kind: known }): Consent[] => {
    const state = of?.marketingState === 'SUBSCRIBED' ? 'granted' : of?.marketingState === 'UNSUBSCRIBED' ? 'withdrawn' : undefined // prettier-ignore
    if (to === undefined || state === undefined) return []
    const occurredAt = of?.marketingUpdatedAt ?? customer.createdAt
    return [{ is: 'consent', externalId: `customer:${customer.id}:${channel}:${state}:${occurredAt.toISOString()}`, by: { kind: known, value: to }, channel, state, basis: 'consent', occurredAt }] // prettier-ignore
  })
}

import type { IdentifierRef } from './identifiers.ts'

/** An amount as a source gives it; converted to the business currency when it is written. */
type Amounts = { currency: string; grossMinor: number; taxMinor: number; discountMinor: number; shippingMinor: number }

export type OrderLine = { sku: string | null; title: string; quantity: number; amountMinor: number }

/** What one source says of one person. `links` are the addresses, phones and other ids it gives the same person. */
export type Profile = {
  is: 'profile'
  of: IdentifierRef
  links: readonly IdentifierRef[]
  givenName?: string | undefined
  familyName?: string | undefined
  email?: string | undefined
  phone?: string | undefined
  street?: string | undefined
  city?: string | undefined
  postcode?: string | undefined
  country?: string | undefined
  language?: string | undefined
  zone?: string | undefined
  /** Date of birth, `YYYY-MM-DD`. */
  born?: string | undefined
  /** Where they work, as written. */
  organisation?: string | undefined
  lifecycle?: string | undefined
  channel?: string | undefined
  campaignRef?: string | undefined
  createdAt?: Date | undefined
  /** When the source last knew it so: of two versions the newer holds. */
  updatedAt: Date
}

/**
 * Something that happened. `links` of an identify event tie the device to whom it named. Without an external id of its
 * own it takes the record's.
 */
export type Happening = {
  is: 'event'
  kind: string
  externalId?: string
  by: IdentifierRef
  links?: readonly IdentifierRef[]
  occurredAt: Date
  channel?: string | undefined
  campaignRef?: string | undefined
  properties: Record<string, unknown>
}

/** Money received. Without an external id of its own it takes the record's. */
export type Order = Amounts & {
  is: 'order'
  externalId?: string
  kind: string
  by: IdentifierRef
  orderedAt: Date
  status: 'paid' | 'open' | 'failed' | 'cancelled'
  lines: readonly OrderLine[]
  /** What else the order goes by at its source; an order part with one of these completes it. */
  refs: readonly string[]
  /** How much the source knew when it said so; never overwritten by less. */
  revision: number
}

/**
 * What another record (an invoice) says of an order, whichever arrives first. A revision below zero knows nothing but
 * one more name of the part.
 */
export type OrderPart = Amounts & {
  is: 'order-part'
  externalId: string
  refs: readonly string[]
  kind: string | null
  lines: readonly OrderLine[]
  revision: number
}

/** What was taken from an order later. */
export type Adjustment = {
  is: 'adjustment'
  kind: 'refund' | 'dispute' | 'fee'
  externalId: string
  orderExternalId: string
  occurredAt: Date
  status: 'settled' | 'pending' | 'void'
  currency: string
  amountMinor: number
  revision: number
}

/** What was spent on one day, `YYYY-MM-DD`. */
export type Cost = {
  is: 'cost'
  externalId: string
  kind: string
  channel?: string | undefined
  campaignRef?: string | undefined
  campaignName?: string | undefined
  day: string
  currency: string
  amountMinor: number
  impressions?: number | undefined
  clicks?: number | undefined
}

/** Units of `quote` for one unit of `base` on a day; a decimal, exactly as given. */
export type FxRate = { is: 'fx'; day: string; base: string; quote: string; rate: string }

export type Product = {
  is: 'product'
  externalId: string
  sku: string | null
  title: string
  description: string
  type: string | null
  tags: readonly string[]
  priceMinor: number | null
  currency: string | null
  available: number | null
  url: string | null
}

export type Consent = {
  is: 'consent'
  externalId: string
  by: IdentifierRef
  channel: string
  state: 'granted' | 'withdrawn'
  basis: string
  textVersion?: string | undefined
  occurredAt: Date
}

/**
 * One version of one source text; without a date of its own it holds from when it was received. The body is the text as
 * people read it, in Markdown: offsets of chunks and facts are bytes of it. `tags`: what its head says it is about.
 */
export type SourceDocument = {
  is: 'document'
  uri: string
  title: string
  language: string
  body: string
  tags?: readonly string[] | undefined
  validFrom?: Date | undefined
}

/** Everything a source may say. One record says any number of these, or none. */
export type Canonical =
  | Profile
  | Happening
  | Order
  | OrderPart
  | Adjustment
  | Cost
  | FxRate
  | Product
  | Consent
  | SourceDocument

import { setTimeout as pause } from 'node:timers/promises'
import type { Feed } from '#ingest/feed.ts'
import { parseMapping, type MappingKind } from '#ingest/mapping.ts'
import type { Source } from '#ingest/source.ts'
import { googleAds, metaAds } from '#ingest/sources/ad-spend.ts'
import { costsCsv } from '#ingest/sources/costs-csv.ts'
import { contentFiles } from '#ingest/sources/content-files.ts'
import { eventsCsv } from '#ingest/sources/events-csv.ts'
import { faqCsv } from '#ingest/sources/faq-csv.ts'
import { fxCsv } from '#ingest/sources/fx-csv.ts'
import { ga4 } from '#ingest/sources/ga4.ts'
import { hubspotFeed } from '#ingest/sources/hubspot-api.ts'
import { hubspotContacts } from '#ingest/sources/hubspot-contacts.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { peopleCsv } from '#ingest/sources/people-csv.ts'
import { posthog } from '#ingest/sources/posthog.ts'
import { productFeed } from '#ingest/sources/product-feed.ts'
import { shopifyBulk, shopifyFeed } from '#ingest/sources/shopify-bulk.ts'
import { shopifyOrders } from '#ingest/sources/shopify-orders.ts'
import { shopifyProducts } from '#ingest/sources/shopify-products.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import { type StripeSettings } from '#ingest/sources/stripe-api.ts'
import { stripeFeed } from '#ingest/sources/stripe-feed.ts'
import { webEvents } from '#ingest/sources/web-events.ts'
import { whatsappEvents } from '#ingest/sources/whatsapp-events.ts'
import { type Clock } from '#kernel/clock.ts'
import type { Config } from '#kernel/config.ts'
import { UsageError } from '#kernel/errors.ts'

// What data comes in by: files, and the APIs of vendors.

/** What can be read, by the name the command line knows it by. `orders`, `people` and `events` need a mapping. */
export const sources: Readonly<Record<string, { about: string; open: (mapping: string | undefined) => Source }>> = {
  fx: { about: 'exchange rates, CSV: date, base, quote, rate', open: fxCsv },
  products: { about: 'Shopify product export, CSV', open: shopifyProducts },
  'product-feed': { about: 'product feed: Google Merchant XML or tab-separated, or JSON', open: productFeed },
  content: { about: 'a file or folder of texts: Markdown, HTML, PDF, plain text', open: contentFiles },
  faq: { about: 'questions with answers, CSV: question, answer', open: faqCsv },
  hubspot: { about: 'HubSpot contact export, CSV', open: hubspotContacts },
  stripe: { about: 'Stripe API lists, JSON: a file or a folder', open: () => stripe() },
  shopify: { about: 'Shopify order export, CSV', open: shopifyOrders },
  'shopify-bulk': { about: 'Shopify bulk operation of orders, JSON lines', open: shopifyBulk },
  web: { about: 'web events, JSON lines', open: webEvents },
  ga4: { about: 'Google Analytics 4, its BigQuery export: JSON lines or CSV', open: ga4 },
  posthog: { about: 'PostHog events, JSON lines or CSV', open: posthog },
  whatsapp: { about: 'WhatsApp webhooks that were kept, JSON lines', open: whatsappEvents },
  'google-ads': { about: 'Google Ads daily campaign report, CSV', open: googleAds },
  'meta-ads': { about: 'Meta Ads daily campaign export, CSV', open: metaAds },
  costs: { about: 'other marketing costs, CSV: month, kind, name, amount, currency', open: costsCsv },
  orders: { about: 'orders of any kind, read by --map', open: (mapping) => ordersCsv(mappingOf(mapping, 'orders')) },
  people: { about: 'people of any kind, read by --map', open: (mapping) => peopleCsv(mappingOf(mapping, 'people')) },
  events: { about: 'events of any kind, read by --map', open: (mapping) => eventsCsv(mappingOf(mapping, 'events')) },
}

/** How visits to pages are read. */
export const visitSource: Source = webEvents()

const mappingExamples: Readonly<Record<MappingKind, string>> = {
  orders: 'customer=1,date=2:YYYY-MM-DD,amount=3;currency=EUR',
  people: 'id=1,email=2,full-name=3',
  events: 'customer=1,date=2,event=3',
}

function mappingOf<Kind extends MappingKind>(mapping: string | undefined, kind: Kind) {
  if (mapping !== undefined) return parseMapping(mapping, kind)
  throw new UsageError(`${kind} need --map: which column holds what, such as --map "${mappingExamples[kind]}"`)
}

/** A vendor's API: what it brings, the settings it needs, and the feed; null where these are missing. */
type FeedEntry = { about: string; needs: string; open: (config: Config, clock: Clock) => Feed | null }

/** What can be pulled, by name. */
export const feeds: Readonly<Record<string, FeedEntry>> = {
  stripe: {
    about: 'customers, subscriptions and money of Stripe',
    needs: 'STRIPE_API_KEY',
    open: (config, clock) => {
      const settings = stripeSettings(config, clock)
      return settings && stripeFeed(settings)
    },
  },
  hubspot: {
    about: 'contacts and deals of HubSpot',
    needs: 'HUBSPOT_TOKEN',
    open: ({ HUBSPOT_TOKEN: token, HUBSPOT_BASE_URL: baseUrl }, clock) =>
      token === undefined ? null : hubspotFeed({ token, baseUrl, clock, pause }),
  },
  shopify: {
    about: 'orders and customers of Shopify',
    needs: 'SHOPIFY_SHOP_URL and SHOPIFY_TOKEN',
    open: ({ SHOPIFY_SHOP_URL: shopUrl, SHOPIFY_TOKEN: token }, clock) =>
      shopUrl === undefined || token === undefined ? null : shopifyFeed({ shopUrl, token, clock, pause }),
  },
}

/** The APIs that the settings give access to, by name. */
export const openFeeds = (config: Config, clock: Clock): Record<string, Feed> =>
  Object.fromEntries(
    Object.entries(feeds).flatMap(([name, { open }]) => {
      const feed = open(config, clock)
      return feed ? [[name, feed]] : []
    }),
  )

/** What Stripe is asked with; null where there is no key. */
export function stripeSettings(config: Config, clock: Clock): StripeSettings | null {
  const { STRIPE_API_KEY: apiKey, STRIPE_BASE_URL: baseUrl } = config
  return apiKey === undefined ? null : { apiKey, baseUrl, clock, pause }
}

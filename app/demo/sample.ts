import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentDirectory, generateRoastery, writeRoastery } from '#examples/roastery/generate.ts'
import { shop } from '#examples/roastery/shop.ts'
import { readConfig, settingsPath, type Config } from '#kernel/config.ts'
import { RefusedError } from '#kernel/errors.ts'

const seed = 1

/** The sample business's settings, kept in the data directory so that every verb there is about the same business. */
const settings = {
  BUSINESS_NAME: shop.name,
  BUSINESS_ZONE: 'Europe/Amsterdam',
  BUSINESS_CURRENCY: 'EUR',
  BUSINESS_ADDRESS: `${shop.street}, ${shop.postalCode} ${shop.city}, Netherlands`,
  BUSINESS_SITE: shop.site,
  MAIL_FROM: `${shop.name} <${shop.email}>`,
  REPLY_TO: shop.email,
  BRAND_VOICE:
    'gentle and precise: short sentences, plain words, one idea a paragraph; the thing is named, not praised',
  BRAND_FORBIDDEN:
    'artisanal, best, cheap, exclusive, game-changing, hurry, last chance, life-changing, luxury, perfect, premium, world-class',
}

/**
 * Makes the data directory the sample business's. Refuses one that holds anything else, and servers: invented people
 * belong in no database of yours. Mail providers are left out, so that nothing of the demo leaves this machine.
 */
export function moveIn(config: Config): Config {
  if (config.DATABASE_URL !== undefined || config.NEO4J_URI !== undefined) {
    throw new RefusedError('The demo runs on the embedded engine alone: unset DATABASE_URL and NEO4J_URI for it')
  }
  const path = settingsPath(config.MILLRACE_HOME)
  const isNew = !existsSync(join(config.MILLRACE_HOME, 'data')) && !existsSync(path)
  if (!isNew && config.BUSINESS_NAME !== shop.name) {
    throw new RefusedError(
      `${config.MILLRACE_HOME} holds your own data: run the demo elsewhere, with MILLRACE_HOME=/some/other/folder`,
    )
  }
  mkdirSync(config.MILLRACE_HOME, { recursive: true, mode: 0o700 })
  writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 })
  const { RESEND_API_KEY: _key, RESEND_WEBHOOK_SECRET: _secret, PUBLIC_URL: _url, ...rest } = readConfig()
  const { SECOND_RESEND_API_KEY: _second, SECOND_SMTP_URL: _way, SECOND_RESEND_WEBHOOK_SECRET: _hook, ...local } = rest
  return local
}

/** One export of the sample: the source that reads it, and where it lies. */
export type SampleExport = { source: string; path: string }

/** Writes the exports of the sample business and names them, in the order in which they are read. */
export async function writeSample(home: string): Promise<SampleExport[]> {
  const folder = join(home, 'sample')
  await writeRoastery(generateRoastery({ seed }), folder)
  const at = (source: string, ...name: string[]): SampleExport => ({ source, path: join(folder, ...name) })
  return [
    at('fx', 'fx.csv'),
    at('products', 'shopify', 'products.csv'),
    { source: 'content', path: contentDirectory },
    at('hubspot', 'hubspot', 'contacts.csv'),
    at('stripe', 'stripe'),
    at('shopify', 'shopify', 'orders.csv'),
    at('web', 'web', 'events.jsonl'),
    at('google-ads', 'ads', 'google.csv'),
    at('meta-ads', 'ads', 'meta.csv'),
    at('costs', 'costs.csv'),
  ]
}

/** The shop's gross margin, so that LTV and payback are after the cost of goods. */
export const grossMarginPercent = shop.grossMargin * 100

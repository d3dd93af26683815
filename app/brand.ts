import type { Config } from '#kernel/config.ts'
import type { Brand } from '#rag/brand.ts'

/** How the business speaks, as far as its settings say. */
export function brandOf(config: Config, slots: readonly string[]): Brand {
  const site = config.BUSINESS_SITE
  return {
    business: { name: config.BUSINESS_NAME, ...(site === undefined ? {} : { site }) },
    voice: config.BRAND_VOICE,
    forbidden: listOf(config.BRAND_FORBIDDEN),
    links: site === undefined ? [] : [{ url: site, label: 'Visit the shop' }],
    slots,
    emails: config.REPLY_TO === undefined ? [] : [config.REPLY_TO],
    phones: [],
  }
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

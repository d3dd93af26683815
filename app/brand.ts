import { countryOfZone } from '#ingest/cleanse/country.ts'
import type { Config } from '#kernel/config.ts'
import type { Brand } from '#rag/brand.ts'
import { liveBrand, type BrandDeps } from '#rag/brand/live-brand.ts'
import { brandProfileSchema, type BrandProfile } from '#rag/brand/profile.ts'

/** How the business speaks now: its live profile, what the settings call it, and the slots that can be filled. */
export async function brandOf(deps: BrandDeps, config: Config, slots: readonly string[]): Promise<Brand> {
  const { hash, profile } = await liveBrand(deps)
  const site = config.BUSINESS_SITE
  return { ...profile, hash, business: { name: config.BUSINESS_NAME, ...(site === undefined ? {} : { site }) }, slots }
}

/** The profile as far as the settings say it. */
export function brandSettings(config: Config): BrandProfile {
  const { BRAND_VOICE: voice, BRAND_FORBIDDEN: forbidden, BUSINESS_SITE: site, REPLY_TO: replyTo } = config
  const home = packOf(config.BUSINESS_ZONE)
  return brandProfileSchema.parse({
    voice,
    forbidden: listOf(forbidden),
    countries: home === undefined ? [] : [home],
    links: site === undefined ? [] : [{ url: site, label: 'Visit the shop' }],
    emails: replyTo === undefined ? [] : [replyTo],
  })
}

/** The rules on claims of the country that the business's days are counted in, where they are known apart from the EU's. */
function packOf(zone: string): BrandProfile['countries'][number] | undefined {
  const country = countryOfZone(zone)
  if (country === 'GB') return 'UK'
  return country === 'NL' || country === 'DE' || country === 'US' ? country : undefined
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

import { campaignOf, type Channel } from './campaigns.ts'
import { type Random, vendorId } from './random.ts'
import { shop } from './shop.ts'

/** How a visit came about, as its first page shows it. */
export type Touch = {
  channel: Channel | 'email'
  campaignId?: string
  referrer: string
  utm?: { source: string; medium: string; campaign: string; content?: string }
  clickId?: { gclid: string } | { fbclid: string }
}

export const directTouch: Touch = { channel: 'direct', referrer: '' }

/** Still the same sitting: the page before was our own. */
export const sameSitting: Touch = { channel: 'direct', referrer: shop.site }

/** An ad click: the vendor's click id and the campaign id in `utm_campaign`. */
export function adTouch(campaignId: string, random: Random): Touch {
  const { platform, medium } = campaignOf(campaignId)
  const google = platform === 'google'
  return {
    channel: platform,
    campaignId,
    referrer: google ? 'https://www.google.com/' : random.pick(['https://l.instagram.com/', 'https://m.facebook.com/']),
    utm: { source: google ? 'google' : 'meta', medium, campaign: campaignId, content: `ad-${random.int(1, 4)}` },
    // Some browsers strip the click id and leave the utm parameters.
    ...(random.chance(0.12)
      ? {}
      : { clickId: google ? { gclid: vendorId(random, 'Cj0KCQjw', 48) } : { fbclid: vendorId(random, 'IwAR', 44) } }),
  }
}

export function touchOf(channel: Channel, campaignId: string | undefined, random: Random): Touch {
  if (campaignId !== undefined) return adTouch(campaignId, random)
  if (channel === 'organic') {
    return {
      channel,
      referrer: random.weighted([
        ['https://www.google.com/', 8],
        ['https://www.bing.com/', 1],
        ['https://duckduckgo.com/', 2],
      ]),
    }
  }
  if (channel !== 'referral') return directTouch
  const friend = random.chance(0.6)
  return friend
    ? { channel, referrer: '', utm: { source: 'friend', medium: 'referral', campaign: 'friend5' } }
    : {
        channel,
        referrer: random.pick(['https://filterfans.example/beste-branders', 'https://utrechtproeft.example/koffie']),
      }
}

export const newsletterTouch = (month: string): Touch => ({
  channel: 'email',
  referrer: '',
  utm: { source: 'newsletter', medium: 'email', campaign: `newsletter-${month}` },
})

/** The landing address, with the query an ad or a letter adds. */
export function landing(site: string, path: string, { utm, clickId }: Touch): string {
  const query = new URLSearchParams({
    ...(utm ? { utm_source: utm.source, utm_medium: utm.medium, utm_campaign: utm.campaign } : {}),
    ...(utm?.content ? { utm_content: utm.content } : {}),
    ...clickId,
  }).toString()
  return query === '' ? `${site}${path}` : `${site}${path}?${query}`
}

/** Where people come from, as all sources and reports say it. */
export const channels = ['google-ads', 'meta-ads', 'organic', 'referral', 'email', 'social', 'direct', 'other'] as const
export type Channel = (typeof channels)[number]

/** What the first page of a visit shows. `ownHost`: the host of the page itself. */
export type Touch = {
  utmSource?: string | undefined
  utmMedium?: string | undefined
  /** The names of the click ids in the address: `gclid`, `fbclid`. */
  clickIds?: readonly string[] | undefined
  referrer?: string | undefined
  ownHost?: string | undefined
}

const paid = /^(cpc|ppc|cpm|cpv|paid.*|.*[_-]?ads?|display|retargeting|sem)$/
const google = /^(google|adwords|google-?ads|youtube|gads)/
const meta = /^(facebook|fb|instagram|ig|meta|messenger|an)([._-].*)?$/
const searchHosts = /(^|\.)(google|bing|duckduckgo|ecosia|qwant|startpage|yahoo|yandex|baidu|search\.brave)\.[a-z.]+$/
const socialHosts = /(^|\.)(facebook|instagram|twitter|x|t|linkedin|lnkd|pinterest|reddit|youtube|youtu|tiktok|threads|bsky|whatsapp|telegram)\.(com|co|be|in|net|app|me|it|org|social)$/ // prettier-ignore
const mailHosts = /(^|\.)(mail\.google|outlook\.(live|office)|mail\.yahoo|mail\.proton)\./

/**
 * The channel of a touch, by the first rule that fits:
 * 1. a Google click id (gclid, gbraid, wbraid), or a paid medium from Google: `google-ads`;
 * 2. a paid medium from Facebook or Instagram: `meta-ads` (fbclid alone is on every link Facebook shows: `social`);
 * 3. any other paid medium: `other`;
 * 4. medium or source of a letter: `email`; of a friend, partner or affiliate: `referral`; of a network: `social`;
 *    organic: `organic`; any other utm source: `other`;
 * 5. the referrer: webmail `email`, a search engine `organic`, a network `social`, any other site `referral`;
 * 6. nothing at all: `direct`.
 * Undefined when the page before was on the same site: the visit goes on, and no channel brought it.
 */
export function channelOf(touch: Touch): Channel | undefined {
  const source = (touch.utmSource ?? '').trim().toLowerCase()
  const medium = (touch.utmMedium ?? '').trim().toLowerCase()
  const clicks = touch.clickIds ?? []
  if (clicks.some((id) => id === 'gclid' || id === 'gbraid' || id === 'wbraid')) return 'google-ads'
  if (paid.test(medium)) return google.test(source) ? 'google-ads' : meta.test(source) ? 'meta-ads' : 'other'
  if (source !== '' || medium !== '') return ofTags(source, medium)
  if (clicks.includes('fbclid')) return 'social'
  return ofReferrer(touch.referrer ?? '', touch.ownHost)
}

function ofTags(source: string, medium: string): Channel {
  if (/mail|newsletter/.test(medium) || /newsletter|^(e-?mail|mailchimp|klaviyo)$/.test(source)) return 'email'
  if (/referral|affiliate|partner|friend/.test(medium)) return 'referral'
  if (/social/.test(medium) || meta.test(source) || /^(twitter|x|linkedin|tiktok|pinterest|reddit)$/.test(source)) return 'social' // prettier-ignore
  return medium === 'organic' ? 'organic' : 'other'
}

function ofReferrer(referrer: string, ownHost: string | undefined): Channel | undefined {
  const host = hostOf(referrer)
  if (host === undefined) return 'direct'
  if (ownHost !== undefined && (host === ownHost || `www.${host}` === ownHost || host === `www.${ownHost}`)) return undefined // prettier-ignore
  if (mailHosts.test(host)) return 'email'
  if (searchHosts.test(host)) return 'organic'
  return socialHosts.test(host) ? 'social' : 'referral'
}

/** The host of an address in lower case; undefined when it is none. */
export const hostOf = (address: string): string | undefined =>
  URL.canParse(address) ? new URL(address).hostname.toLowerCase() || undefined : undefined

import { hmac, sameSecret } from '#kernel/crypto.ts'
import { parseId, type DeliveryId } from '#kernel/ids.ts'
import { textChannels, type TextChannelName } from './channel.ts'

/**
 * What a signed link in a message stands for. `index` numbers the links of the content, from 0; `channel` is that of a text,
 * as a message may leave by several.
 */
export type SignedLink =
  | { kind: 'click'; deliveryId: DeliveryId; index: number; channel?: TextChannelName }
  | { kind: 'open'; deliveryId: DeliveryId }
  | { kind: 'unsubscribe'; deliveryId: DeliveryId }

const letters = { click: 'c', open: 'o', unsubscribe: 'u' } as const
const lettersOfTexts: Readonly<Record<TextChannelName, string>> = { whatsapp: 'w', sms: 's', telegram: 't' }
const signatureLength = 22

/** A token of letters, digits, `-` and `_`: what it stands for and 132 bits of HMAC-SHA-256. */
export function signLink(key: Uint8Array, link: SignedLink): string {
  const index = link.kind === 'click' ? link.index.toString(36) : ''
  const letter = link.kind === 'click' && link.channel ? lettersOfTexts[link.channel] : letters[link.kind]
  const claim = `${letter}${digitsOf(link.deliveryId)}${index}`
  return `${claim}_${signature(key, claim)}`
}

/** The id's digits alone, kept for the other links of its message. */
function digitsOf(id: DeliveryId): string {
  if (id !== last.id) last = { id, digits: id.replaceAll('-', '') }
  return last.digits
}

let last = { id: '', digits: '' }

/** Reads a token; null when it is forged, cut or none of ours. */
export function readLink(key: Uint8Array, token: string): SignedLink | null {
  const match = /^([couwst])([0-9a-f]{32})([0-9a-z]{0,4})_([\w-]{22})$/.exec(token)
  if (!match) return null
  const [, letter = '', digits = '', index = '', given = ''] = match
  if (!sameSecret(given, signature(key, `${letter}${digits}${index}`))) return null
  const deliveryId = parseId<'delivery'>(digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
  if (!deliveryId) return null
  const channel = textChannels.find((name) => lettersOfTexts[name] === letter)
  if (channel || letter === 'c') return { kind: 'click', deliveryId, index: Number.parseInt(index, 36), ...(channel && { channel }) } // prettier-ignore
  return { kind: letter === 'o' ? 'open' : 'unsubscribe', deliveryId }
}

const signature = (key: Uint8Array, claim: string): string => hmac(key, claim).slice(0, signatureLength)

/** Where the web app answers these tokens, below PUBLIC_URL. */
export const linkPaths = { click: '/c/', open: '/o/', unsubscribe: '/u/' } as const

/** The address of a signed link. */
export const linkUrl = (publicUrl: string, key: Uint8Array, link: SignedLink): string =>
  `${publicUrl.endsWith('/') ? publicUrl.slice(0, -1) : publicUrl}${linkPaths[link.kind]}${signLink(key, link)}`

/** Where a mail must go whose subject is the token of a message, to leave by it (RFC 6068): the token is to follow. */
export function leaveByMail(address: string): string {
  const at = address.lastIndexOf('@')
  return `mailto:${encodeURIComponent(address.slice(0, at))}${address.slice(at)}?subject=`
}

/** The target of a link of the content, with campaign parameters added where it has none of its own. */
export function withCampaign(url: string, campaign: string, stepKey: string, channel = 'email'): string {
  const target = new URL(url)
  const parameters = {
    utm_source: channel === 'email' ? 'newsletter' : channel,
    utm_medium: channel,
    utm_campaign: campaign,
    utm_content: stepKey,
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (!target.searchParams.has(name)) target.searchParams.set(name, value)
  }
  return target.href
}

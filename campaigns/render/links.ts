import { hmac, sameSecret } from '#kernel/crypto.ts'
import { parseId, type DeliveryId } from '#kernel/ids.ts'
import { textChannels, type TextChannelName } from '../channel.ts'

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

/** A token of letters, digits, `-` and `_`: what it stands for and its signature. */
export const signLink = (key: Uint8Array, link: SignedLink): string => `${claimOf(link)}_${signature(key, link)}`

/** Reads a token; null when it is forged, cut or none of ours. */
export function readLink(key: Uint8Array, token: string): SignedLink | null {
  const match = /^([couwst])([0-9a-f]{32})([0-9a-z]{0,4})_[\w-]{21,22}$/.exec(token)
  if (!match) return null
  const [, letter = '', digits = '', index = ''] = match
  const deliveryId = parseId<'delivery'>(digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
  if (!deliveryId) return null
  const link = linkOf(letter, deliveryId, Number.parseInt(index, 36))
  return sameSecret(token, signLink(key, link)) || sameSecret(token, formerToken(key, link)) ? link : null
}

function linkOf(letter: string, deliveryId: DeliveryId, index: number): SignedLink {
  if (letter === letters.open) return { kind: 'open', deliveryId }
  if (letter === letters.unsubscribe) return { kind: 'unsubscribe', deliveryId }
  const channel = textChannels.find((name) => lettersOfTexts[name] === letter)
  return { kind: 'click', deliveryId, index, ...(channel && { channel }) }
}

function claimOf(link: SignedLink): string {
  const digits = digitsOf(link.deliveryId)
  if (link.kind !== 'click') return `${letters[link.kind]}${digits}`
  return `${link.channel ? lettersOfTexts[link.channel] : letters.click}${digits}${link.index.toString(36)}`
}

/** An id as tokens and Message-IDs have it: its digits alone. That of the message in hand is asked for with each of its links. */
export function digitsOf(deliveryId: DeliveryId): string {
  if (deliveryId !== inHand.deliveryId) inHand = { deliveryId, digits: deliveryId.replaceAll('-', '') }
  return inHand.digits
}

let inHand: { deliveryId: DeliveryId | null; digits: string } = { deliveryId: null, digits: '' }

const partLength = 21

/**
 * 126 bits of HMAC-SHA-512. The links of a message share one signature, of which each has a quarter: no quarter tells
 * anything of another. From the third followed link on there is another signature for every four.
 */
function signature(key: Uint8Array, link: SignedLink): string {
  const part = link.kind === 'unsubscribe' ? 0 : link.kind === 'open' ? 1 : 2 + link.index
  const channel = link.kind === 'click' && link.channel ? link.channel : 'email'
  const bits = signatureOf(key, link.deliveryId, channel, part >> 2)
  const from = (part & 3) * partLength
  return bits.slice(from, from + partLength)
}

/** @param nth of how many signatures of a message, each for four of its links */
function signatureOf(key: Uint8Array, deliveryId: DeliveryId, channel: string, nth: number): string {
  // The next link is as a rule of the same message.
  const isLast = last.deliveryId === deliveryId && last.nth === nth && last.channel === channel && last.key === key
  if (!isLast) last = { key, deliveryId, channel, nth, bits: hmac(key, `links ${nth} of ${deliveryId} by ${channel}`, 'sha512') } // prettier-ignore
  return last.bits
}

let last: { key: Uint8Array | null; deliveryId: DeliveryId | null; channel: string; nth: number; bits: string } = { key: null, deliveryId: null, channel: '', nth: 0, bits: '' } // prettier-ignore

/** As links were signed in messages that readers already have: each by itself, with 132 bits of HMAC-SHA-256. */
function formerToken(key: Uint8Array, link: SignedLink): string {
  const claim = claimOf(link)
  return `${claim}_${hmac(key, claim).slice(0, 22)}`
}

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

import { hmac } from '#kernel/crypto.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import type { TextChannelName } from '../channel.ts'

/** What a short link leads to: a link of one reader's message, by its number from 0; or the same page for everybody. */
export type LeadsTo = { deliveryId: DeliveryId; channel: TextChannelName; index: number } | { target: string }
export type ShortLink = { code: string; to: LeadsTo }

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const length = 10

/**
 * A short link of what it leads to: the same words give the same code, so that a text can be made again. Ten letters and
 * digits are 59 bits of HMAC-SHA-256: among ten million links that are out, somebody who tries a thousand codes a second
 * finds one in two and a half years, and all it does is open a page of a campaign; among a hundred million, two share one
 * with a chance of 0.6 %. Nothing that changes anything, such as a way to leave, may hang on such a link.
 */
export function shortLink(key: Uint8Array, to: LeadsTo): ShortLink {
  const about = 'target' in to ? to.target : `${to.deliveryId} ${to.channel} ${to.index}`
  let rest = BigInt(`0x${Buffer.from(hmac(key, `short link ${about}`), 'base64url').toString('hex')}`)
  let code = ''
  for (; code.length < length; rest /= 62n) code += letters[Number(rest % 62n)]
  return { code, to }
}

/** Whether it could be a code of ours: what is none is not looked for. */
export const isCode = (text: string): boolean => text.length === length && /^[0-9A-Za-z]+$/.test(text)

/** Where the web app answers them, below PUBLIC_URL. */
export const shortPath = '/s/'

export const shortUrl = (publicUrl: string, code: string): string =>
  `${publicUrl.replace(/\/$/, '')}${shortPath}${code}`

/** A link as long as any, for whoever counts how long a text will be. */
export const anyShortUrl = (publicUrl: string): string => shortUrl(publicUrl, '0'.repeat(length))

import { decimalOf, formatMoney } from '#kernel/money.ts'

/** A moment, in words, always with its zone. */
export const when = (at: Date, zone = 'UTC'): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(at) +
  (zone === 'UTC' ? ' UTC' : '')

export const day = (at: Date, zone = 'UTC'): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: zone }).format(at)

/** `15:00`, for the axis of a day. */
export const hour = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: zone }).format(at)

/** `2026-03` as `Mar 2026`. */
export const month = (value: string): string =>
  new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${value}-01T00:00:00Z`),
  )

const dayMs = 86_400_000

/** A half-open period of days in words: `1 Sept 2025 to 31 Aug 2026`, its last day included. */
export const span = ({ from, to }: { from: string; to: string }): string =>
  `${day(new Date(`${from}T00:00:00Z`))} to ${day(new Date(Date.parse(`${to}T00:00:00Z`) - dayMs))}`

export const money = (amountMinor: number, currency: string): string => formatMoney({ amountMinor, currency })

/** An amount without its cents, for an axis. */
export const wholeMoney = (amountMinor: number, currency: string): string =>
  new Intl.NumberFormat('en-GB', { style: 'currency', currency, maximumFractionDigits: 0 }).format(
    Number(decimalOf({ amountMinor, currency })),
  )

export const count = (value: number): string => new Intl.NumberFormat('en-GB').format(value)

export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`

/** `1 person`, `3 people`. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`

/** A key of the house in words: `add_to_cart` as `Add to cart`, `google-ads` as `Google ads`. */
export function plain(key: string): string {
  const words = key.replaceAll(/[-_]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Long words cut to fit, with the sign that they are. */
export const cut = (words: string, length: number): string =>
  words.length > length ? `${words.slice(0, length - 1).trimEnd()}…` : words

/** `the other`, `the other 3`. */
export const theOthers = (n: number): string => (n === 1 ? 'the other' : `the other ${count(n)}`)

/** Words as a sentence or a heading begins: `e-mail` as `E-mail`. */
export const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

/** A channel, or a name there is none of, as people call it. */
export const channelWord = (name: string): string => channelWords.get(name) ?? name

const channelWords = new Map([
  ['email', 'E-mail'],
  ['whatsapp', 'WhatsApp'],
  ['sms', 'SMS'],
  ['telegram', 'Telegram'],
])

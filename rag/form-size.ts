import type { Form } from './forms.ts'

/** How much of what its form takes a text uses, in characters as the platform counts them, and that in words. */
export type Size = { used: number; most: number; isOver: boolean; words: string }

/** The size of a text that its readers get whole, links and all. A slot counts as a long name. */
export function sizeOf(text: string, { counted, most }: Pick<Form, 'counted' | 'most'>): Size {
  const whole = filled(text)
  if (counted === 'sms') return smsSize(whole, most)
  const used = counted === 'x' ? lengthOnX(whole) : Array.from(whole).length
  return { used, most, isOver: used > most, words: `${used} of ${most} characters` }
}

const longName = 20

const filled = (text: string): string =>
  text.replace(/\{\{.*?\}\}/gs, (slot) => (/default:\s*["']([^"']*)/.exec(slot)?.[1] ?? '').padEnd(longName, 'x'))

/** Ranges of characters that X counts as one; others count as two, as does each picture, and a link as 23 (twitter-text 3). */
const single: readonly (readonly [number, number])[] = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]] // prettier-ignore
const link = /https?:\/\/\S+/g
const letters = new Intl.Segmenter('en', { granularity: 'grapheme' })

function lengthOnX(text: string): number {
  const rest = text.replace(link, '').normalize('NFC')
  const links = text.match(link)?.length ?? 0
  return Array.from(letters.segment(rest)).reduce((sum, { segment }) => sum + weightOnX(segment), 23 * links)
}

function weightOnX(letter: string): number {
  if (/\p{Extended_Pictographic}/u.test(letter)) return 2
  return Array.from(letter).reduce((sum, sign) => {
    const code = sign.codePointAt(0) ?? 0
    return sum + (single.some(([from, to]) => code >= from && code <= to) ? 1 : 2)
  }, 0)
}

/** The alphabet of GSM 03.38, and what takes two places of it. Any other sign makes the whole message UCS-2. */
const gsm = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà') // prettier-ignore
const gsmDouble = new Set('^{}\\[~]|€')

/** The signs of a text that the alphabet of SMS does not have. */
export const beyondGsm = (text: string): string[] => [
  ...new Set(Array.from(text).filter((sign) => !gsm.has(sign) && !gsmDouble.has(sign))),
]

/** What one message alone holds, and each of several, whose places go to their numbering in part (3GPP TS 23.040). */
const places = { gsm: { alone: 160, each: 153 }, unicode: { alone: 70, each: 67 } }

/** `most` is of the GSM alphabet: in Unicode as many parts hold fewer signs. */
function smsSize(text: string, most: number): Size {
  const alphabet = beyondGsm(text).length === 0 ? 'gsm' : 'unicode'
  const { alone, each } = places[alphabet]
  const mostParts = Math.floor(most / places.gsm.each)
  const widths = Array.from(text).map((sign) => (alphabet === 'gsm' ? (gsmDouble.has(sign) ? 2 : 1) : sign.length))
  const used = widths.reduce((sum, width) => sum + width, 0)
  const parts = used <= alone ? 1 : partsOf(widths, each)
  const words = `${used} of ${mostParts * each} characters, ${parts} SMS${alphabet === 'gsm' ? '' : ' in Unicode'}`
  return { used, most: mostParts * each, isOver: parts > mostParts, words }
}

/** A sign of two places is never torn apart: it opens the next part. */
function partsOf(widths: readonly number[], each: number): number {
  let [parts, room] = [1, each]
  for (const width of widths) {
    if (width > room) [parts, room] = [parts + 1, each]
    room -= width
  }
  return parts
}

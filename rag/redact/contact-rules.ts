import type { Rule } from './patterns.ts'

const extension = String.raw`(?:\s?(?:x|ext\.?)\s?\d{1,6})?`

/** A phone number that no letter, digit, price or date touches. */
const phone = (digits: string): RegExp =>
  new RegExp(String.raw`(?<![\p{L}\p{N}/.€$£]|\d[,-])${digits}${extension}(?![\p{L}\p{N}]|-\d)`, 'giu')

const digits = String.raw`[+(]?\d(?:[ .()/-]{0,2}\d){5,14}${extension}`
const saidBefore = 'phone|telephone|tel|mobile|cell|call|calling|answering|reach|dial|text|ring|fax|whatsapp|telefoon|telefon|téléphone|teléfono|telefono|móvil|mobiel|handy|numéro|portable|cellulare' // prettier-ignore
const saidAfter = 'office|fax|mobile|phone|home|work|cell'

/** Where a person or a machine of hers can be reached. */
export const contactRules: readonly Rule[] = [
  {
    kind: 'EMAIL',
    pattern: /[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}/gu,
  },
  { kind: 'URL', pattern: /\bhttps?:\/\/[^\s<>"'\])}]+/giu, holds: identifies },
  { kind: 'IP', pattern: /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)/gu },
  { kind: 'MAC', pattern: /(?<![\p{L}\p{N}:-])[\da-f]{2}(?:([:-])[\da-f]{2})(?:\1[\da-f]{2}){4}(?![\p{L}\p{N}:-])/giu },
  { kind: 'IP', pattern: /(?<![\p{L}\p{N}:])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\p{L}\p{N}:])/giu, holds: isIpv6 },
]

/** After the numbers that a check digit proves: a phone number is told by its shape, or by the word beside it. */
export const phoneRules: readonly Rule[] = [
  { kind: 'PHONE', pattern: phone(String.raw`(?:\+|00)\d{1,3}[ .()/-]{0,2}(?:\d[ .()/-]{0,2}){6,13}\d`) },
  { kind: 'PHONE', pattern: phone(String.raw`\(?0\d{1,4}\)?[ ./-]{0,2}(?:\d[ ./-]{0,2}){5,9}\d`), holds: isNational },
  { kind: 'PHONE', pattern: phone(String.raw`(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]\d{4}`) },
  { kind: 'PHONE', pattern: phone(String.raw`\(\d{2,4}\) ?\d{3,4}[ .-]?\d{3,4}`) },
  { kind: 'PHONE', pattern: new RegExp(String.raw`(?<=\b(?:${saidBefore})\b[^\d\n+(]{0,20})${digits}`, 'giu'), holds: isNoDate },
  { kind: 'PHONE', pattern: new RegExp(String.raw`(?<![\p{L}\p{N}])${digits}(?=[\s-]{0,2}(?:${saidAfter})\b)`, 'giu'), holds: isNoDate },
] // prettier-ignore

/** A URL that names a person or opens something: a token, key, signature, session, or an e-mail address in it. */
function identifies(url: string): boolean {
  if (/%40|@/.test(url)) return true
  if (/[?&#;](?:[\w.-]*(?:token|key|sig|signature|session|sid|auth|code|secret|password|pwd|uid|user|customer|contact|subscriber|hash)[\w.-]*)=/i.test(url)) return true // prettier-ignore
  const long = /[A-Za-z0-9_-]{24,}/g
  return [...url.matchAll(long)].some(([run]) => /\d/.test(run) && /[A-Za-z]/.test(run))
}

/** Colon groups of hexadecimal digits that are an address, not a time of day such as 14:00:00. */
function isIpv6(text: string): boolean {
  const groups = text.split(':')
  const short = text.includes('::')
  if (text.split('::').length > 2) return false
  return short ? groups.filter(Boolean).length >= 2 : groups.length === 8 && groups.every(Boolean)
}

/** A date such as 03.04.2026 or 2026-04-03 is no phone number. */
function isNoDate(text: string): boolean {
  return !/^(?:\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2})$/.test(text.trim())
}

/** A number that starts with 0 is a phone's when its digits count as one's. */
function isNational(text: string): boolean {
  const count = text.replace(/(?:x|ext).*$/i, '').replace(/\D/g, '').length
  return count >= 8 && count <= 12 && isNoDate(text)
}

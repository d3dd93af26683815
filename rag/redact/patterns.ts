/** Kinds of people's data that a rule can see; the name is the placeholder's. */
export type PersonalKind = 'EMAIL' | 'URL' | 'IBAN' | 'CARD' | 'IP' | 'ID' | 'PHONE' | 'ADDRESS' | 'NAME'
export type Found = { kind: PersonalKind; start: number; end: number }

type Rule = {
  kind: PersonalKind
  pattern: RegExp
  holds?: (text: string) => boolean
  /** The pattern takes whatever stands close; what `holds` is a run of whole groups within it. */
  groups?: true
}

const streetWord =
  'street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|boulevard|blvd|square|terrace|crescent|close|place|pl|way|row|mews|gardens|parkway|circle|trail'
const streetEnd =
  'straat|laan|weg|plein|gracht|kade|singel|dijk|steeg|plantsoen|stra(?:ß|ss)e|str|platz|allee|gasse|ufer|vej|gade|gatan|vägen|gata|katu|tie|utca'
const streetStart =
  'rue|avenue|boulevard|via|viale|piazza|corso|calle|avenida|plaza|paseo|rua|carrer|camino|ulica|ul\\.'

const extension = String.raw`(?:\s?(?:x|ext\.?)\s?\d{1,6})?`

/** A phone number that no letter, digit, price or date touches. */
const phone = (digits: string): RegExp =>
  new RegExp(String.raw`(?<![\p{L}\p{N}/.€$£]|\d[,-])${digits}${extension}(?![\p{L}\p{N}]|-\d)`, 'giu')

/** In the order of precedence: of two finds that overlap, the rule that stands first keeps its find. */
const rules: readonly Rule[] = [
  { kind: 'EMAIL', pattern: /[\p{L}\p{N}._%+'-]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}{2,}/gu },
  { kind: 'URL', pattern: /\bhttps?:\/\/[^\s<>"'\])}]+/giu, holds: identifies },
  { kind: 'IBAN', pattern: /(?<![\p{L}\p{N}])(?=([A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}))/giu, holds: isIban, groups: true },
  { kind: 'CARD', pattern: /(?<![\p{L}\p{N}])\d(?:[ .-]?\d){11,}(?![\p{L}\p{N}])/gu, holds: isCard, groups: true },
  { kind: 'IP', pattern: /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)/gu },
  { kind: 'IP', pattern: /(?<![\p{L}\p{N}:])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\p{L}\p{N}:])/giu, holds: isIpv6 },
  { kind: 'ID', pattern: /(?<![\p{L}\p{N}-])\d{3}-\d{2}-\d{4}(?![\p{L}\p{N}-])/gu },
  { kind: 'PHONE', pattern: phone(String.raw`(?:\+|00)\d{1,3}[ .()/-]{0,2}(?:\d[ .()/-]{0,2}){6,13}\d`) },
  { kind: 'PHONE', pattern: phone(String.raw`\(?0\d{1,4}\)?[ ./-]{0,2}(?:\d[ ./-]{0,2}){5,9}\d`), holds: isNational },
  { kind: 'PHONE', pattern: phone(String.raw`(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]\d{4}`) },
  { kind: 'PHONE', pattern: phone(String.raw`\(\d{2,4}\) ?\d{3,4}[ .-]?\d{3,4}`) },
  { kind: 'PHONE', pattern: new RegExp(String.raw`(?<=\b(?:phone|telephone|tel|mobile|cell|call|calling|answering|reach|dial|text|ring|fax|whatsapp)\b[^\d\n+(]{0,20})[+(]?\d(?:[ .()/-]{0,2}\d){5,14}${extension}`, 'giu') },
  { kind: 'PHONE', pattern: new RegExp(String.raw`(?<![\p{L}\p{N}])[+(]?\d(?:[ .()/-]{0,2}\d){5,14}${extension}(?=[\s-]{0,2}(?:office|fax|mobile|phone|home|work|cell)\b)`, 'giu') },
  { kind: 'ADDRESS', pattern: new RegExp(`(?<![\\p{L}\\p{N}])\\d{1,5}[a-z]?,?\\s+(?:[\\p{L}'.-]+\\s+){1,4}(?:${streetWord})\\b\\.?(?:,?\\s+(?:apt|suite|unit|flat)\\.?\\s*#?\\w{1,6})?`, 'giu') },
  { kind: 'ADDRESS', pattern: new RegExp(`(?<![\\p{L}\\p{N}])(?:[\\p{L}'.-]+\\s+){0,2}[\\p{L}'-]*(?:${streetEnd})\\b\\.?\\s+\\d{1,4}(?:\\s?[a-z])?(?:-\\d{1,3})?(?![\\p{L}\\p{N}])`, 'giu') },
  { kind: 'ADDRESS', pattern: new RegExp(`(?<![\\p{L}\\p{N}])(?:\\d{1,5},?\\s+)?(?:${streetStart})\\s+(?:[\\p{L}'.-]+\\s+){1,4}\\d{1,5}\\b|(?<![\\p{L}\\p{N}])\\d{1,5},?\\s+(?:${streetStart})\\s+[\\p{Lu}][\\p{L}'.-]+(?:\\s+[\\p{Lu}][\\p{L}'.-]+){0,3}`, 'giu') },
  { kind: 'ADDRESS', pattern: /\bP\.?\s?O\.?\s?Box\s+\d{1,6}\b/giu },
  { kind: 'ADDRESS', pattern: /(?<![\p{L}\p{N}])\d{4}\s?[A-Z]{2}(?=\s+\p{Lu}\p{Ll}+)|(?<![\p{L}\p{N}])[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}(?![\p{L}\p{N}])/gu },
] // prettier-ignore

/**
 * What the rules find, in order of place, without overlaps. Structured kinds (e-mail, IBAN, card, IP, URL with a
 * token) are near certain; phones are likely; addresses are caught only where a street word or a postcode shows them.
 */
export function findPersonal(text: string): Found[] {
  let kept: Found[] = []
  for (const rule of rules) {
    for (const match of text.matchAll(rule.pattern)) {
      for (const found of findsOf(rule, match)) kept = [...kept, ...freeParts(text, found, kept)]
    }
  }
  return kept.toSorted((a, b) => a.start - b.start)
}

function findsOf({ kind, holds, groups }: Rule, match: RegExpExecArray): Found[] {
  const text = match[1] ?? match[0]
  if (groups && holds) return groupsThatHold(text, holds).map(({ start, end }) => ({ kind, start: match.index + start, end: match.index + end })) // prettier-ignore
  return holds && !holds(match[0]) ? [] : [{ kind, start: match.index, end: match.index + match[0].length }]
}

/** The longest runs of whole groups that hold, from the left, without overlap. */
function groupsThatHold(text: string, holds: (text: string) => boolean): { start: number; end: number }[] {
  const groups = [...text.matchAll(/[^ .-]+/g)].map((group) => ({
    start: group.index,
    end: group.index + group[0].length,
  }))
  const found: { start: number; end: number }[] = []
  for (let at = 0; at < groups.length; at += 1) {
    const start = groups[at]!.start
    const last = groups.findLastIndex(
      ({ end }, index) => index >= at && end - start < 50 && holds(text.slice(start, end)),
    )
    if (last < 0) continue
    found.push({ start, end: groups[last]!.end })
    at = last
  }
  return found
}

/** What of a find no earlier one has taken, without the signs that belong to the sentence around it. */
export function freeParts(text: string, found: Found, kept: readonly Found[]): Found[] {
  const others = kept.filter((other) => found.start < other.end && other.start < found.end)
  const cuts = others.toSorted((a, b) => a.start - b.start)
  const starts = [found.start, ...cuts.map(({ end }) => end)]
  const ends = [...cuts.map(({ start }) => start), found.end]
  return starts.flatMap((from, index) => {
    const to = ends[index] ?? from
    const part = text.slice(from, Math.max(from, to))
    const inner = part.replace(/[\s.,;:!?]+$/u, '')
    const lead = /^[\s.,;:!?]*/u.exec(inner)![0].length
    const start = from + lead
    return /[\p{L}\p{N}]/u.test(inner) ? [{ kind: found.kind, start, end: from + inner.length }] : []
  })
}

/** A URL that names a person or opens something: a token, key, signature, session, or an e-mail address in it. */
function identifies(url: string): boolean {
  if (/%40|@/.test(url)) return true
  if (/[?&#;](?:[\w.-]*(?:token|key|sig|signature|session|sid|auth|code|secret|password|pwd|uid|user|customer|contact|subscriber|hash)[\w.-]*)=/i.test(url)) return true // prettier-ignore
  const long = /[A-Za-z0-9_-]{24,}/g
  return [...url.matchAll(long)].some(([run]) => /\d/.test(run) && /[A-Za-z]/.test(run))
}

/** ISO 13616: the four first characters moved to the end, letters as 10–35, leave 1 by modulus 97. */
export function isIban(text: string): boolean {
  const compact = text.replace(/[ -]/g, '').toUpperCase()
  if (compact.length < 15 || compact.length > 34) return false
  const turned = compact.slice(4) + compact.slice(0, 4)
  const digits = turned.replace(/[A-Z]/g, (letter) => String(Number.parseInt(letter, 36)))
  return Array.from(digits, Number).reduce((rest, digit) => (rest * 10 + digit) % 97, 0) === 1
}

/** ISO/IEC 7812: 12 to 19 digits whose Luhn sum is a multiple of ten, not all alike. */
export function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '')
  if (digits.length < 12 || digits.length > 19 || /^(\d)\1+$/.test(digits)) return false
  const fromRight = Array.from(digits, Number).toReversed()
  const sum = fromRight.reduce((total, digit, index) => {
    const doubled = digit * (index % 2 === 1 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}

/** Colon groups of hexadecimal digits that are an address, not a time of day such as 14:00:00. */
function isIpv6(text: string): boolean {
  const groups = text.split(':')
  const short = text.includes('::')
  if (text.split('::').length > 2) return false
  return short ? groups.filter(Boolean).length >= 2 : groups.length === 8 && groups.every(Boolean)
}

/** A number that starts with 0 is a phone's when its digits count as one's; a date such as 03.04.2026 is none. */
function isNational(text: string): boolean {
  const digits = text.replace(/(?:x|ext).*$/i, '').replace(/\D/g, '')
  return digits.length >= 8 && digits.length <= 12 && !/^\d{2}[./-]\d{2}[./-]\d{4}$/.test(text.trim())
}

import { nicknameGroups } from '../identity/nicknames.ts'

/** The words of a name as they are compared: lower case, without accents, marks and titles. Empty when nothing is left. */
export function nameWords(text: string | null): string {
  const words = plain(text ?? '')
    .replaceAll(/\d+(?:st|nd|rd|th)?/g, ' ')
    .replaceAll(/['’`]/g, '')
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')
  const kept = words.filter((word) => !titles.has(word))
  return (kept.length > 0 ? kept : words).join(' ')
}

/** A family name without its particles: `van den Berg` and `Berg` are one. */
export function familyWords(text: string | null): string {
  const words = nameWords(text)
  if (!words.includes(' ')) return words
  const kept = words.split(' ').filter((word) => !particles.has(word))
  return kept.length > 0 ? kept.join(' ') : words
}

/** Splits a name written whole: `Berg, Anna van den` and `Anna van den Berg`. */
export function splitFull(text: string | null): { given: string; family: string } {
  const whole = text ?? ''
  const comma = whole.indexOf(',')
  if (comma > 0) return { given: nameWords(whole.slice(comma + 1)), family: familyWords(whole.slice(0, comma)) }
  const words = nameWords(whole).split(' ')
  if (words.length < 2) return { given: words[0] ?? '', family: '' }
  return { given: words.slice(0, -1).join(' '), family: words.at(-1)! }
}

const titles = new Set(
  'mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend hon captain major colonel general herr frau dhr mevr mw monsieur madame mme jr sr ii iii iv baronet bart baron esq phd md'.split(
    ' ',
  ),
)
const particles = new Set(
  'de den der het t van vd v von vom zu zur te ten ter la le el al di da do del dos des du op of the'.split(' '),
)

const letters: Record<string, string> = { ı: 'i', ß: 'ss', ø: 'o', æ: 'ae', œ: 'oe', ł: 'l', đ: 'd', ð: 'd', þ: 'th' }

/** Lower case, accents off, letters of one language in those of all. */
const plain = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .replaceAll(/\p{M}/gu, '')
        .toLowerCase()
        .replaceAll(/[ıßøæœłđðþ]/g, (letter) => letters[letter]!)

/** How a word sounds, roughly, in the languages of western Europe: for finding, not for deciding. */
export function soundOf(words: string): string {
  const heard = words
    .replaceAll(' ', '')
    .replace(/^(kn|gn|pn)/, 'n')
    .replace(/^wr/, 'r')
    .replaceAll(/ph/g, 'f')
    .replaceAll(/sch|sh|sz/g, 's')
    .replaceAll(/gh|ch|ck|q/g, 'k')
    .replaceAll(/c(?=[eiy])/g, 's')
    .replaceAll('c', 'k')
    .replaceAll('x', 'ks')
    .replaceAll('z', 's')
    .replaceAll(/[vw]/g, 'f')
    .replaceAll(/[dt]/g, 't')
    .replaceAll(/[bp]/g, 'b')
    .replaceAll(/[gk]/g, 'k')
    .replaceAll(/[mn]/g, 'n')
    .replaceAll(/[yj]/g, 'i')
    .replaceAll('h', '')
    .replaceAll(/(.)\1+/g, '$1')
  return heard.slice(0, 1).replace(/[aeiou]/, 'a') + heard.slice(1).replaceAll(/[aeiou]+/g, '')
}

/** Everything levels look at in a given name. */
export const givenFacets = (words: string): { value: string; first: string; sound: string; nick: string } => {
  const first = words.split(' ')[0] ?? ''
  return { value: words, first, sound: soundOf(first), nick: nicknameGroups(first).join(' ') }
}

/** Everything levels look at in a family name. */
export const familyFacets = (words: string): { value: string; sound: string } => ({
  value: words,
  sound: soundOf(words),
})

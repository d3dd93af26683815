import { wordsOf, type Word } from './capital-names.ts'
import { isCommon } from './common-words.ts'
import { isCountry, isGivenName, looksLikeSurname } from './name-words.ts'
import type { Found } from './patterns.ts'

const nameCue =
  /(?:my name is|name is|named (?:him|her)|calls? me|called me|under|name:|call|dear|with|by|said|to|is|add|here's)\s*$/u

/** Names in a text that has no capitals at all: countries, known given names with what follows them, and after cues. */
export function smallNames(text: string): Found[] {
  const words = wordsOf(text)
  const found: Found[] = []
  for (let at = 0; at < words.length; at += 1) {
    const country = [4, 3, 2, 1].find((count) => isCountry(phrase(text, words, at, count)))
    const count = country ?? nameLength(text, words, at)
    if (count === 0) continue
    found.push({ kind: country ? 'PLACE' : 'NAME', start: words[at]!.start, end: words[at + count - 1]!.end })
    at += count - 1
  }
  return found
}

const phrase = (text: string, words: readonly Word[], at: number, count: number): string => {
  const last = words[at + count - 1]
  return last ? text.slice(words[at]!.start, last.end).replace(/\s+/g, ' ') : ''
}

/** How many words from here are one person's name. */
function nameLength(text: string, words: readonly Word[], at: number): number {
  const word = words[at]!.text
  const cued = nameCue.test(text.slice(0, words[at]!.start))
  if (isCommon(word) || word.length < 3) return 0
  if (!isGivenName(word) && !(cued && (looksLikeSurname(word) || strange(word)))) return 0
  const next = words[at + 1]
  const goesOn = next?.gap === ' ' && !isCommon(next.text) && next.text.length > 2 && (isGivenName(next.text) || looksLikeSurname(next.text) || strange(next.text)) // prettier-ignore
  return goesOn ? 2 : 1
}

/** Letters that English words do not have. */
const strange = (word: string): boolean => /[^\p{ASCII}’]/u.test(word)

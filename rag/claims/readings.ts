import { contentWords, wordsOf } from '../guardrails/words.ts'
import { kinship } from './kin.ts'
import { partsOf } from './parts.ts'
import { valuesOf, type Value } from './values.ts'

/** A word of a claim that must be found. A name is capitalised inside the claim. */
export type Term = { stem: string; text: string; name: boolean }

/** A claim as it is checked: its words, each once and in order; what it counts and dates; its parts. */
export type Claim = { text: string; terms: Term[]; values: Value[]; parts: { text: string; terms: Term[] }[] }

export const readClaim = (text: string): Claim => ({
  text,
  terms: termsOf(text),
  values: valuesOf(text),
  parts: partsOf(text)
    .map((part) => ({ text: part, terms: termsOf(part) }))
    .filter((part) => part.terms.length > 0),
})

/** Words that link or place what is said without saying it; months are values. */
const weak =
  /^(?:during|since|however|while|whilst|although|though|throughout|through|across|under|along|among|between|within|later|itself|himself|herself|themselves|whose|instead|due|upon|until|also|would|towards?|despite|including|both|around|before|after|per|via|\p{L}|January|February|March|April|May|June|July|August|September|October|November|December)$/iu

function termsOf(text: string): Term[] {
  const words = contentWords(text).filter((word) => !weak.test(word.text))
  const terms = words.map(({ stem, text: said, start }) => ({
    stem,
    text: said,
    name: start > 0 && /^\p{Lu}/u.test(said),
  }))
  return [...new Map(terms.map((term) => [term.stem, term])).values()]
}

/** What one sentence of evidence has of the claim's words (how well, 0 to 1, by stem), and what it counts and dates. */
export type Passage = { place: number; text: string; has: ReadonlyMap<string, number>; values: ReadonlySet<string> }

/** Evidence, read for one claim: each sentence, and the best that any of them has of each word. */
export type Evidence = { passages: Passage[]; best: ReadonlyMap<string, number>; values: ReadonlySet<string> }

export function readEvidence(claim: Claim, sentences: readonly string[]): Evidence {
  const stems = sentences.map((text) => new Set([...wordsOf(text).map((word) => word.stem), ...acronymsIn(text)]))
  const worth = kinOf(claim, new Set(stems.flatMap((one) => [...one])))
  const short = abbreviated(claim.text, sentences)
  const passages = sentences.map((text, place): Passage => {
    const has = new Map<string, number>((short.get(place) ?? []).map((stem) => [stem, 0.8]))
    for (const stem of stems[place]!) {
      for (const [term, value] of worth.get(stem) ?? []) has.set(term, Math.max(value, has.get(term) ?? 0))
    }
    return { place, text, has, values: new Set(valuesOf(text).map((value) => value.key)) }
  })
  const best = new Map<string, number>()
  for (const { has } of passages) for (const [term, value] of has) best.set(term, Math.max(value, best.get(term) ?? 0))
  return { passages, best, values: new Set(passages.flatMap((passage) => [...passage.values])) }
}

/** For each word of the evidence the claim's words that it stands for, and how well. */
function kinOf(claim: Claim, stems: ReadonlySet<string>): Map<string, [string, number][]> {
  const kin = new Map<string, [string, number][]>()
  for (const stem of stems) {
    const found = claim.terms.flatMap((term): [string, number][] => {
      const value = kinship(term.stem, stem)
      return value > 0 ? [[term.stem, value]] : []
    })
    if (found.length > 0) kin.set(stem, found)
  }
  return kin
}

const titles = /\p{Lu}\p{L}+(?:(?: (?:of|the|for|and|in))* \p{Lu}\p{L}+)+/gu

const initialsOf = (name: string): string => (name.match(/(?<!\p{L})\p{Lu}/gu) ?? []).join('')

/** "Royal Australian Navy" is also RAN. */
const acronymsIn = (text: string): string[] => (text.match(titles) ?? []).map((name) => initialsOf(name).toLowerCase())

/** By sentence the words of those names of the claim whose initials stand there: "Bachelor of Arts" where it says B.A. */
function abbreviated(claim: string, sentences: readonly string[]): Map<number, string[]> {
  const found = new Map<number, string[]>()
  for (const name of claim.match(titles) ?? []) {
    const stems = contentWords(name).map((word) => word.stem)
    const pattern = new RegExp(`(?<![\\p{L}.])${Array.from(initialsOf(name)).join('\\.?')}(?!\\p{L})`, 'u')
    for (const [place, text] of sentences.entries()) {
      if (pattern.test(text)) found.set(place, [...(found.get(place) ?? []), ...stems])
    }
  }
  return found
}

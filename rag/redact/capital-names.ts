import { isCommon } from './common-words.ts'
import { fold, isCountry, isGivenName, isPlace, looksLikeSurname, particles } from './name-words.ts'
import type { Found, PersonalKind } from './patterns.ts'

export type Word = {
  text: string
  start: number
  end: number
  /** What stands between it and the word before. */ gap: string
}

const companyEnds = /^(?:inc|ltd|limited|llc|llp|corp|corporation|company|co|plc|gmbh|ag|kg|bv|nv|sa|srl|spa|oy|ab|as|aps|group|holdings|partners|associates|sons|technologies|solutions|systems|services|networks|labs|institute|foundation|bank|university|department|office|agency|garden|maintenance|software|media|energy|consulting|industries|international)\.?$/iu // prettier-ignore
const placeBefore = /^(?:in|from|at|to|near|of|around|outside|towards|via)$/iu
const verbAfter = /^(?:is|was|has|had|said|says|asked|wrote|spent|lives|lived|works|worked|called|moved|got|went|came|made|told|gave|did|does|just|will|would|can|could|listed|named|announced|office|who|and|&)$/iu // prettier-ignore

export const wordsOf = (text: string): Word[] => {
  let last = 0
  return [...text.matchAll(/[\p{L}\p{M}]+(?:['’.-][\p{L}\p{M}]+)*/gu)].map((match) => {
    const word = match[0].replace(/['’]s$/u, '')
    const found = { text: word, start: match.index, end: match.index + word.length, gap: text.slice(last, match.index) }
    last = found.end
    return found
  })
}

const isCapital = (word: Word | undefined): boolean => word !== undefined && /^\p{Lu}/u.test(word.text)

/** A new sentence, line, item or quotation begins before the word; an abbreviation's full stop begins none. */
const begins = (words: readonly Word[], at: number): boolean => {
  const { gap } = words[at]!
  const before = words[at - 1]
  if (!before || /[\n!?"“”«»(•*#|_>]|(?:^|\s)[-–—]\s/u.test(gap)) return true
  return /[.]/.test(gap) && before.text.length > 2 && !/^(?:mrs|prof|sgt|capt)$/i.test(before.text)
}

/**
 * Names of people, organisations and places as texts with capitals show them: runs of words with capitals that are not
 * everyday words. The first word of a sentence counts where it is a known name, or a name's verb follows it.
 */
export function capitalNames(text: string): Found[] {
  const words = wordsOf(text)
  const found: Found[] = []
  for (let at = 0; at < words.length; at += 1) {
    if (!isCapital(words[at])) continue
    const until = runEnd(words, at)
    const run = held(words, at, until)
    if (run) found.push({ kind: kindOf(words, run.from, run.to), start: words[run.from]!.start, end: words[run.to]!.end })
    at = until
  }
  return found
} // prettier-ignore

/** The last word of the run that begins here: capitals, with small words of names between two of them. */
function runEnd(words: readonly Word[], from: number): number {
  const joins = (word: Word | undefined): boolean => word !== undefined && /^(?: |\. | & |-|’|')$/u.test(word.gap)
  let end = from
  for (let next = from + 1; next < words.length; next += 1) {
    if (!joins(words[next]) || begins(words, next)) break
    if (isCapital(words[next])) end = next
    else if (!particles.has(words[next]!.text) || next - end > 3) break
    else if (/^(?:of|the|en|y|e|i)$/.test(words[next]!.text) && next - end > 2) break
  }
  return end
}

/** What of a run names something: without the everyday words at its ends, and nothing where nothing is left. */
function held(words: readonly Word[], from: number, until: number): { from: number; to: number } | null {
  const whole = words.slice(from, until + 1).map((word) => word.text).join(' ')
  if (isCountry(whole)) return { from, to: until }
  const plain = (at: number): boolean => {
    const word = words[at]!.text
    if (word.length === 1) return word === 'I' || until === from
    if (/^\p{Lu}{2,4}$/u.test(word)) return true
    const alone = begins(words, at) || !isGivenName(word, true)
    return isCommon(word) && (alone || from === until) && !(until > from && companyEnds.test(word))
  }
  let [first, last] = [from, until]
  if (isCountry(whole.replace(/^\S+ /, ''))) return { from: from + 1, to: until }
  while (first <= last && (plain(first) || !isCapital(words[first]))) first += 1
  while (last > first && (plain(last) || !isCapital(words[last])) && !companyEnds.test(words[last]!.text)) last -= 1
  if (first > last || isEveryday(words, first, last)) return null
  return { from: first, to: last }
} // prettier-ignore

/** Whether a run is one word that only its place gave a capital. */
function isEveryday(words: readonly Word[], first: number, last: number): boolean {
  const word = words[first]!
  if (first !== last || !begins(words, first)) return false
  if (isGivenName(word.text) || isPlace(word.text)) return false
  const next = words[first + 1]
  const line = words[first]!.gap.includes('\n') || first === 0
  if (line && (next === undefined || next.gap.includes('\n'))) return isCommon(word.text)
  if (looksLikeSurname(word.text) && fold(word.text) !== word.text.toLowerCase()) return false
  return !(next && (verbAfter.test(next.text) || next.gap.startsWith('’s') || next.gap.startsWith("'s")))
}

function kindOf(words: readonly Word[], from: number, to: number): PersonalKind {
  const run = words.slice(from, to + 1)
  const phrase = run.map((word) => word.text).join(' ')
  if (isPlace(phrase)) return 'PLACE'
  if (companyEnds.test(run.at(-1)!.text) || run.some((word) => word.gap.includes('&'))) return 'ORGANISATION'
  if (run.some((word) => isGivenName(word.text)) || looksLikeSurname(run.at(-1)!.text)) return 'NAME'
  return placeBefore.test(words[from - 1]?.text ?? '') ? 'PLACE' : run.length > 1 ? 'ORGANISATION' : 'NAME'
}

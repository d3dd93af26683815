import type { Evidence, Field } from './field.ts'
import { fold } from './profile.ts'
import { noise, others, strong, weak } from './vocabulary.ts'

/** What each word may mean, with how sure that is. */
const meanings = new Map<string, Evidence>()
for (const [words, sure] of [
  [weak, 0.55],
  [strong, 0.93],
] as const)
  // prettier-ignore
  for (const [field, list] of Object.entries(words) as [Field, string][])
    for (const word of list.split(/\s+/)) meanings.set(word, { ...meanings.get(word), [field]: sure })

/** Words long enough to be found inside a longer one: `kundenvorname`. */
const parts = [...meanings.keys()].filter((word) => word.length >= 5).toSorted((a, b) => b.length - a.length)

/**
 * What the name of a column says: the whole name as one word, then without words that change nothing
 * (`customer_first_name`, `postcode_fake`, `addr1`), then the longest words in it, and at last a word inside a word.
 */
export function headerEvidence(header: string): Evidence {
  const words = wordsOfHeader(header)
  const whole = meanings.get(words.join(''))
  if (whole !== undefined) return whole
  if (namesOthers(words)) return { fuzzy: 0.7, exact: 0.6 }
  const bare = words.filter((word) => !noise.has(word) && !/^\d+$/.test(word))
  const known = meanings.get(bare.join('')) ?? meanings.get(bare.join('').replace(/\d+$/, ''))
  if (known !== undefined) return weakened(known, 0.97)
  return ofPhrase(words) ?? ofPhrase(bare) ?? ofPart(words.join('')) ?? {}
}

/** True when the words speak of somebody or something else: a mother, a company. */
export const namesOthers = (words: readonly string[]): boolean =>
  meanings.get(words.join('')) === undefined && words.some((word) => others.has(word))

/** `firstName2` is first, name, 2; `FNAME` is one word; `DOBDate` is dob, date. */
export const wordsOfHeader = (header: string): string[] =>
  fold(
    header
      .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
      .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
      .replaceAll(/(\p{L}{3,})(\d)/gu, '$1 $2')
      .replaceAll(/e-mail/gi, 'email')
      .replaceAll('#', ' no '),
  )
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => (word === 'nm' ? 'name' : word))

/** The longest run of words that means something; words beside it that mean nothing make it less sure. */
function ofPhrase(words: readonly string[]): Evidence | undefined {
  for (let size = words.length; size >= 1; size -= 1) {
    for (let end = words.length; end >= size; end -= 1) {
      const phrase = words.slice(end - size, end).join('')
      const found = phrase.length > 1 ? meanings.get(phrase) : undefined
      if (found !== undefined) return weakened(found, 0.88 ** Math.max(1, words.length - size))
    }
  }
  return undefined
}

function ofPart(name: string): Evidence | undefined {
  const found = parts.find((word) => name.includes(word))
  return found === undefined ? undefined : weakened(meanings.get(found)!, 0.5 + (0.4 * found.length) / name.length)
}

const weakened = (evidence: Evidence, by: number): Evidence =>
  Object.fromEntries(Object.entries(evidence).map(([field, sure]) => [field, sure * by]))

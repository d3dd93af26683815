import type { Language } from '../guardrails/rule.ts'
import { wordsOf, contentWords } from '../guardrails/words.ts'
import { everydayWords } from './everyday-words.ts'
import { seenIn, type Learnt } from './learnt.ts'
import { isOrdinary, type Sentence } from './own-sentences.ts'

/**
 * How often a word that is not among the commonest is used in English at most: by Zipf's law the word of rank r makes up
 * about 0.1 / r of running text (Zipf 1949; Manning & Schütze 1999, § 1.4.3).
 */
const rarest = 0.1 / everydayWords.size

/** So many times as often as in English; in so many places of so many texts; so many words. */
const [times, places, texts, most] = [4, 6, 3, 10]

/**
 * Words that the business uses much more than English does, the most used first. Only single words in small letters,
 * spread over several texts, are proposed: of a name or a sentence of a source nothing can stand in them.
 */
export function ownWords(prose: readonly Sentence[], language: Language | null): Learnt[] {
  if (language !== 'en') return []
  const all = prose.reduce((sum, { text }) => sum + wordsOf(text).length, 0)
  const ordinary = prose.filter(({ text }) => isOrdinary(text))
  const uses = ordinary.flatMap((sentence) => contentWords(sentence.text).map(({ text, stem }) => ({ text, stem, sentence })))
  return [...Map.groupBy(uses, ({ stem }) => stem)]
    .flatMap(([stem, used]) => {
      const word = commonest(used.map(({ text }) => text))
      const shown = [...new Set(used.map(({ sentence }) => sentence))]
      const inTexts = new Set(shown.map(({ documentId }) => documentId)).size
      const isOwn = used.length >= Math.max(places, times * rarest * all) && inTexts >= texts
      if (!isOwn || !/^\p{Ll}{4,20}$/u.test(word) || everydayWords.has(stem)) return []
      return [{ word, uses: used.length, inTexts, shown }]
    })
    .toSorted((a, b) => b.uses - a.uses || a.word.localeCompare(b.word))
    .slice(0, most)
    .map(({ word, uses: n, inTexts, shown }): Learnt => ({
      field: 'words', value: word, evidence: seenIn(shown),
      why: `${n} times in ${inTexts} texts: over ${Math.floor(n / all / rarest)} times as often as English uses it at most`,
    }))
} // prettier-ignore

/** The form of a word that is used most. */
function commonest(forms: readonly string[]): string {
  const [first] = [...Map.groupBy(forms, (form) => form)].toSorted((a, b) => b[1].length - a[1].length)
  return first?.[0] ?? ''
}

import { detect } from '../guardrails/injection/detect.ts'
import type { Language } from '../guardrails/rule.ts'
import { coverage, denies, wordsOf } from '../guardrails/words.ts'
import { findPersonal } from '../redact/patterns.ts'
import { medianLength } from './habits.ts'
import { seenIn, type Learnt } from './learnt.ts'
import { isCleanText, isOrdinary, type Sentence } from './own-sentences.ts'

const most = 5
const [shortest, longest] = [7, 28]

/** What goes out of date, binds the business, or belongs to somebody, is imitated least of all. */
const passing =
  /\d|[€$£%@]|https?:|www\.|["“”„«»‘]|\[|\{|<|:|\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|prices?|costs?|pay|paid|charged?|money|free|refunds?|guarantee\w*|return(?:s|ed)?|later|until|within)\b/i

const pronouns = /(?<!\p{L})(?:we|us|our|you|your|wij|ons|onze|je|jij|jouw|u|uw|wir|uns|unser\p{L}*|du|dich|dein\p{L}*|Sie|Ihr\p{L}*|nous|notre|nos|vous|votre|vos)(?!\p{L})/giu // prettier-ignore

/**
 * A few sentences that show how the business writes: of middling length for it, speaking as it speaks, about its own
 * things, each from another text and about something else. Only such as hide nothing, speak to no model, name nobody,
 * and hold no figure.
 */
export function toneExamples(prose: readonly Sentence[], words: readonly string[], language: Language | null): Learnt[] {
  if (language === null) return []
  const median = medianLength(prose)
  const own = new Set(words)
  const ranked = prose
    .filter(({ text }) => mayStand(text, language))
    .map((sentence) => ({ sentence, score: scoreOf(sentence.text, median, own) }))
    .toSorted((a, b) => b.score - a.score || a.sentence.text.localeCompare(b.sentence.text))
    .slice(0, 60)
    .filter(({ sentence: { text } }) => !detect(text).injected && findPersonal(text).length === 0)
  const chosen = ranked.reduce<Sentence[]>((kept, { sentence }) => {
    const isNew = kept.every((other) => other.documentId !== sentence.documentId && coverage(sentence.text, other.text) < 0.5)
    return isNew && kept.length < most ? [...kept, sentence] : kept
  }, [])
  return chosen.map((sentence) => ({ field: 'examples', value: sentence.text, why: 'of middling length for its texts, and speaks as they do', evidence: seenIn([sentence]) }))
} // prettier-ignore

/** A name inside a sentence: of somebody, a product or a place. German writes every noun so, names alone in pairs. */
const names = (language: Language): RegExp =>
  language === 'de' ? /\p{Lu}\p{L}+ \p{Lu}\p{L}+/u : /(?<=[\p{L},;]\s)\p{Lu}\p{L}/u

function mayStand(text: string, language: Language): boolean {
  const words = wordsOf(text).length
  const isWhole = words >= shortest && words <= longest && /^\p{Lu}.*[.!]$/u.test(text)
  return (
    isWhole &&
    !passing.test(text) &&
    !names(language).test(text) &&
    isOrdinary(text) &&
    !denies(text) &&
    isCleanText(text)
  )
}

function scoreOf(text: string, median: number, own: ReadonlySet<string>): number {
  const words = wordsOf(text)
  const ofOurs = words.filter(({ text: word }) => own.has(word.toLowerCase())).length
  const speaks = Math.min(2, text.match(pronouns)?.length ?? 0)
  return speaks + Math.min(2, ofOurs) - Math.abs(words.length - median) / Math.max(1, median)
}

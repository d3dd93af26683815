import { gradeOf } from '../guardrails/reading-level.ts'
import type { Language } from '../guardrails/rule.ts'
import { wordsOf } from '../guardrails/words.ts'
import { seenIn, type Learnt } from './learnt.ts'
import type { Sentence } from './own-sentences.ts'

/** Fewer sentences show no habit. */
export const fewest = 20

/** How often something is done, and where it shows: in those sentences that do it, or else in any. */
type Measured = { share: number; shown: readonly Sentence[] }

/**
 * How a business writes, each habit in words of ours by what was counted: no text of a source ever stands in them. What
 * is neither the one nor the other is no habit.
 */
export function habitsOf(prose: readonly Sentence[], language: Language | null): Learnt[] {
  if (prose.length < fewest) return []
  const counted = ({ share }: Measured): string => `${Math.round(share * prose.length)} of ${prose.length} sentences`
  const length = lengthHabit(prose)
  const calls = measured(prose, /!["”’)]*$/)
  const emoji = measured(prose, /\p{Extended_Pictographic}/u)
  const shouts = measured(prose, /(?<![\p{L}\p{N}])\p{Lu}{5,}(?![\p{L}\p{N}])/u)
  return [
    said(length.words, `the middle one of ${prose.length} sentences has ${length.median} words`, length.shown),
    ...(calls.share === 0 ? [said('no exclamation marks', `none of ${prose.length} sentences ends in one`, prose)] : []),
    ...(calls.share >= 0.1 ? [said('an exclamation mark now and then', `${counted(calls)} end in one`, calls.shown)] : []),
    ...(emoji.share === 0 ? [said('no emoji', `none of ${prose.length} sentences has one`, prose)] : []),
    ...(emoji.share >= 0.05 ? [said('an emoji now and then', `${counted(emoji)} have one`, emoji.shown)] : []),
    ...(shouts.share === 0 ? [said('no capitals for emphasis', `none of ${prose.length} sentences has such a word`, prose)] : []),
    ...(language === null ? [] : personHabits(prose, language).map(({ words, share, shown }) => said(words, `${counted({ share, shown })} do`, shown))),
    ...(language === 'en' ? englishHabits(prose).map(({ words, why, shown }) => said(words, why, shown)) : []),
  ]
} // prettier-ignore

const said = (value: string, why: string, shown: readonly Sentence[]): Learnt => ({
  field: 'voice',
  value,
  why,
  evidence: seenIn(shown),
})

function measured(prose: readonly Sentence[], pattern: RegExp): Measured {
  const shown = prose.filter(({ text }) => pattern.test(text))
  return { share: shown.length / prose.length, shown }
}

const countOf = ({ text }: Sentence): number => wordsOf(text).length

/** The length of the middle sentence, in words. */
export function medianLength(prose: readonly Sentence[]): number {
  const counts = prose.map(countOf).toSorted((a, b) => a - b)
  return counts[Math.floor(counts.length / 2)] ?? 0
}

function lengthHabit(prose: readonly Sentence[]): { words: string; median: number; shown: Sentence[] } {
  const median = medianLength(prose)
  const words = median <= 14 ? 'short sentences' : median <= 20 ? 'sentences of middling length' : 'long sentences'
  return { words, median, shown: prose.filter((sentence) => Math.abs(countOf(sentence) - median) <= 2) }
}

/** Words by which a business speaks of itself, and to its reader. */
const persons: Readonly<Partial<Record<Language, { we: RegExp; you: RegExp }>>> = {
  en: { we: /\b(?:we|our|ours|us)\b/i, you: /\b(?:you|your|yours)\b/i },
  nl: { we: /\b(?:wij|we|ons|onze)\b/i, you: /\b(?:je|jij|jou|jouw|jullie|u|uw)\b/i },
  de: { we: /\b(?:wir|uns|unser\p{L}*)\b/iu, you: /\b(?:du|dich|dir|dein\p{L}*|Ihnen|Ihre?[nrms]?)\b/u },
  fr: { we: /\b(?:nous|notre|nos)\b/i, you: /\b(?:vous|votre|vos|tu|toi)\b/i },
}

function personHabits(prose: readonly Sentence[], language: Language): (Measured & { words: string })[] {
  const words = persons[language]
  if (!words) return []
  const we = measured(prose, words.we)
  const you = measured(prose, words.you)
  if (we.share < 0.05) return []
  return [
    { words: 'the business says “we”', ...we },
    ...(you.share < 0.05 ? [] : [{ words: 'readers are addressed directly', ...you }]),
  ]
}

const short = /\b(?:\p{L}+n['’]t|(?:i|we|you|they)['’](?:re|ve|ll|d|m)|(?:it|that|there|here|what)['’]s|let['’]s)\b/iu
const full = /\b(?:(?:do|does|did|is|are|was|were|will|would|can|could|should|have|has|had) ?not|(?:we|you|they) (?:are|have|will)|(?:it|that|there) is|let us)\b/i // prettier-ignore

/** Contractions among what might be contracted; and the school years that the text asks for. */
function englishHabits(prose: readonly Sentence[]): { words: string; why: string; shown: readonly Sentence[] }[] {
  const contracted = prose.filter(({ text }) => short.test(text))
  const whole = prose.filter(({ text }) => full.test(text))
  const either = contracted.length + whole.length
  const grade = gradeOf(prose.map(({ text }) => text).join('\n'))
  const why = `${contracted.length} of ${either} sentences that could contract words do`
  return [
    ...(grade <= 8 ? [{ words: 'plain words', why: `the text asks for ${Math.max(1, Math.round(grade))} years of school`, shown: prose }] : []),
    ...(either >= 8 && contracted.length / either <= 0.1 ? [{ words: 'no contractions', why, shown: whole }] : []),
    ...(either >= 8 && contracted.length / either >= 0.5 ? [{ words: 'contractions such as “we’re”', why, shown: contracted }] : []),
  ]
} // prettier-ignore

/** The school years that the business's English asks for: a goal for its copy too, and two more, as single texts differ. */
export function gradeGoal(prose: readonly Sentence[], language: Language | null): Learnt[] {
  if (language !== 'en' || prose.length < fewest) return []
  const grade = gradeOf(prose.map(({ text }) => text).join('\n'))
  const value = Math.min(12, Math.max(6, Math.ceil(grade) + 2))
  const why = `its texts ask for ${grade.toFixed(1)} years of school in the mean (Flesch–Kincaid), single ones for more`
  return [{ field: 'readingGrade', value, why, evidence: seenIn(prose) }]
}

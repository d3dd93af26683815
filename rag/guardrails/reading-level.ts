import { languageOf } from './language.ts'
import { warn, type Rule } from './rule.ts'
import { sentencesOf, wordsOf } from './words.ts'

/** School years that a reader of marketing should need at most, where the brand asks for no fewer; and words of one sentence. */
const most = { grade: 12, words: 35 }

/** Syllables of an English word, about: groups of vowels, less a silent e. */
export const syllablesOf = (word: string): number => {
  const plain = word.toLowerCase().replace(/[^a-z]/g, '')
  const groups = plain.replace(/(?:[^laeiouy]es|[^laeiouy]ed|[^laeiouy]e)$/, '').match(/[aeiouy]{1,2}/g)
  return Math.max(1, groups?.length ?? 1)
}

/** The school year that English text asks for: 0.39 · words/sentences + 11.8 · syllables/words − 15.59 (Kincaid et al. 1975). */
export function gradeOf(text: string): number {
  const words = wordsOf(text).map((word) => word.text)
  const sentences = sentencesOf(text).length
  if (words.length === 0 || sentences === 0) return 0
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word), 0)
  return 0.39 * (words.length / sentences) + 11.8 * (syllables / words.length) - 15.59
}

/** Copy that can be read once, on a phone, by somebody who thinks of something else. */
export const readingLevel: Rule = {
  name: 'reading-level',
  version: 2,
  what: 'Sentences are short and words plain enough for everybody',
  why: 'Half of all adults read no better than a pupil of fourteen',
  check: ({ copies, context }) => {
    const sentences = copies.filter((copy) => copy.kind === 'sentence')
    const long = sentences.filter((copy) => wordsOf(copy.text).length > most.words)
    const text = sentences.map((copy) => copy.text).join('\n')
    const grade = wordsOf(text).length >= 60 && (languageOf(text) ?? 'en') === 'en' ? gradeOf(text) : 0
    return [
      ...long.map((copy) => warn(copy, null, `A sentence of ${wordsOf(copy.text).length} words`, 'Make two of it')),
      ...(grade > (context.readingGrade ?? most.grade)
        ? [
            warn(
              { where: 'body' },
              null,
              `This asks for ${Math.ceil(grade)} years of school`,
              'Use shorter sentences and plainer words',
            ),
          ]
        : []),
    ]
  },
}

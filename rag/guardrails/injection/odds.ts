import { probability, type Logistic } from '../../claims/logistic.ts'
import { wordsOf } from '../words.ts'
import type { Signs } from './signs.ts'
import { injectionWeights } from './weights.ts'
import { wordWeights } from './word-weights.ts'

/** What words add to the log-odds of the signs, by stem; that of the first word of a sentence has a `^` before it. */
export type WordWeights = Readonly<Record<string, number>>

/** The stems of a sentence that may have weights, each once. */
export function lexemes(sentence: string): string[] {
  const stems = wordsOf(sentence).map(({ stem }) => stem)
  return [...new Set([...stems.slice(0, 1).map((stem) => `^${stem}`), ...stems])]
}

/** How likely a sentence speaks to a machine, 0 to 1: by what marks it, and by its words. */
export function likelihood(
  sentence: string,
  signs: Signs,
  weights: { signs: Logistic; words: WordWeights } = { signs: injectionWeights, words: wordWeights },
): number {
  const base = Math.min(1 - 1e-9, Math.max(1e-9, probability(weights.signs, signs)))
  const added = lexemes(sentence).reduce((sum, lexeme) => sum + (weights.words[lexeme] ?? 0), 0)
  return 1 / (1 + Math.exp(-(Math.log(base / (1 - base)) + added)))
}

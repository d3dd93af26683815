import { z } from 'zod'
import { featuresOf } from '../claims/features.ts'
import { enough, scoreOf } from '../claims/judge.ts'
import { fit, type Example, type Logistic } from '../claims/logistic.ts'
import { meaningOf } from '../claims/meaning.ts'
import { readClaim, readEvidence } from '../claims/readings.ts'
import type { Embedder } from '../embedder.ts'
import { figuresOf } from '../guardrails/figures.ts'
import { contentWords, wordsOf } from '../guardrails/words.ts'

/** A claim with its evidence and the truth: `supported`, `partially_supported` or `not_supported` (WiCE). */
export const labelledClaimSchema = z.object({ claim: z.string(), evidence: z.array(z.string()), label: z.string() })
export type LabelledClaim = z.infer<typeof labelledClaimSchema>

/** How strongly weights are held down: few claims, so a lot. */
export const ridge = 20

/** The claims as examples to learn from; with an embedder, the meaning too. */
export async function examplesOf(claims: readonly LabelledClaim[], embedder?: Embedder): Promise<Example[]> {
  const examples: Example[] = []
  for (const { claim, evidence: sentences, label } of claims) {
    const read = readClaim(claim)
    const evidence = readEvidence(read, sentences)
    const meaning = embedder ? await meaningOf(embedder, read, evidence) : {}
    examples.push({ values: { ...featuresOf(read, evidence), ...meaning }, is: label === 'supported' })
  }
  return examples
}

/** The features that all examples have, in their order. */
export const namesOf = (examples: readonly Example[]): string[] => Object.keys(examples[0]?.values ?? {})

/** The mean of the share found of each class: 0.5 is chance. */
export function balancedAccuracy(examples: readonly Example[], said: readonly boolean[]): number {
  const share = (is: boolean): number => {
    const places = [...examples.keys()].filter((at) => examples[at]!.is === is)
    return places.filter((at) => said[at] === is).length / places.length
  }
  return (share(true) + share(false)) / 2
}

export type Spread = { mean: number; deviation: number; lowest: number; highest: number }

/**
 * Repeated, stratified cross-validation: each claim is judged by weights that never saw it. The features are fixed,
 * the threshold is 0.5 (both classes weigh the same in the fit), so nothing is chosen on what is measured.
 */
export function crossValidated(examples: readonly Example[], { folds = 10, repeats = 10 } = {}): Spread {
  const names = namesOf(examples)
  const found = Array.from({ length: repeats }, (_, repeat) => {
    const fold = foldsOf(examples, folds, repeat + 1)
    const models = Array.from({ length: folds }, (__, out): Logistic =>
      fit(examples.filter((___, at) => fold[at] !== out), names, ridge)) // prettier-ignore
    return balancedAccuracy(examples, examples.map(({ values }, at) => scoreOf(models[fold[at]!]!, values) >= enough)) // prettier-ignore
  })
  const mean = found.reduce((sum, one) => sum + one, 0) / found.length
  const variance = found.reduce((sum, one) => sum + (one - mean) ** 2, 0) / found.length
  return { mean, deviation: Math.sqrt(variance), lowest: Math.min(...found), highest: Math.max(...found) }
}

/** The fold of each example: the classes apart, shuffled by a seed (Park and Miller's generator). */
function foldsOf(examples: readonly Example[], folds: number, seed: number): number[] {
  let state = seed * 16807
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647
  const fold: number[] = []
  for (const is of [true, false]) {
    const places = [...examples.keys()].filter((at) => examples[at]!.is === is)
    const shuffled = places.map((at) => ({ at, key: random() })).toSorted((a, b) => a.key - b.key)
    for (const [index, { at }] of shuffled.entries()) fold[at] = index % folds
  }
  return fold
}

/** Two plain ways to judge, to compare with: the share of words found, and that share where every number is found too. */
export function baselines(claims: readonly LabelledClaim[]): { overlap: number; withNumbers: number } {
  const examples = claims.map(({ label }): Example => ({ values: {}, is: label === 'supported' }))
  const shares = claims.map(({ claim, evidence }) => {
    const said = contentWords(claim).map((word) => word.stem)
    const known = new Set(evidence.flatMap((text) => wordsOf(text).map((word) => word.stem)))
    return said.filter((stem) => known.has(stem)).length / Math.max(1, said.length)
  })
  const numbers = claims.map(({ claim, evidence }) => {
    const known = new Set(evidence.flatMap((text) => text.match(/\d+/g) ?? []))
    return figuresOf(claim).every(({ text }) => (text.match(/\d+/g) ?? []).every((number) => known.has(number)))
  })
  const best = (says: (at: number, threshold: number) => boolean): number =>
    Math.max(...shares.map((threshold) => balancedAccuracy(examples, shares.map((_, at) => says(at, threshold))))) // prettier-ignore
  return {
    overlap: best((at, threshold) => shares[at]! >= threshold),
    withNumbers: best((at, threshold) => shares[at]! >= threshold && numbers[at]!),
  }
}

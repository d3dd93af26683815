import type { Embedder } from '../embedder.ts'
import { contradiction } from './contradiction.ts'
import { bestWindow, featuresOf, missingTerms, nearest, valuesElsewhere } from './features.ts'
import { probability, type Logistic } from './logistic.ts'
import { meaningOf, type Meaning } from './meaning.ts'
import { readClaim, readEvidence, type Claim, type Evidence } from './readings.ts'
import { byMeaning, byWords } from './weights.ts'

/** A claim judged. `score` is how likely all of it is supported, 0 to 1; `reasons` are words for a reader. */
export type Judgement = { supported: boolean; score: number; reasons: string[] }

/** The model whose cosines the weights of meaning were fitted on: another one's are not alike. */
export const meaningModel = 'all-MiniLM-L6-v2'

/** From this score on a claim counts as supported: both classes weighed the same when the weights were fitted. */
export const enough = 0.5

/** In long prose two sentences must have nearly all words in common before one can contradict the other. */
const same = 0.8

/** What a claim may score at most that its evidence contradicts, or of which a number or day stands nowhere in it. */
const most = { contradicted: 0.1, withoutNumber: 0.4 }

/** How likely a claim with these features is supported, 0 to 1. */
export const scoreOf = (model: Logistic, features: Readonly<Record<string, number>>): number =>
  Math.min(probability(model, features), (features['aValueMissing'] ?? 0) > 0 ? most.withoutNumber : 1)

/** Judges a claim by the words, names and numbers of its evidence, sentence by sentence. Needs no model. */
export function judge(claim: string, sentences: readonly string[]): Judgement {
  const read = readClaim(claim)
  return judged(read, readEvidence(read, sentences), null)
}

/** The same, with the meaning of its parts compared too. Throws when the embedder cannot be reached. */
export async function judgeWithMeaning(
  embedder: Embedder,
  claim: string,
  sentences: readonly string[],
): Promise<Judgement> {
  const read = readClaim(claim)
  const evidence = readEvidence(read, sentences)
  return judged(read, evidence, await meaningOf(embedder, read, evidence))
}

function judged(claim: Claim, evidence: Evidence, meaning: Meaning | null): Judgement {
  const features = featuresOf(claim, evidence)
  const likely = meaning ? scoreOf(byMeaning, { ...features, ...meaning }) : scoreOf(byWords, features)
  const near = nearest(claim.terms, evidence.passages, 2).map((place) => evidence.passages[place]!.text)
  const opposite = contradiction(claim.text, near, same)
  const score = opposite === null ? likely : Math.min(likely, most.contradicted)
  const supported = score >= enough
  const reasons = supported
    ? near.map((text) => `The evidence says: “${shortened(text)}”`)
    : doubts(claim, evidence, opposite)
  return { supported, score: Math.round(score * 1000) / 1000, reasons }
}

const quoted = (items: readonly { text: string }[]): string =>
  [...new Set(items.map(({ text }) => `“${text}”`))].join(', ')
const shortened = (text: string): string => (text.length > 160 ? `${text.slice(0, 157).trimEnd()}…` : text.trim())

/** What keeps a claim from being supported, the gravest first. */
function doubts(claim: Claim, evidence: Evidence, opposite: string | null): string[] {
  if (evidence.passages.length === 0) return ['There is no evidence']
  const absent = claim.values.filter(({ key }) => !evidence.values.has(key))
  const apart = valuesElsewhere(claim, evidence).filter((value) => !absent.includes(value))
  const missing = missingTerms(claim, evidence)
  const names = missing.filter((term) => term.name)
  const words = missing.filter((term) => !term.name)
  const weak = claim.parts.filter((part) => bestWindow(part.terms, evidence.passages, 2) < 0.5)
  const found = [
    opposite === null ? null : `The evidence says the opposite: “${shortened(opposite)}”`,
    absent.length > 0 ? `The evidence nowhere says ${quoted(absent)}` : null,
    names.length > 0 ? `The evidence does not name ${quoted(names)}` : null,
    apart.length > 0 ? `${quoted(apart)} stands in the evidence, but not beside what the claim says` : null,
    ...weak.map((part) => `Nothing supports “${part.text}”`),
    words.length > 0 ? `The evidence has no word for ${quoted(words)}` : null,
  ].filter((reason) => reason !== null)
  return found.length > 0 ? found : ['The words of the claim stand in the evidence, but not together']
}

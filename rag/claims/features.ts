import type { Claim, Evidence, Passage, Term } from './readings.ts'

/** How a claim stands beside its evidence. Shares are of the claim's words, 0 to 1; the others are counts, or 0 and 1. */
export type Features = {
  /** The most that three sentences in a row have of its words. */
  window: number
  /** Of its words that stand close together, those that stand together in a sentence of the evidence. */
  neighbours: number
  /** The most that two sentences in a row have of its weakest part. */
  weakestPart: number
  /** The most that the sentences around one of its names have of its words; of the worst name. */
  aroundNames: number
  aNameMissing: number
  wordsMissing: number
  aValueMissing: number
  /** Numbers, days and months that do not stand near the sentences that say most of the rest. */
  valuesElsewhere: number
  aValueElsewhere: number
  values: number
  words: number
}

/** Below this worth a word counts as missing: a likely form of it is enough. */
const there = 0.5

export function featuresOf(claim: Claim, evidence: Evidence): Features {
  const { terms, values, parts } = claim
  const { passages } = evidence
  const missing = missingTerms(claim, evidence)
  const around = terms.filter((term) => term.name).map((term) => mostAround(term, terms, passages))
  const elsewhere = valuesElsewhere(claim, evidence).length
  return {
    window: bestWindow(terms, passages, 3),
    neighbours: neighbours(terms, passages),
    weakestPart: Math.min(1, ...parts.map((part) => bestWindow(part.terms, passages, 2))),
    aroundNames: Math.min(1, ...around),
    aNameMissing: Number(missing.some((term) => term.name)),
    wordsMissing: missing.length,
    aValueMissing: Number(values.some(({ key }) => !evidence.values.has(key))),
    valuesElsewhere: elsewhere,
    aValueElsewhere: Number(elsewhere > 0),
    values: values.length,
    words: terms.length,
  }
}

/** The words of a claim that the evidence has in no form. */
export const missingTerms = ({ terms }: Pick<Claim, 'terms'>, { best }: Evidence): Term[] =>
  terms.filter((term) => (best.get(term.stem) ?? 0) < there)

/** The values that do not stand in or beside the five sentences that together say most, nor where the page is dated. */
export function valuesElsewhere({ terms, values }: Claim, { passages }: Evidence): Claim['values'] {
  if (values.length === 0) return []
  const near = nearest(terms, passages, 5).flatMap((place) => [place - 1, place, place + 1])
  const places = new Set([...near, ...passages.filter(isDate).map(({ place }) => place)])
  const known = new Set(passages.filter(({ place }) => places.has(place)).flatMap((passage) => [...passage.values]))
  return values.filter(({ key }) => !known.has(key))
}

/** A line that says when a page was published: its day counts for every sentence. */
const isDate = ({ text, place, values }: Passage): boolean =>
  values.size > 0 && text.length < 120 && (place < 3 || /\b(?:published|updated|posted|date)\b/i.test(text))

/** The greatest of numbers from 0 up; there may be more of them than a call takes arguments. */
const greatest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0)

/** The share of some words that passages have together, each by how well it is had; 1 where there are no words. */
export function covered(terms: readonly Term[], passages: readonly Passage[]): number {
  if (terms.length === 0) return 1
  const worth = ({ stem }: Term) => greatest(passages.map(({ has }) => has.get(stem) ?? 0))
  return terms.reduce((sum, term) => sum + worth(term), 0) / terms.length
}

/** The most that so many sentences in a row have of some words. */
export const bestWindow = (terms: readonly Term[], passages: readonly Passage[], length: number): number =>
  greatest(passages.map((_, at) => covered(terms, passages.slice(at, at + length))))

/** The places of the sentences that together have most of some words: the best, then what adds most to it, and so on. */
export function nearest(terms: readonly Term[], passages: readonly Passage[], most: number): number[] {
  const chosen: Passage[] = []
  let reached = 0
  while (chosen.length < most) {
    let best: Passage | undefined
    for (const passage of passages) {
      if (passage.has.size === 0) continue
      const now = covered(terms, [...chosen, passage])
      if (now > reached + 1e-9) [best, reached] = [passage, now]
    }
    if (best === undefined) break
    chosen.push(best)
  }
  return chosen.map(({ place }) => place)
}

const holds = ({ has }: Passage, { stem }: Term): boolean => (has.get(stem) ?? 0) > there

function mostAround(name: Term, terms: readonly Term[], passages: readonly Passage[]): number {
  const places = passages.filter((passage) => holds(passage, name)).map(({ place }) => place)
  return greatest(places.map((at) => covered(terms, passages.slice(Math.max(0, at - 1), at + 2))))
}

/** The closer two words stand in the claim, the more it counts that one sentence has both. */
function neighbours(terms: readonly Term[], passages: readonly Passage[]): number {
  let all = 0
  let found = 0
  for (const [at, one] of terms.entries()) {
    const having = passages.filter((passage) => holds(passage, one))
    for (const [gap, other] of terms.slice(at + 1).entries()) {
      const weight = 1 / (2 + gap)
      all += weight
      if (having.some((passage) => holds(passage, other))) found += weight
    }
  }
  return all === 0 ? 1 : found / all
}

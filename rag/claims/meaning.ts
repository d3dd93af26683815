import type { Embedder } from '../embedder.ts'
import { covered } from './features.ts'
import type { Claim, Evidence } from './readings.ts'

/** How near in meaning a claim is to its evidence: cosines, −1 to 1. */
export type Meaning = {
  /** Of the whole claim and the nearest sentence, or two in a row. */
  nearest: number
  /** Of each part and what is nearest to it, on average. */
  ofParts: number
}

/** Comparing a page whole would take seconds: meaning is compared with the sentences that share most words. */
const most = { sentences: 8, pairs: 4 }

export async function meaningOf(embedder: Embedder, claim: Claim, { passages }: Evidence): Promise<Meaning> {
  const best = passages
    .map((passage) => ({ passage, share: covered(claim.terms, [passage]) }))
    .toSorted((a, b) => b.share - a.share)
    .slice(0, most.sentences)
    .map(({ passage }) => passage)
  const pairs = best.slice(0, most.pairs).flatMap(({ place, text }) => {
    const next = passages[place + 1]
    return next ? [`${text} ${next.text}`] : []
  })
  const said = [claim.text, ...claim.parts.map((part) => part.text)]
  const known = [...best.map(({ text }) => text), ...pairs]
  if (known.length === 0) return { nearest: 0, ofParts: 0 }
  const vectors = await embedder.embed([...said, ...known])
  const evidence = vectors.slice(said.length)
  const [whole = 0, ...parts] = vectors
    .slice(0, said.length)
    .map((one) => Math.max(...evidence.map((other) => dot(one, other))))
  return {
    nearest: whole,
    ofParts: parts.length === 0 ? whole : parts.reduce((sum, part) => sum + part, 0) / parts.length,
  }
}

const dot = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, at) => sum + value * other[at]!, 0)

import { isService } from './offers.ts'
import { answers, appeal, asked, figureLoad, overlap, type Relevance } from './relevance.ts'
import type { SourceSentence } from './sentences.ts'

/** Up to three sentences that stand beside each other in one source. */
export type Passage = {
  sentences: SourceSentence[]
  /** The question it answers, where the goal asks it or the answer needs it. */
  question: string | null
  relevance: number
  score: number
}

export const textOf = (passage: Passage): string => passage.sentences.map(({ text }) => text).join(' ')

/** A letter teaches or tells little: three passages at most, unless its form has room. */
const mostOfLetter = 3

/** What passages are for: the offers they stand beside, the goal they serve; a lesson stays with its document. */
export type Wanted = {
  names: readonly string[]
  aboutOnly: boolean
  goal: string
  isLesson: boolean
  most?: number | undefined
}

/**
 * Chooses passages: the most relevant and fit first, then those that add to it; one that begins with what the letter
 * offers (`names`) comes before others. A passage that repeats what was chosen loses by how much it repeats; one far
 * less relevant than the first is left out; with `aboutOnly`, so is one that is about something else.
 */
export function choosePassages(
  sentences: readonly SourceSentence[],
  relevance: Relevance,
  { names, aboutOnly, goal, isLesson, most = mostOfLetter }: Wanted,
): Passage[] {
  const fit = windowsOf(sentences, relevance)
    .flatMap((passage) => answering(passage, goal))
    .filter(
      (passage) => (!aboutOnly || passage.relevance > 0) && (!isTerms(passage.sentences) || passage.relevance >= 0.5),
    )
  const windows = fit.map((passage) => {
    const opening = passage.sentences[0]?.text ?? ''
    return names.some((name) => opening.startsWith(name)) ? { ...passage, score: passage.score + 0.3 } : passage
  })
  const chosen: Passage[] = []
  while (chosen.length < most) {
    const [first] = chosen
    // What a form has room for beyond that is worth it only where it is nearly as much to the point.
    const least = first
      ? first.relevance * (chosen.length < mostOfLetter ? 0.5 : 0.8)
      : Math.max(0, ...windows.map((passage) => passage.relevance)) * 0.6
    const near = windows
      .filter((passage) => passage.relevance >= least || (isLesson && first !== undefined && isOfOne(first, passage))) // prettier-ignore
      .filter((passage) => !isLesson || first === undefined || isOfOne(first, passage))
    const best = bestOf(near, chosen)
    if (!best || (first && best.score < first.score * 0.4)) break
    chosen.push(best.passage)
  }
  return chosen
}

/** What answers a question that the goal asks is what the letter is for. What stands neither alone nor so is none. */
function answering(passage: Passage, goal: string): Passage[] {
  const [first] = passage.sentences
  const question = first?.question ?? null
  const share = question === null ? 0 : asked(question, goal)
  if (question === null || !answers(question, goal)) {
    if (first?.standsAlone === true) return [passage]
    return question !== null && /^yes\b/i.test(first?.text ?? '') ? [{ ...passage, question }] : []
  }
  const score = passage.score + share + 0.2 * (passage.sentences.length - 1)
  return [{ ...passage, question, relevance: Math.max(passage.relevance, share), score }]
}

const isOfOne = (...passages: readonly Passage[]): boolean =>
  new Set(passages.map(({ sentences }) => sentences[0]?.evidence.title?.split(': ')[0])).size === 1

function bestOf(windows: readonly Passage[], chosen: readonly Passage[]) {
  const before = chosen.map(textOf)
  const sources = new Set(chosen.flatMap(({ sentences }) => sentences.map(({ evidence }) => evidence.id)))
  let best: { passage: Passage; score: number } | null = null
  for (const passage of windows) {
    if (passage.sentences.some(({ evidence }) => sources.has(evidence.id))) continue
    const repeats = Math.max(0, ...before.map((text) => overlap(textOf(passage), text)))
    if (repeats > 0.6) continue
    const score = passage.score * (1 - repeats)
    if (score > 0 && (!best || score > best.score)) best = { passage, score }
  }
  return best
}

/** All runs of one to three neighbours that begin with a sentence that can be understood alone or with its question. */
function windowsOf(sentences: readonly SourceSentence[], relevance: Relevance): Passage[] {
  // Facts and passages were found apart: a rank counts among its own kind.
  const order = Map.groupBy(new Set(sentences.map(({ evidence }) => evidence)), (item) => item.citation.kind)
  return sentences.flatMap((first, at) => {
    if (!first.standsAlone && first.question === null) return []
    const alike = order.get(first.evidence.citation.kind) ?? []
    const rank = alike.indexOf(first.evidence) / Math.max(1, alike.length)
    return [1, 2, 3].flatMap((length) => {
      const run = sentences.slice(at, at + length)
      const together = run.every((one) => one.evidence.id === first.evidence.id && one.run === first.run)
      const size = run.reduce((sum, one) => sum + one.text.length, 0)
      if (run.length < length || !together || (length > 1 && size > 330)) return []
      return [passageOf(run, relevance, rank)]
    })
  })
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Policies and delivery: good to know for those who ask, and no way to begin. */
const isTerms = ([first]: readonly SourceSentence[]): boolean => first !== undefined && isService(first.evidence)

/** Relevance counts most; retrieval's own order (rank, 0 = first) decides between equals. */
function passageOf(sentences: SourceSentence[], relevance: Relevance, rank: number): Passage {
  const title = sentences[0]?.evidence.title ?? ''
  const all = sentences.map(({ text }) => text).join(' ')
  const whole = relevance(all, title)
  const about = 0.6 * whole + 0.4 * mean(sentences.map(({ text }) => relevance(text, title)))
  const fit =
    mean(sentences.map(({ text }) => appeal(text))) -
    figureLoad(all) -
    (sentences[0]?.opens === true ? 0 : 0.2) -
    (isTerms(sentences) ? 0.3 : 0) -
    (all.length < 60 ? 0.4 : 0)
  return {
    sentences,
    question: null,
    relevance: whole,
    score: 1.4 * about + fit + 0.25 * (1 - rank) + 0.08 * (sentences.length - 1),
  }
}

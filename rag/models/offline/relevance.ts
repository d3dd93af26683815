import type { DraftRequest } from '../../draft.ts'
import { figuresOf } from '../../guardrails/figures.ts'
import { contentWords, denies, wordsOf } from '../../guardrails/words.ts'

/** Words of briefs that say what kind of letter it is, not what it is about. */
const aboutLetters = new Set(
  contentWords(
    'win bring welcome back invite remind encourage ask tell announce introduce launch show sell promote offer thank send write email mail letter campaign message customer people person buyer reader client subscriber member segment lapsed inactive dormant new loyal regular bought buy order ordered purchase purchased try interest interested want need help reach month week day year last past since who have not yet business shop store product products item items try tried tries two three four five six seven eight nine ten once twice least often small start active say says tell tells know cost costs price prices work works people now then least without find happen second third sign tell soon',
  ).map(({ stem }) => stem),
)

/** What a marketing letter rarely wants to say, unless it is the very topic. */
const fineprint =
  /\b(?:refunds?|refunded|withdrawal|statutory|certificates?|VAT|damaged|missing|lost|invoices?|faulty|residual|notice period|terms|liab\w+|dispute[sd]?|allerg\w+)\b/i

/** What helps to decide, and is no way to begin: how to get out again. */
export const isReassurance = (text: string): boolean =>
  fineprint.test(text) || /\b(?:cancel|money back|return)\b/i.test(text)

export type Relevance = (text: string, context?: string) => number

const stems = (text: string): Set<string> => new Set(contentWords(text).map(({ stem }) => stem))

/**
 * The words that a letter's topic is made of, with their weight: the goal's in full, those of what it offers, of
 * the segment and of its intent less.
 */
export function topicOf(
  { brief, business }: DraftRequest,
  names: readonly string[] = [],
  theme = '',
): Map<string, number> {
  const own = stems(business.name)
  const topic = new Map<string, number>()
  const add = (text: string, weight: number): void => {
    for (const stem of stems(text)) {
      if (!aboutLetters.has(stem) && !own.has(stem)) topic.set(stem, Math.max(weight, topic.get(stem) ?? 0))
    }
  }
  add(brief.goal, 1)
  add(`${brief.segment.name} ${brief.segment.description ?? ''}`, 0.5)
  for (const name of names) add(name, 0.7)
  add(theme, 0.4)
  return topic
}

/**
 * How much a text is about the topic: the weights of the topic's words in it, each by its rarity in the corpus
 * (log((n + 1) / (df + 0.5)), as in BM25), over the most that is possible. `context` (a title) counts by half.
 */
export function relevanceTo(topic: ReadonlyMap<string, number>, rarity: Rarity): Relevance {
  const worth = [...topic].map(([stem, weight]): [string, number] => [stem, weight * rarity(stem)])
  const most = worth.reduce((sum, [, value]) => sum + value, 0)
  return (text, context = '') => {
    if (most === 0) return 0
    const said = stems(text)
    const titled = stems(context)
    const found = worth.map(([stem, value]) => value * (said.has(stem) ? 1 : titled.has(stem) ? 0.5 : 0))
    return found.reduce((sum, value) => sum + value, 0) / most
  }
}

/** How much a word tells things apart: 0 for one that the corpus does not have, or has nearly everywhere. */
export type Rarity = (stem: string) => number

export function rarityIn(corpus: readonly string[]): Rarity {
  const sets = corpus.map(stems)
  const known = new Map<string, number>()
  return (stem) => {
    const found = known.get(stem) ?? sets.filter((set) => set.has(stem)).length
    known.set(stem, found)
    return found === 0 ? 0 : Math.max(0, Math.log((sets.length + 1) / (found + 0.5)))
  }
}

/**
 * The share of a name that a text says, each word by its rarity: "Ceramic Dripper" is named by "a dripper". Less than
 * half of the words name nothing.
 */
export function named(name: string, text: string, rarity: Rarity): number {
  const [wanted, said] = [[...stems(name)], stems(text)]
  const shared = wanted.filter((stem) => said.has(stem))
  const sum = (all: readonly string[]): number => all.reduce((total, stem) => total + rarity(stem), 0)
  const whole = sum(wanted)
  return whole === 0 || shared.length * 2 < wanted.length ? 0 : sum(shared) / whole
}

/** The share of a question's words, small ones too, that a goal has: 1 when the goal asks just that. */
export function asked(question: string, goal: string): number {
  const [wanted, said] = [question, goal].map((text) => new Set(wordsOf(text).map(({ stem }) => stem)))
  const own = wanted?.difference(new Set(['i', 'you', 'a', 'the', 'we', 'should', 'do', 'does'])) ?? new Set()
  return own.size < 2 ? 0 : own.intersection(said ?? new Set()).size / own.size
}

/** True of a source that answers just what the goal asks. */
export const answers = (heading: string, goal: string): boolean => heading.endsWith('?') && asked(heading, goal) >= 0.6

/** How well a sentence suits a letter, whatever its topic: it speaks to the reader, is neither curt nor long. */
export function appeal(text: string): number {
  const length = text.length >= 50 && text.length <= 180 ? 0.15 : 0
  const reader = /\b(?:you|your)\b/i.test(text) ? 0.15 : 0
  const house = /\b(?:we|our|us)\b/i.test(text) ? 0.05 : 0
  return length + reader + house - (denies(text) ? 0.15 : 0) - (fineprint.test(text) ? 0.35 : 0)
}

/** What a reader takes in before numbers tire: each beyond two costs. */
export const figureLoad = (text: string): number => Math.min(0.5, 0.09 * Math.max(0, figuresOf(text).length - 2))

/** The share of the smaller text's content words that both have: 1 when one says nothing the other does not. */
export function overlap(a: string, b: string): number {
  const [left, right] = [stems(a), stems(b)]
  const smaller = Math.min(left.size, right.size)
  return smaller === 0 ? 0 : left.intersection(right).size / smaller
}

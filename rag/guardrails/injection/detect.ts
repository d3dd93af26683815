import { wordsOf } from '../words.ts'
import { likelihood } from './odds.ts'
import { answersTo, orderIn } from './orders.ts'
import { asideWords, disguised, folded, hiddenSigns, hiddenWords, mixedWords } from './readings.ts'
import { sentencesIn, type Placed } from './sentences.ts'
import { bidsWork, signsOf, wordCounts, type Signs } from './signs.ts'

/** A piece of a text that speaks to a machine; the place is in the text as given, in UTF-16 units. */
export type InjectedSpan = { start: number; end: number; text: string; why: string; score: number }

/** `score` is that of the worst span, 0 to 1. */
export type Detection = { injected: boolean; score: number; spans: InjectedSpan[] }

/** From this score on a sentence speaks to a machine. */
export const enough = 0.6

/** Whoever hides words means something by them: they need ask less. */
const suspicious = 0.4

/** A text full of orders is told of its worst ones. */
const mostSpans = 100

/** A line of fewer words is a label. */
const shortest = 3

/** An order to a machine in plain words, or in disguise: nothing else in the text can excuse it. */
const certain = 0.97

/** Finds what speaks to a machine instead of the reader of a mail or page. Words only: the same text has the same answer. */
export function detect(text: string): Detection {
  const whole = wordCounts(text)
  const all = [...orders(text), ...inDisguise(text, whole), ...requests(text, whole)].toSorted(
    (a, b) => b.score - a.score,
  )
  const score = all[0]?.score ?? 0
  const worst = all.filter((span) => span.score >= enough).slice(0, mostSpans)
  const apart = worst.filter(
    (span, at) => !worst.slice(0, at).some((other) => span.start < other.end && other.start < span.end),
  )
  const spans = apart.toSorted((a, b) => a.start - b.start)
  return { injected: score >= enough, score: Math.round(score * 1000) / 1000, spans }
}

const spanned = ({ text, start, end }: Placed, why: string, score: number): InjectedSpan => ({
  start,
  end,
  text,
  why,
  score,
})

/** Sentences and lines that give orders to a model, read as they were meant. */
const orders = (text: string): InjectedSpan[] =>
  [...sentencesIn(text), ...linesIn(text)].flatMap((piece) => {
    const order = orderIn(folded(piece.text))
    return order === null ? [] : [spanned(piece, `It gives orders to a model: “${order}”`, certain)]
  })

/** Lines that hold signs of a dialogue or of markup, which are torn apart where sentences are. */
const linesIn = (text: string): Placed[] =>
  [...text.matchAll(/[^\n]*(?:<\||\]\]|assistant\s*:)[^\n]*/gi)].map((match) => {
    return { text: match[0], start: match.index, end: match.index + match[0].length }
  })

/** What is coded, turned round, hidden between invisible signs or in markup, and asks for something once read. */
function inDisguise(text: string, whole: Counts): InjectedSpan[] {
  const coded = disguised(text).flatMap(({ start, end, says, as }) =>
    bidsAny(says, whole)
      ? [spanned({ text: text.slice(start, end), start, end }, `In ${as} it says: “${says}”`, certain)]
      : [],
  )
  const unseen = [
    ...hiddenWords(text).filter((words) => asksOf(words, whole) >= suspicious),
    ...asideWords(text).filter((words) => (orderIn(words) ?? answersTo(words)) !== null),
  ].map((words) => {
    const start = Math.max(0, text.indexOf(words))
    return spanned(
      { text: words, start, end: start + words.length },
      `Hidden in the markup it says: “${words}”`,
      certain,
    )
  })
  const veiled = sentencesIn(text)
    .filter((sentence) => (sentence.text.match(hiddenSigns)?.length ?? 0) > 2 || mixedWords(sentence.text) > 2)
    .filter((sentence) => bidsAny(folded(sentence.text), whole))
    .map((sentence) => spanned(sentence, 'Invisible signs or letters of other scripts hide what it says', certain))
  return [...coded, ...unseen, ...veiled]
}

type Counts = ReadonlyMap<string, number>

/** Whoever codes or veils words leaves no doubt that they are not for the reader: any bidding will do. */
const bidsAny = (words: string, whole: Counts): boolean =>
  sentencesIn(words).some(({ text }) => bidsWork(text)) || asksOf(words, whole) >= suspicious

const asksOf = (words: string, whole: Counts): number =>
  sentencesIn(words)
    .map(({ text }) => (orderIn(text) === null ? likelihood(text, signsOf(text, whole)) : certain))
    .reduce((most, one) => Math.max(most, one), 0)

/**
 * Requests and questions that are none of the reader's business. A text that is nothing but a request is somebody's own
 * (“How do I ignore whitespace in git diff?”): it hides in nothing, so only orders count there.
 */
function requests(text: string, whole: Counts): InjectedSpan[] {
  const scored = sentencesIn(text).map((sentence) => {
    const plain = folded(sentence.text)
    const signs = signsOf(plain, whole)
    const score = wordsOf(plain).length < shortest ? 0 : likelihood(plain, signs)
    return spanned(sentence, whyOf(signs), score)
  })
  const others = scored.filter((span) => span.score < enough).map((span) => span.text)
  return carries(others) ? scored : scored.map((span) => ({ ...span, score: Math.min(span.score, enough - 0.01) }))
}

/** What can hide a request: a mail, a page; some sentences that tell something. */
function carries(sentences: readonly string[]): boolean {
  const text = sentences.join('\n')
  const words = wordsOf(text).length
  const mark =
    /^\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|subject:|team)\b|\b(?:your (?:\w+ ){0,2}(?:account|order|card|payment|invoice|subscription|receipt)|unsubscribe|regards|this e-?mail|the \w+ team|thank you for|welcome to|email_from|content:)|[$€£]\s?\d/im
  return words >= 25 || (words >= 10 && mark.test(text))
}

function whyOf(signs: Signs): string {
  if (signs.answer > 0 || signs.output > 0) return 'It speaks of the answer that a model is to give'
  if (signs.machine > 0 || signs.user > 0) return 'It speaks to a machine of whoever that works for'
  if (signs.before > 0 || signs.becomes > 0) return 'It undoes what a machine was told before'
  const bids = signs.task > 0 || signs.change > 0 || signs.asked > 0
  const strange = signs.brief === 0 && signs.shared < 0.5 ? ', and of nothing that the text is about' : ''
  return bids ? `It asks a reader for work${strange}` : `It asks a question${strange}`
}

import { parseAmount } from '#kernel/money.ts'
import type { Evidence } from '../../draft.ts'
import { dayIn } from '../../day-in.ts'
import type { Relevance } from './relevance.ts'
import { headingOf, paragraphsOf, sentenceParts } from './sentences.ts'

/** Something that can be bought or joined, at a price that a fact states. */
export type Offer = {
  name: string
  /** `Aricha, €13.20 for 250 g.` */
  short: string
  /** `Aricha costs €13.20 for 250 g.`, as the fact has it. */
  statement: string
  /** What it is like, when the evidence says so briefly. */
  like: { text: string; id: string } | null
  /** The next day it takes place: `On 28 November 2026, 13:00–15:30.` */
  next: { text: string; id: string } | null
  priceId: string
  /** What kind of thing: its subject's kind and how its price is counted (a month, a person, by weight). */
  kind: string
  subject: string
  /** Its page, and the evidence that names it. */
  page: { url: string; id: string } | null
  relevance: number
}

type Priced = {
  fact: Evidence
  subject: string
  name: string
  price: string
  size: string
  amountMinor: number
  currency: string
  /** The day it is for, as milliseconds, when its name says one. */
  day: number | null
}

const priceStatement =
  /^(.+?) costs? ((?:from )?(?:(?:[€£$¥]|[A-Z]{3})\s?\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)*\s?(?:€|[A-Z]{3}\b)))(.*?)\.?$/u
const gone =
  /\b(?:out of stock|sold out|fully booked|unavailable|(?<![\d.,])0 (?:left|in stock|places|available|bags|pieces))\b|\b(?:no|none) (?:left|in stock|places)\b/i

/** What facts of a catalogue say of a thing beside its price: material for an offer, not for running text. */
export const isNote = ({ subject, predicate, citation }: Evidence): boolean =>
  (citation.kind === 'span' && subject?.startsWith('product:') === true) ||
  /^(?:description|about|notes?|type|tags?|title|options?|sku)$/i.test(predicate ?? '')

/** True for a fact that states what something is sold for: offers say it, running text does not. */
export const isPrice = (item: Evidence): boolean =>
  item.citation.kind === 'fact' && !isService(item) && (item.predicate?.startsWith('price') === true || priceStatement.test(item.text.trim())) // prettier-ignore

/** What comes with a purchase (delivery, a policy) has a price, too, but is not for sale. */
export const isService = ({ subject }: Evidence): boolean =>
  /^(?:delivery|shipping|policy|business)\b/.test(subject ?? '')

/**
 * The offers among the evidence, most relevant first, each once: of several sizes the cheapest, of several days the
 * next, in the currency that most prices have. What is sold out, or over at `at`, is left out. An offer says its name
 * and price, then what it is like.
 */
export function offersOf(evidence: readonly Evidence[], relevance: Relevance, at: Date): Offer[] {
  const unavailable = new Set(evidence.filter((item) => gone.test(item.text)).map((item) => item.subject))
  const priced = evidence
    .flatMap(readPrice)
    .filter(({ subject, day }) => !unavailable.has(subject) && (day === null || day >= at.getTime()))
  const currency = mostCommon(priced.map((item) => item.currency))
  const byName = Map.groupBy(
    priced.filter((item) => item.currency === currency),
    (item) => baseOf(item.name).toLowerCase(),
  )
  return [...byName.values()]
    .map((ones) => ones.reduce((best, item) => (comesFirst(item, best) ? item : best)))
    .map((item) => offerOf(item, evidence, { relevance, at }))
    .toSorted((a, b) => b.relevance - a.relevance)
}

/** A price of the thing itself before those of its days; of days the earlier; of sizes the cheaper. */
const comesFirst = (one: Priced, other: Priced): boolean =>
  (one.day ?? 0) === (other.day ?? 0) ? one.amountMinor < other.amountMinor : (one.day ?? 0) < (other.day ?? 0)

/** The days at which an offer takes place, those to come and free, in their order. */
export function datesOf(name: string, evidence: readonly Evidence[], at: Date): Evidence[] {
  const full = new Set(evidence.filter((item) => gone.test(item.text)).map((item) => item.subject))
  return evidence
    .filter((item) => item.predicate === 'starts-at' && item.text.startsWith(name) && !full.has(item.subject))
    .map((item) => ({ item, day: dayIn(item.text) }))
    .filter((dated): dated is { item: Evidence; day: number } => dated.day !== null && dated.day >= at.getTime())
    .toSorted((a, b) => a.day - b.day)
    .map(({ item }) => item)
}

function readPrice(fact: Evidence): Priced[] {
  const match = fact.citation.kind === 'fact' && !isService(fact) ? priceStatement.exec(fact.text.trim()) : null
  if (!match) return []
  const price = match[2]!.trim()
  const currency = /[€£$¥]|[A-Z]{3}/.exec(price)![0]
  const amount = parseAmount(price.replace(/[^\d.,]/g, '').replace(/[.,]$/, ''), 'EUR')
  if (!amount) return []
  const subject = fact.subject ?? fact.id
  return [{ fact, subject, name: match[1]!.trim(), price, size: match[3]!.trimEnd(), amountMinor: amount.amountMinor, currency, day: dayIn(match[1]!) }] // prettier-ignore
}

/** A name without its size: `Aricha (250 g)`, `Aricha, 1 kg` and `Aricha – 250 g` are one offer. */
const baseOf = (name: string): string =>
  name.replace(/\s*(?:\([^)]*\)|[,–—-]\s.*|,\s*\d.*|\bon \d{1,2} \p{Lu}\p{L}+ \d{4})$/u, '').trim() || name

function offerOf(
  item: Priced,
  evidence: readonly Evidence[],
  { relevance, at }: { relevance: Relevance; at: Date },
): Offer {
  const { fact, subject, price, size } = item
  const name = baseOf(item.name)
  const about = evidence.filter((other) => other.id !== fact.id && isAbout(other, subject, name))
  return {
    name,
    short: `${item.name}, ${price}${size}.`,
    statement: fact.text.trim(),
    like: about.flatMap((other) => descriptionOf(other, name))[0] ?? null,
    next: datesOf(name, evidence, at).map(({ id, text }) => ({ id, text: onDay(text, name) }))[0] ?? null,
    priceId: fact.id,
    kind: `${subject.split(':')[0] ?? ''}${size.replace(/[\d.,]+/g, '').replace(/\bkg\b/, 'g')}`,
    subject,
    page: [fact, ...about].flatMap(({ id, url }) => (url === undefined ? [] : [{ id, url }]))[0] ?? null,
    relevance: relevance([fact, ...about].map(({ text }) => text).join(' '), `${name} ${subject}`),
  }
}

const isAbout = (item: Evidence, subject: string, name: string): boolean =>
  (item.subject !== undefined && item.subject === subject) ||
  baseOf(headingOf(item.title)).toLowerCase() === name.toLowerCase()

/** `On 28 November 2026, 13:00–15:30.` of the sentence that says so with the name. */
const onDay = (text: string, name: string): string =>
  sentenceCase(text.slice(name.length).replace(/^ (?:takes place|is|starts) (?=on )/, ''))

/** A short description that does not repeat the price or speak of stock: whole sentences or the catalogue's own notes. */
function descriptionOf(item: Evidence, name: string): { id: string; text: string }[] {
  if (/price|stock|places|availab|url/i.test(item.predicate ?? '')) return []
  const [first = ''] = paragraphsOf(item.text)
  const bare = first.startsWith(`${name} is `) || first.startsWith(`${name}: `) ? sentenceCase(first.slice(name.length).replace(/^(?:: | is )/, '')) : first // prettier-ignore
  let text = ''
  for (const part of sentenceParts(bare)) {
    if (`${text} ${part}`.trim().length > 160) break
    text = `${text} ${part}`.trim()
  }
  const unfit = text === '' || /[€£$]|\{\{|[<>|@]|https?:|!|\?|\[[A-Z]+_\d+\]/.test(text)
  return unfit ? [] : [{ id: item.id, text }]
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function mostCommon(values: readonly string[]): string | undefined {
  const counts = Map.groupBy(values, (value) => value)
  return [...counts.entries()].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0]
}

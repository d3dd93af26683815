import type { ComposedBody, ComposedSentence, DraftRequest, Evidence } from '../../draft.ts'
import { figuresOf } from '../../guardrails/figures.ts'
import type { Intent } from './intents.ts'
import type { Offer } from './offers.ts'
import { textOf, type Passage } from './passages.ts'
import { headingOf } from './sentences.ts'

/** All that copy is laid out from: chosen, and free to stand. */
export type Material = {
  request: DraftRequest
  intent: Intent
  offers: Offer[]
  passages: Passage[]
  /** When the only offer takes place. */
  dates: Evidence[]
  /** False for words that the brand forbids, or that were blocked in an earlier round. */
  mayStand: (text: string) => boolean
}

export type Blocks = ComposedBody['blocks']

/** The first of a bank that may stand, with the name of the business in it; none when none may. */
export const pick = (bank: readonly string[], { request, mayStand }: Material): string[] =>
  bank
    .map((text) => text.replaceAll('@', request.business.name))
    .filter(mayStand)
    .slice(0, 1)

/** What claims nothing, and so cites nothing. */
export const courtesy = (text: string): ComposedSentence => ({ text, cites: [] })

/** The sentences of a passage, after the question that they answer. */
export const sourced = ({ question, sentences }: Passage): ComposedSentence[] => [
  ...(question === null ? [] : [{ text: question, cites: sentences.slice(0, 1).map(({ evidence }) => evidence.id) }]),
  ...sentences.map(({ text, cites }) => ({ text, cites })),
]

/** Its first two sentences, more where they are curt; an answer is told whole. */
export function shortened(passage: Passage): Passage {
  if (passage.question !== null) return passage
  const enough = passage.sentences.findIndex(
    (_, at, all) => at >= 1 && all.slice(0, at + 1).reduce((sum, { text }) => sum + text.length, 0) >= 110,
  )
  return enough < 0 ? passage : { ...passage, sentences: passage.sentences.slice(0, enough + 1) }
}

export const paragraph = (sentences: ComposedSentence[]): Blocks =>
  sentences.length > 0 ? [{ kind: 'paragraph', sentences }] : []

export const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** What a name and price rest on, and the page that a link to it leads to. */
export const citesOf = ({ priceId, page }: Pick<Offer, 'priceId' | 'page'>): string[] => [
  ...new Set([priceId, page?.id ?? priceId]),
]

/** An offer as its fact has it, and what it is like. */
export const toldOffer = (offer: Offer): ComposedSentence[] => [
  { text: ended(offer.statement), cites: citesOf(offer) },
  ...(offer.like === null ? [] : [{ text: offer.like.text, cites: [offer.like.id] }]),
]

/** Name and price, what it is like, and the next day it takes place. */
export function itemOf({ short, like, next, priceId }: Offer): ComposedSentence {
  const parts = [{ text: short, id: priceId }, ...[like, next].filter((part) => part !== null)]
  return { text: parts.map(({ text }) => text).join(' '), cites: parts.map(({ id }) => id) }
}

/** The offers to list: what the texts before have said with its price is not listed again; if that is all, what it is like. */
export function listed(offers: readonly Offer[], before: readonly Passage[]): ComposedSentence[] {
  const open = offers.filter((offer) => !before.some((passage) => tells(passage, offer)))
  return open.length > 0 ? open.map(itemOf) : offers.flatMap(likeOf)
}

/** True when a passage says an offer with its price. */
export function tells(passage: Passage, { name, statement }: Offer): boolean {
  const amount = figuresOf(statement).find(({ kind }) => kind === 'money')?.text ?? statement
  return textOf(passage).includes(name) && textOf(passage).includes(amount)
}

const likeOf = ({ name, like }: Offer): ComposedSentence[] =>
  like === null ? [] : [{ text: `${name}: ${like.text}`, cites: [like.id] }]

export const datesOfOffer = (dates: readonly Evidence[]): ComposedSentence[] =>
  dates.map(({ id, text }) => ({ text: ended(text), cites: [id] }))

/** The heading a text stands under; where that leans on what is above it, the title of the whole. */
export function titleOf(source: Evidence | undefined): string {
  const heading = headingOf(source?.title)
  return /\b(?:it|this|that|they|them|these|those)\b|^(?:after|before|if)\b/i.test(heading)
    ? (source?.title?.split(': ')[0] ?? '')
    : heading
}

/** A title that reads as one. */
export const isTitle = (text: string): boolean => text.length >= 8 && !/[{}<>|@!]|https?:/.test(text)

/** Leads to the only offer, else to a page of the brief, of the leading text, or of the business: never elsewhere. */
export function buttonOf(material: Material, mostLetters = 40): Blocks {
  const { request, offers, passages, mayStand } = material
  const source = passages[0]?.sentences[0]?.evidence
  const own = request.links.filter(({ subject }) => subject === undefined)
  const ofOffers = offers.flatMap(({ name, subject, page }) => {
    const link = request.links.find((other) => other.subject === subject)
    const to = link?.url ?? page?.url
    return to ? [{ url: to, labels: [...(link?.label ? [link.label] : []), `See ${name}`, 'See the details'] }] : []
  })
  const shop = own.map(({ url, label }) => ({ url, labels: [...(label ? [label] : []), 'Have a look'] }))
  const page = source?.url === undefined ? [] : [{ url: source.url, labels: ['Read more'] }]
  const site = request.business.site === undefined ? [] : [{ url: request.business.site, labels: [`Visit ${request.business.name}`, 'Visit our site'] }] // prettier-ignore
  const all = offers.length === 1 ? [...ofOffers, ...shop, ...page, ...site] : [...shop, ...ofOffers, ...page, ...site]
  for (const { url, labels } of all) {
    const label = labels.find((text) => text.length <= mostLetters && mayStand(text))
    if (/^https?:\/\//i.test(url) && mayStand(url) && label !== undefined) return [{ kind: 'button', label, url }]
  }
  return []
}

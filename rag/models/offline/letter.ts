import { figuresOf } from '../../guardrails/figures.ts'
import type { ComposedBody, ComposedSentence, DraftRequest, Evidence } from '../../draft.ts'
import { phrases, relationOf, type Intent } from './intents.ts'
import type { Offer } from './offers.ts'
import { textOf, type Passage } from './passages.ts'
import { contentWords } from '../../guardrails/words.ts'
import { isReassurance } from './relevance.ts'
import { headingOf } from './sentences.ts'

/** All that a letter is laid out from: chosen, and free to stand. */
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

const greetingSlot = '{{ person.given_name | default: "there" }}'

/** Lays a letter out: greeting, what it is about, what there is to choose, how that works, where to go, close. */
export function letterOf(material: Material): ComposedBody {
  const { request, intent, offers, mayStand } = material
  const relation = relationOf(`${request.brief.segment.name}. ${request.brief.segment.description ?? ''}`)
  const pick = (bank: readonly string[]): string[] => bank.map((text) => text.replaceAll('@', request.business.name)).filter(mayStand).slice(0, 1) // prettier-ignore
  const greeting = pick(phrases.greetings.map((text) => text.replace('$', greetingSlot)))
  const { before, after } = inOrder(material)
  const opener = pick(phrases.openers(intent, relation)).map(courtesy)
  const help = pick(phrases.help).map(courtesy)
  const closing = pick(phrases.closings).map(courtesy)
  const button = buttonOf(material)
  const blocks: ComposedBody['blocks'] = [
    ...paragraph(greeting.map(courtesy)),
    ...paragraph(opener),
    ...before.flatMap((passage) => paragraph(sourced(passage))),
    ...listOf(offers, before, pick(phrases.listLeads(intent))),
    ...datesList(material.dates, pick(phrases.dateLeads)),
    ...after.flatMap((passage) => paragraph(sourced(passage))),
    ...(button ? [button] : []),
    ...paragraph(help),
    ...paragraph(closing),
  ]
  const subject = subjectOf(material)
  return { subject, preheader: preheaderOf(material, subject), blocks }
}

/**
 * What comes before the offers and what after. A lesson comes whole before; else one passage leads, unless it reassures or
 * answers a question about something else than the offers: that helps to decide, and comes after them.
 */
function inOrder({ intent, offers, passages }: Material): { before: Passage[]; after: Passage[] } {
  if (intent === 'teach' || offers.length === 0) return { before: [...passages], after: [] }
  const leads = (passage: Passage): boolean =>
    (passage.question === null && !isReassurance(textOf(passage))) ||
    offers.some(({ name }) => textOf(passage).includes(name))
  const lead = passages.find(leads)
  const after = passages.filter((passage) => passage !== lead).map(shortened)
  return { before: lead ? [lead] : [], after }
}

/** Its first two sentences, more where they are curt; an answer is told whole. */
function shortened(passage: Passage): Passage {
  if (passage.question !== null) return passage
  const enough = passage.sentences.findIndex(
    (_, at, all) => at >= 1 && all.slice(0, at + 1).reduce((sum, { text }) => sum + text.length, 0) >= 110,
  )
  return enough < 0 ? passage : { ...passage, sentences: passage.sentences.slice(0, enough + 1) }
}

const courtesy = (text: string): ComposedSentence => ({ text, cites: [] })

/** The sentences of a passage, after the question that they answer. */
const sourced = ({ question, sentences }: Passage): ComposedSentence[] => [
  ...(question === null ? [] : [{ text: question, cites: sentences.slice(0, 1).map(({ evidence }) => evidence.id) }]),
  ...sentences.map(({ text, cites }) => ({ text, cites })),
]

const paragraph = (sentences: ComposedSentence[]): ComposedBody['blocks'] =>
  sentences.length > 0 ? [{ kind: 'paragraph', sentences }] : []

/** A single offer is a sentence as its fact has it; several are a list with its lead. */
function listOf(offers: readonly Offer[], before: readonly Passage[], lead: string[]): ComposedBody['blocks'] {
  const [only] = offers
  if (offers.length === 1 && only) {
    const like = only.like === null ? [] : [{ text: only.like.text, cites: [only.like.id] }]
    return paragraph([
      { text: ended(only.statement), cites: [...new Set([only.priceId, only.page?.id ?? only.priceId])] },
      ...like,
    ])
  }
  if (offers.length === 0) return []
  const isTold = (offer: Offer): boolean => before.some((passage) => tells(passage, offer))
  // What the leading passage has said with its price is not listed again; if that is all, the list says what it is like.
  const open = offers.filter((offer) => !isTold(offer))
  const items = open.length > 0 ? open.map(itemOf) : offers.flatMap(likeOf)
  return items.length === 0 ? [] : [...paragraph(lead.map(courtesy)), { kind: 'list', items }]
}

/** True when a passage says an offer with its price. */
function tells(passage: Passage, { name, statement }: Offer): boolean {
  const amount = figuresOf(statement).find(({ kind }) => kind === 'money')?.text ?? statement
  return textOf(passage).includes(name) && textOf(passage).includes(amount)
}

/** Name and price, what it is like, and the next day it takes place. */
function itemOf({ short, like, next, priceId }: Offer): ComposedSentence {
  const parts = [{ text: short, id: priceId }, ...[like, next].filter((part) => part !== null)]
  return { text: parts.map(({ text }) => text).join(' '), cites: parts.map(({ id }) => id) }
}

const likeOf = ({ name, like }: Offer): ComposedSentence[] =>
  like === null ? [] : [{ text: `${name}: ${like.text}`, cites: [like.id] }]

/** A single day is a sentence, several are a list. */
function datesList(dates: readonly Evidence[], lead: string[]): ComposedBody['blocks'] {
  const items = dates.map(({ id, text }) => ({ text: ended(text), cites: [id] }))
  return items.length < 2 ? paragraph(items) : [...paragraph(lead.map(courtesy)), { kind: 'list', items }]
}

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** Fills a bank's `$`, `%`, `#` and `?`; null where the material has nothing to fill them with. */
function filled(text: string, { request, offers, passages }: Material): ComposedSentence | null {
  const [first, second] = offers
  const source = passages[0]?.sentences[0]?.evidence
  const title = text === '?' ? (passages.flatMap(({ question }) => question ?? [])[0] ?? '') : titleOf(source)
  const isTitled = text === '?' || text.includes('#')
  if ((text.includes('$') && !first) || (text.includes('%') && !second)) return null
  if (isTitled && (!source || title.length < 8 || /[{}<>|@!]|https?:/.test(title))) return null
  const asking = passages.find(({ question }) => question === title)?.sentences[0]?.evidence ?? source
  const cites = [
    ...(text.includes('$') && first ? [first.priceId] : []),
    ...(text.includes('%') && second ? [second.priceId] : []),
    ...(isTitled && asking ? [asking.id] : []),
  ]
  const words = text
    .replace(/^\?$/, () => title)
    .replaceAll('@', () => request.business.name)
    .replaceAll('$', () => first?.name ?? '')
    .replaceAll('%', () => second?.name ?? '')
    .replaceAll('#', () => title)
    .replace('a subscription', () => subscriptionIn(request.brief.goal))
  return { text: words, cites }
}

/** The heading a text stands under; where that leans on what is above it, the title of the whole. */
function titleOf(source: Evidence | undefined): string {
  const heading = headingOf(source?.title)
  return /\b(?:it|this|that|they|them|these|those)\b|^(?:after|before|if)\b/i.test(heading)
    ? (source?.title?.split(': ')[0] ?? '')
    : heading
}

/** `a coffee subscription` where the goal says of what. */
function subscriptionIn(goal: string): string {
  const of = /\ban? (\p{L}+) subscription\b/iu.exec(goal)?.[1]?.toLowerCase()
  if (of === undefined || contentWords(of).length === 0) return 'a subscription'
  return `${/^[aeiou]/.test(of) ? 'an' : 'a'} ${of} subscription`
}

/** The first line of its bank that can be filled, fits and may stand. */
function subjectOf(material: Material): ComposedSentence {
  const lines = phrases.subjects(material.intent).flatMap((text) => filled(text, material) ?? [])
  const short = lines.filter(({ text }) => text.length <= 50 && material.mayStand(text))
  return short[0] ?? lines.find(({ text }) => material.mayStand(text)) ?? courtesy(material.request.business.name)
}

/** What the letter holds, in at most a hundred characters, and never the subject again. */
function preheaderOf(material: Material, subject: ComposedSentence): ComposedSentence {
  const { offers, passages, mayStand, request } = material
  const priced = [3, 2, 1]
    .filter((count) => count <= offers.length)
    .map((count) => {
      const told = offers.slice(0, count)
      return { text: told.map(({ short }) => short).join(' '), cites: told.map(({ priceId }) => priceId) }
    })
  const openings = passages
    .filter(({ question }) => question === null)
    .flatMap(({ sentences }) => sentences.slice(0, 1).map(({ text, cites }) => ({ text, cites })))
  const courtesies = phrases.preheaders.map((text) => courtesy(text.replaceAll('@', request.business.name)))
  const all = [...priced, ...openings, ...courtesies].filter(({ text }) => mayStand(text) && text !== subject.text) // prettier-ignore
  return all.find(({ text }) => text.length <= 100) ?? all[0] ?? courtesy(request.business.name)
}

/** Leads to the only offer, else to a page of the brief, of the leading text, or of the business: never elsewhere. */
function buttonOf(material: Material): ComposedBody['blocks'][number] | null {
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
    const label = labels.find((text) => text.length <= 40 && mayStand(text))
    if (/^https?:\/\//i.test(url) && mayStand(url) && label !== undefined) return { kind: 'button', label, url }
  }
  return null
}

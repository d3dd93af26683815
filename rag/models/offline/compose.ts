import { dayIn } from '../../day-in.ts'
import { refusedOf, type ComposedBody, type DraftRequest, type Evidence } from '../../draft.ts'
import { forms } from '../../forms.ts'
import { readAsked, type Asked } from './asked.ts'
import { ideaThemes, intentOf, themes, type Intent } from './intents.ts'
import { datesOf, isNote, isPrice, offersOf, type Offer } from './offers.ts'
import { choosePassages, textOf, type Passage } from './passages.ts'
import type { Material } from './pieces.ts'
import { answers, named, overlap, rarityIn, relevanceTo, topicOf } from './relevance.ts'
import { headingOf, sentenceParts, sentencesOf, type SourceSentence } from './sentences.ts'
import { layouts, passagesFor } from './layouts.ts'
import { objectionsTo } from './objections.ts'

export type Composed = { kind: 'composed'; body: ComposedBody } | { kind: 'nothing-to-say'; why: string }

/**
 * Writes copy of any form from the evidence alone. Sentences that say something are taken over from a source, or are a
 * name and price from a fact, and cite it; what is added is courtesy that claims nothing. The same request gives the same
 * copy. With little evidence it says less; with none, or none that fits the form, it says why there is no copy.
 */
export function compose(given: DraftRequest): Composed {
  let refused: string[] = []
  let composed = written(given, refused)
  for (let round = 0; round < mostRounds && composed.kind === 'composed'; round += 1) {
    const objections = objectionsTo(composed.body, given).filter((text) => !refused.includes(text))
    if (objections.length === 0) break
    refused = [...refused, ...objections]
    composed = written(given, refused)
  }
  return composed
}

/** What a guardrail would block gives way to the next best, so many times. */
const mostRounds = 4

function written(given: DraftRequest, refused: readonly string[]): Composed {
  const asked = readAsked(given.revise?.asked ?? [])
  const request = { ...given, brief: { ...given.brief, goal: `${given.brief.goal} ${asked.also}`.trim() } }
  if (request.evidence.length === 0) {
    return nothing('There is no evidence to write from: index products or documents first, or widen the brief')
  }
  const material = cutTo(gather(request, asked, refused), asked)
  if (material.offers.length === 0 && material.passages.length === 0) {
    return nothing('None of the evidence holds a sentence that may stand in copy: widen the brief, or add products or documents about it') // prettier-ignore
  }
  const form = forms[request.brief.channel]
  const body = layouts[form.name](material)
  return body === null
    ? nothing(`None of the evidence fits this form (${form.words}): choose another, or add shorter texts`)
    : { kind: 'composed', body: withRequired(body, request) }
}

/** Words that the brand wants in every text stand at its end, where they do not stand in it yet. */
function withRequired(body: ComposedBody, { brand }: DraftRequest): ComposedBody {
  const said = JSON.stringify(body).toLowerCase()
  const missing = (brand.required ?? []).filter((words) => !said.includes(words.toLowerCase()))
  if (missing.length === 0) return body
  return { ...body, blocks: [...body.blocks, { kind: 'paragraph', sentences: missing.map((text) => ({ text, cites: [] })) }] } // prettier-ignore
}

const nothing = (why: string): Composed => ({ kind: 'nothing-to-say', why })

/** Shorter copy keeps what leads. */
const cutTo = (material: Material, { shorter }: Asked): Material =>
  shorter || material.request.brief.idea === 'short'
    ? { ...material, offers: material.offers.slice(0, 1), passages: material.passages.slice(0, 1) }
    : material

function gather(request: DraftRequest, asked: Asked, objections: readonly string[]): Material {
  const mayStand = judge(request, asked, objections)
  const { brief, evidence } = request
  const { goal, idea } = brief
  const intent = intentOf(goal)
  const isLesson = intent === 'teach' || idea === 'how-to'
  const theme = [themes[intent], idea && ideaThemes[idea]].filter(Boolean).join(' ')
  const most = passagesFor[brief.channel]
  const at = request.at ?? new Date(Math.max(...evidence.map(({ validFrom }) => validFrom.getTime())))
  const rarity = rarityIn(evidence.map(({ text, title }) => `${title ?? ''} ${text}`))
  const aboutGoal = relevanceTo(topicOf(request, [], themes[intent]), rarity)
  const all = offersOf(evidence, relevanceTo(topicOf(request), rarity), at).filter(({ short, statement }) => mayStand(short) && mayStand(statement)) // prettier-ignore
  const sentences = sentencesOf(evidence, runningText(evidence, at)).filter(
    ({ text }) => mayStand(text) && !countsStock.test(text) && !isOver(text, at),
  )
  const leads = choosePassages(sentences, aboutGoal, {
    names: [],
    aboutOnly: false,
    goal,
    isLesson: intent === 'teach',
  })
  const offers = fitting(all, intent, { leads, namedness: (name) => named(name, goal, rarity) })
  const names = offers.map(({ name }) => name)
  const rivals = all.map(({ name }) => name).filter((name) => names.length > 0 && !names.includes(name))
  // Beside an offer only what is about it, or about the goal, is worth a reader's time.
  const about = relevanceTo(topicOf(request, names, theme), rarity)
  const unthemed = relevanceTo(topicOf(request, names), rarity)
  const own = sentences.filter((sentence) => {
    const { text, evidence: source } = sentence
    const isAbout = offers.length === 0 || answers(headingOf(source.title), goal) || unthemed(text, source.title) > 0
    return isAbout && isOwn(sentence, offers, rivals)
  })
  const wanted = { names: offers.length === 1 ? names : [], aboutOnly: offers.length > 0, goal, isLesson, most }
  const passages = choosePassages(own, about, wanted)
  const [only] = offers
  const dates = offers.length === 1 && only ? datesOf(only.name, evidence, at).filter(({ text }) => mayStand(text)) : []
  const told = offers.map((offer) => withoutRepeat(offer, passages))
  return { request, intent, offers: told.map((offer) => fit(offer, mayStand)), passages, dates: dates.slice(0, 3), mayStand } // prettier-ignore
}

/** What running text may be taken from: not what offers say, nor a promise that a page of the evidence tells whole. */
function runningText(evidence: readonly Evidence[], at: Date): Evidence[] {
  const pages = evidence.filter(({ citation }) => citation.kind === 'span').map(({ text }) => text)
  return evidence.filter((item) => {
    if (isPrice(item) || isNote(item) || isStock(item) || item.predicate === 'starts-at') return false
    if (item.citation.kind === 'fact' && pages.some((page) => page.includes(item.text))) return false
    const days = sentenceDays(item.text)
    return days.length < 2 || days.some((day) => day >= at.getTime())
  })
}

/** The whole dates of a page, one a line: a programme is over with its last day. */
const sentenceDays = (text: string): number[] => text.split('\n').flatMap((line) => dayIn(line) ?? [])

const isOver = (text: string, at: Date): boolean => (dayIn(text) ?? Number.POSITIVE_INFINITY) < at.getTime()

/** Stock changes within the hour: it is no matter for a letter. */
const isStock = ({ predicate }: Evidence): boolean => /stock|places|availab/i.test(predicate ?? '')
const countsStock = /\b\d+ (?:\w+ )?(?:\w+ )?(?:left|in stock|available)\b|\b\d+ [\w ]{1,20} (?:left|in stock)\b/i

const worth = (offers: readonly Offer[]): number =>
  offers.slice(0, 3).reduce((sum, { relevance }) => sum + relevance, 0)

/**
 * The offers that the goal names; else of the kind that clearly suits it; else those that the text about it speaks of,
 * with others of their kind; else of the kind there is most of. Three at most. A letter that teaches or asks for an opinion sells nothing unasked.
 */
function fitting(
  offers: readonly Offer[],
  intent: Intent,
  { leads, namedness }: { leads: readonly Passage[]; namedness: (name: string) => number },
): Offer[] {
  const asked = offers.filter(({ name }) => namedness(name) >= 0.4)
  if (asked.length > 0) return asked.toSorted((a, b) => namedness(b.name) - namedness(a.name)).slice(0, 3)
  if (intent === 'feedback') return []
  const text = leads.map(textOf).join(' ')
  const told = offers.filter(({ name }) => text.includes(name)).toSorted((a, b) => text.indexOf(a.name) - text.indexOf(b.name)) // prettier-ignore
  const alike = told.filter(({ kind }) => kind === told[0]?.kind)
  if (intent === 'teach') return alike.slice(0, 3)
  const kinds = [...Map.groupBy(offers, ({ kind }) => kind).values()].toSorted((a, b) => worth(b) - worth(a))
  const [suited = []] = kinds
  const isClear = (suited[0]?.relevance ?? 0) >= 0.2 && worth(suited) > 1.4 * worth(kinds[1] ?? [])
  if (isClear) return suited.filter(({ relevance }) => relevance >= (suited[0]?.relevance ?? 0) * 0.1).slice(0, 3)
  if (alike.length > 1) return alike.slice(0, 3)
  const best = alike[0] ? offers.filter(({ kind }) => kind === alike[0]?.kind) : (kinds.toSorted((a, b) => b.length - a.length)[0] ?? []) // prettier-ignore
  return [...new Set([...alike, ...best])].slice(0, 3)
}

/** Fit beside the offers: about no other, not one of several without its name, and not what their descriptions say. */
function isOwn({ text, evidence }: SourceSentence, offers: readonly Offer[], rivals: readonly string[]): boolean {
  const heading = headingOf(evidence.title)
  if (rivals.some((name) => text.includes(name) || heading === name)) return false
  if (offers.length > 1 && offers.some(({ name }) => heading === name && !text.includes(name))) return false
  if (offers.some(({ name }) => text.startsWith(`${name} cost`))) return false
  const said = offers.flatMap(({ like }) => (like === null ? [] : sentenceParts(like.text)))
  return !said.some((part) => overlap(part, text) > 0.8 && text.length < 1.6 * part.length + 40)
}

/** An offer without the sentences of its description that the letter says already. */
const withoutRepeat = (offer: Offer, passages: readonly Passage[]): Offer => {
  const { like } = offer
  if (like === null) return offer
  const told = passages.flatMap(({ sentences }) => sentences.map(({ text }) => text))
  const news = sentenceParts(like.text).filter((part) => !told.some((text) => overlap(part, text) > 0.6))
  return { ...offer, like: news.length === 0 ? null : { ...like, text: news.join(' ') } }
}

const fit = (offer: Offer, mayStand: (text: string) => boolean): Offer => ({
  ...offer,
  like: offer.like !== null && mayStand(offer.like.text) ? offer.like : null,
  next: offer.next !== null && mayStand(offer.next.text) ? offer.next : null,
})

/** Words alone, so that signs and case tell no two texts apart. */
const folded = (text: string): string =>
  ` ${
    text
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.join(' ') ?? ''
  } `

/** Says whether words may stand: brand and whoever asks allow them, and no round or person took them out before. */
function judge(
  { brand, revise, examples = [] }: DraftRequest,
  { without }: Asked,
  objections: readonly string[],
): (text: string) => boolean {
  const forbidden = [...brand.forbidden, ...without].map(folded).filter((word) => word.trim() !== '')
  const blocked = revise ? refusedOf(revise.previous, revise.findings) : []
  const unwanted = examples.flatMap(({ edits }) => edits.map(({ was }) => was))
  const refused = [...blocked, ...(revise?.refused ?? []), ...objections, ...unwanted]
    .map(folded)
    .filter((text) => text.trim() !== '')
  return (text) => {
    const said = folded(text)
    if (forbidden.some((word) => said.includes(word))) return false
    return !refused.some((other) => other.includes(said) || said.includes(other))
  }
}

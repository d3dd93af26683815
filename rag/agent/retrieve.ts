import type { Evidence } from '../draft.ts'
import { dayIn } from '../day-in.ts'
import { draftById, type Draft } from '../drafts.ts'
import { taint } from '../guardrails/injection.ts'
import { keepEvidence } from '../queries/drafts.ts'
import type { FactRow } from '../queries/passages.ts'
import { offerFacts, subjectsAbout, subjectsNamed } from '../queries/subjects.ts'
import type { Where } from '../queries/text-search.ts'
import {
  retrieve as passagesFor,
  retrieveFacts,
  whereOf,
  type FactPassage,
  type Passage,
  type Question,
} from '../retrieve.ts'
import { agentScopes } from '../scopes.ts'
import type { AgentDeps } from './deps.ts'
import type { AgentState, StateUpdate } from './state.ts'

const most = {
  factsPerQuery: 8,
  passagesPerQuery: 5,
  things: 10,
  factsPerThing: 6,
  offers: 30,
  facts: 10,
  passages: 10,
}

/**
 * Gathers the evidence that may be cited: what is known of the things that the brief and the passages speak of, other
 * facts, and the passages. What speaks to a model instead of a reader is left out before one sees it.
 */
export const retrieve =
  (deps: AgentDeps) =>
  async ({ draftId }: AgentState): Promise<StateUpdate> => {
    const draft = await draftById(deps.db, draftId)
    if (!draft) throw new Error(`Draft ${draftId} is gone: nothing can be looked for`)
    const at = deps.clock()
    const { business, language } = await deps.brand()
    const about = await aboutOf(deps, draft, language)
    const matched: FactPassage[][] = []
    const found: Passage[][] = []
    for (const query of draft.plan) {
      matched.push(await retrieveFacts(deps, { ...about, query, at, limit: most.factsPerQuery }))
      found.push(await passagesFor(deps, { ...about, query, at, limit: most.passagesPerQuery }))
    }
    const ofShop = offering(business.site)
    const passages = inTurn(found, (passage) => passage.chunkId)
      .map(ofPassage)
      .filter(isClean)
      .slice(0, most.passages)
    const offers = (await offersFor(deps, draft.brief, passages, whereOf({ ...about, at }))).map(ofShop).filter(isClean) // prettier-ignore
    const known = new Set(offers.map(({ text }) => text))
    const facts = inTurn(matched, (fact) => fact.factId)
      .filter((fact) => !known.has(fact.statement) && !isOver(fact, at) && !countsStock.test(fact.predicate))
      .map(ofShop)
      .filter(isClean)
      .slice(0, most.facts)
    await keepEvidence(deps.db, draftId, [...offers, ...facts, ...passages].map(numbered()), at)
    return { next: draft.body ? 'revise' : 'draft' }
  }

/** What every question of a draft shares: what the copywriter may read, in whose language, and what the brief is about. */
async function aboutOf(
  { db }: AgentDeps,
  { brief }: Draft,
  language: string | undefined,
): Promise<Pick<Question, 'scope' | 'languages' | 'subjects'>> {
  const subjects = await subjectsNamed(db, { text: wordsOf(brief), rule: brief.segment.rule })
  return { scope: agentScopes.copywriter.corpus, subjects, ...(language !== undefined && { languages: [language] }) }
}

const wordsOf = ({ sentence, segment }: Draft['brief']): string => [sentence, segment.description ?? ''].join('. ')

/** Stock changes within the hour, and that a thing can be had goes without saying: neither is matter for a mail. */
const countsStock = /^(?:stock|available|places-left)$/

/** What may be offered: of each thing that the brief or a passage speaks of, the best first, what it is, costs, and when. */
async function offersFor(
  deps: AgentDeps,
  brief: Draft['brief'],
  passages: readonly Unnumbered[],
  where: Where,
): Promise<FactRow[]> {
  const things = await subjectsAbout(
    deps.db,
    { brief: wordsOf(brief), passages: passages.map(({ text }) => text) },
    where,
    most.things,
  )
  const facts = await offerFacts(deps.db, things.flatMap(({ subjects }) => subjects), where) // prettier-ignore
  const kept = things.flatMap(({ subjects }) => {
    const all = facts.filter((fact) => subjects.includes(fact.subject))
    const own = all.filter((fact) => !isOver(fact, where.at))
    // A thing with days is over with its last one.
    if (own.length < all.length && !own.some(({ statement }) => dayIn(statement) !== null)) return []
    return own
      .filter(({ statement }, index) => own.findIndex((other) => other.statement === statement) === index)
      .slice(0, most.factsPerThing)
  })
  return kept.slice(0, most.offers)
}

/** A day's price or date says nothing to a reader once the day is over. */
const isOver = ({ subject, statement }: FactRow, at: Date): boolean =>
  /^(?:product|offer|workshop|event):/.test(subject) && (dayIn(statement) ?? Number.POSITIVE_INFINITY) < at.getTime()

/** The best of each list, then the second of each, and so on; each thing once. */
function inTurn<Item>(lists: readonly (readonly Item[])[], key: (item: Item) => string): Item[] {
  const longest = Math.max(0, ...lists.map((list) => list.length))
  const all = Array.from({ length: longest }, (_, rank) => lists.flatMap((list) => list[rank] ?? [])).flat()
  return [...new Map(all.toReversed().map((item) => [key(item), item])).values()].toReversed()
}

const isClean = (item: Unnumbered): boolean => taint(`${item.title ?? ''} ${item.text}`) === null

type Unnumbered = Omit<Evidence, 'id'>

/** A fact as evidence; a catalogue names pages within the site of the business. */
const offering =
  (site: string | undefined) =>
  (fact: FactRow): Unnumbered => {
    const { factId, statement, subject, predicate, title, url, validFrom, validTo } = fact
    const page = url === null ? null : URL.parse(url, site)
    return {
      citation: { kind: 'fact', factId },
      text: statement,
      subject,
      predicate,
      ...(title !== null && { title }),
      ...(page && { url: page.href }),
      validFrom,
      validTo,
    }
  }

function ofPassage(passage: Passage): Unnumbered {
  const { chunkId, documentId, startByte, endByte, text, title, heading, uri, validFrom, validTo } = passage
  return {
    citation: { kind: 'span', chunkId, documentId, startByte, endByte, quote: text },
    text,
    title: heading === '' ? title : `${title}: ${heading}`,
    ...(/^https?:/.test(uri) && URL.canParse(uri) && { url: uri }),
    validFrom,
    validTo,
  }
}

/** F1, F2 … for facts, C1, C2 … for spans: what a model writes to cite them. */
function numbered(): (item: Unnumbered) => Evidence {
  const last = { F: 0, C: 0 }
  return (item) => {
    const letter = item.citation.kind === 'fact' ? 'F' : 'C'
    return { id: `${letter}${++last[letter]}`, ...item }
  }
}

import type { Queryable } from '#kernel/db.ts'
import type { Citation, DraftBody } from '#rag/draft.ts'
import { placesOf, withoutSlots } from '#rag/guardrails/rule.ts'
import { copiesOf, type CampaignDefinition } from '../definition.ts'
import { selectEnded, type Ended } from '../queries/citations.ts'

/** A sentence of a campaign, and one thing it rests on. */
type Cited = { key: string; citation: Citation; stepKey: string; where: string; said: string }

/** Why a sentence can no longer be said as it stands. */
export type Untrue = {
  /** The sentence's ground and what stands in its place, or the rule that objects: what a lifted hold accepts. */
  key: string
  stepKey: string
  /** A path into the content of the step. */
  where: string
  /** The sentence as most readers get it. */
  said: string
  /** What is the matter with it, to be read after the sentence: `is no longer true: …`. */
  why: string
  /** What holds instead, where something does. */
  now: string | null
  /** Since when, as an instant in ISO 8601. */
  since: string | null
}

const known = new WeakMap<CampaignDefinition, readonly Cited[]>()

/** Every citation of a campaign's copy, sentence by sentence; worked out once for a definition. */
function citedBy(definition: CampaignDefinition): readonly Cited[] {
  const found = known.get(definition) ?? copiesOf(definition).flatMap((copy) => citedIn(copy.key, copy.content))
  known.set(definition, found)
  return found
}

const citedIn = (stepKey: string, content: DraftBody): Cited[] =>
  placesOf(content).flatMap(({ where, text, citations }) =>
    (citations ?? []).map((citation) => ({ key: keyOf(citation), citation, stepKey, where, said: asRead(text) })),
  )

/** A text as readers get it of whom nothing is known. */
export const asRead = (text: string): string => withoutSlots(text).replace(/\s+/g, ' ').trim()

const keyOf = (citation: Citation): string =>
  citation.kind === 'fact'
    ? `fact ${citation.factId}`
    : `span ${citation.documentId} ${citation.startByte}-${citation.endByte}`

/** What a campaign cites that has ended. */
export const endedCitations = (db: Queryable, definition: CampaignDefinition, at: Date): Promise<Ended[]> =>
  endedOf(db, citedBy(definition), at)

/** One look by primary key for each citation, in one statement. */
async function endedOf(db: Queryable, all: readonly Cited[], at: Date): Promise<Ended[]> {
  const cited = new Map(all.map(({ key, citation }) => [key, citation]))
  if (cited.size === 0) return []
  const facts = [...cited].flatMap(([key, one]) => (one.kind === 'fact' ? [{ key, id: one.factId }] : []))
  const spans = [...cited].flatMap(([key, one]) =>
    one.kind === 'span' ? [{ key, documentId: one.documentId, quote: one.quote }] : [],
  )
  return selectEnded(db, { facts, spans, at })
}

/**
 * Sentences that rest on what has ended and is not so any more. What ended and holds again with the same value, or
 * stands in the newer version of its text, is still true.
 */
export const untrueNow = (db: Queryable, definition: CampaignDefinition, at: Date): Promise<Untrue[]> =>
  untrueOf(db, citedBy(definition), at)

/** The same of pieces of copy that no campaign sends, in their order; asked at once. */
export async function untrueInCopies(db: Queryable, contents: readonly DraftBody[], at: Date): Promise<Untrue[][]> {
  const untrue = await untrueOf(db, contents.flatMap((content, place) => citedIn(String(place), content)), at) // prettier-ignore
  return contents.map((_, place) => untrue.filter(({ stepKey }) => stepKey === String(place)))
}

/** The same of one piece. */
export const untrueInCopy = async (db: Queryable, content: DraftBody, at: Date): Promise<Untrue[]> =>
  (await untrueInCopies(db, [content], at))[0] ?? []

async function untrueOf(db: Queryable, cited: readonly Cited[], at: Date): Promise<Untrue[]> {
  const ended = (await endedOf(db, cited, at)).filter((one) => !one.same)
  const byKey = new Map(ended.map((one) => [one.key, one]))
  return cited.flatMap(({ key, stepKey, where, said }) => {
    const end = byKey.get(key)
    if (!end) return []
    const since = (end.nowSince ?? end.endedAt)?.toISOString() ?? null
    return [{ key: `${key} ${where} now ${end.nowId ?? 'nothing'}`, stepKey, where, said, why: whyOf(end), now: end.now, since }]
  }) // prettier-ignore
}

function whyOf(end: Ended): string {
  if (end.now !== null) return `is no longer true: ${end.now.replace(/\.$/, '')}`
  return end.kind === 'fact' ? 'is stated nowhere any more' : 'no longer stands in the text it was taken from'
}

/** The sentences in words, the first of them in full: for a ledger, a command line, a notice. */
export function inWords(untrue: readonly Untrue[]): string {
  const said = new Map(untrue.map((one) => [one.said, one]))
  const [first] = said.values()
  if (!first) return 'nothing is known to be wrong'
  const more = said.size > 1 ? ` (and ${said.size - 1} more of its sentences)` : ''
  return `“${first.said}” ${first.why}${more}`
}

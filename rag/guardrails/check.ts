import type { Clock } from '#kernel/clock.ts'
import { canonicalJson } from '#kernel/crypto.ts'
import type { Queryable } from '#kernel/db.ts'
import type { Citation, DraftBody, Evidence, Finding } from '../draft.ts'
import { customersNamed, factsById, spansNow, type SpanNow } from '../queries/evidence-now.ts'
import { possibleNames } from '../redact/names.ts'
import {
  formIn,
  placesOf,
  publicPlaces,
  withoutSlots,
  type BrokenCitation,
  type Copy,
  type GuardContext,
  type Rule,
  type Subject,
} from './rule.ts'
import { rules } from './rule-set.ts'

/**
 * Runs every guardrail over a body, against the facts and documents as they are at the clock's time, not as they were
 * when the draft was written. One `pass` finding for each rule that finds nothing, so that a reader sees what ran.
 * @param evidence what was offered to the author; a person may cite other facts, which are read from the database
 */
export async function checkDraft(
  deps: { db: Queryable; clock: Clock },
  body: DraftBody,
  evidence: readonly Evidence[],
  context: GuardContext,
): Promise<Finding[]> {
  const citations = placesOf(body).flatMap((place) => place.citations ?? [])
  const current = await currentEvidence(deps, citations, evidence)
  const customers = await customersIn(deps.db, placesOf(body).map((place) => place.text)) // prettier-ignore
  return runRules(subjectOf(body, current, context, customers))
}

/** Full names of customers that stand in texts. */
export const customersIn = (db: Queryable, texts: readonly string[]): Promise<string[]> =>
  customersNamed(db, possibleNames(texts))

/** Runs the rules over a subject, all of them unless told: no database, no clock. */
export function runRules(subject: Subject, chosen: readonly Rule[] = rules): Finding[] {
  return chosen.flatMap((rule): Finding[] => {
    const stamp = { rule: rule.name, version: rule.version }
    const troubles = rule.check(subject)
    if (troubles.length > 0) return troubles.map((trouble) => ({ ...stamp, ...trouble }))
    return [{ ...stamp, verdict: 'pass', where: 'body', span: null, why: rule.what, fix: '' }]
  })
}

/** True when nothing forbids that a person approves it. */
export const passes = (findings: readonly Finding[]): boolean =>
  findings.length > 0 && findings.every((finding) => finding.verdict !== 'block')

/** What each citation stands for now; a string says why it stands for nothing. */
export type CurrentEvidence = ReadonlyMap<string, Evidence | string>

const keyOf = (citation: Citation): string => canonicalJson(citation)

/** A body as the rules see it, each text with the evidence it cites that holds. */
export function subjectOf(
  body: DraftBody,
  current: CurrentEvidence,
  context: GuardContext,
  customers: readonly string[],
): Subject {
  const places = publicPlaces(body, formIn(context))
  const holds = (citations: readonly Citation[]): Evidence[] =>
    citations.flatMap((citation) => {
      const known = current.get(keyOf(citation))
      return typeof known === 'object' ? [known] : []
    })
  const evidence = [...new Set(holds(places.flatMap((place) => place.citations ?? [])))]
  const copies = places.map(({ where, kind, text, citations }): Copy => {
    const support = citations === null ? evidence : holds(citations)
    return { where, kind, raw: text, text: withoutSlots(text), support, cited: citations?.length ?? 0 }
  })
  const broken = places.flatMap(({ where, citations }) =>
    (citations ?? []).flatMap((citation): BrokenCitation[] => {
      const known = current.get(keyOf(citation)) ?? 'It cites something that does not exist'
      return typeof known === 'string' ? [{ where, why: known }] : []
    }),
  )
  return { body, copies, broken, evidence, context, customers }
}

/** Evidence as given, by citation; for those who need no database (tests, rendered messages). */
export const givenEvidence = (evidence: readonly Evidence[]): CurrentEvidence =>
  new Map(evidence.map((item) => [keyOf(item.citation), item]))

/** What citations stand for at the clock's time, or why for nothing. */
export async function currentEvidence(
  deps: { db: Queryable; clock: Clock },
  citations: readonly Citation[],
  offered: readonly Evidence[],
): Promise<CurrentEvidence> {
  const known = new Map(offered.map((item) => [keyOf(item.citation), item]))
  const facts = await currentFacts(deps.db, citations)
  const spans = await currentSpans(deps.db, citations)
  const now = deps.clock()
  return new Map(
    [...facts, ...spans].map((item) => {
      if (typeof item.evidence === 'string') return [item.key, item.evidence]
      return [item.key, holding({ ...known.get(item.key), ...item.evidence }, now)]
    }),
  )
}

type Current = { key: string; evidence: Evidence | string }

async function currentFacts(db: Queryable, citations: readonly Citation[]): Promise<Current[]> {
  const facts = citations.filter((citation) => citation.kind === 'fact')
  const rows = await factsById(db, facts.map(({ factId }) => factId)) // prettier-ignore
  return rows.map((row, index) => {
    const { factId, subject, predicate, statement: text, title, url, validFrom, validTo } = row
    const citation: Citation = { kind: 'fact', factId }
    const about = { ...(title !== null && { title }), ...(url !== null && URL.canParse(url) && { url }) }
    return {
      key: keyOf(citation),
      evidence: { id: `F${index + 1}`, citation, text, subject, predicate, ...about, validFrom, validTo },
    }
  })
}

async function currentSpans(db: Queryable, citations: readonly Citation[]): Promise<Current[]> {
  const spans = citations.filter((citation) => citation.kind === 'span')
  const rows = await spansNow(db, spans)
  return rows.flatMap((row): Current[] => {
    const citation = spans[row.place]
    if (!citation) return []
    if (!row.quoted) return [{ key: keyOf(citation), evidence: 'It quotes words that its document does not have' }]
    const { title, heading, validFrom, validTo } = row
    const text = undisputed(citation.quote, row.disputed)
    if (text === '') return [{ key: keyOf(citation), evidence: 'It cites a text that says otherwise than what is believed: cite the fact, or have the text put right' }] // prettier-ignore
    const about = { title: heading === '' ? title : `${title}: ${heading}`, validFrom, validTo }
    return [{ key: keyOf(citation), evidence: { id: `C${row.place + 1}`, citation, text, ...about } }]
  })
}

/** The quote without what contradicts a fact: that is evidence of nothing until somebody settles it at its source. */
function undisputed(quote: string, disputed: SpanNow['disputed']): string {
  if (disputed.length === 0) return quote
  const bytes = Buffer.from(quote)
  const starts = [0, ...disputed.map(({ to }) => to)]
  const ends = [...disputed.map(({ from }) => from), bytes.length]
  return starts.map((start, nth) => bytes.subarray(start, ends[nth]).toString()).join(' … ').replace(/^[\s….]+|[\s…]+$/g, '') // prettier-ignore
}

const holding = (item: Evidence, now: Date): Evidence | string => {
  if (item.validFrom > now) return `It cites what holds only from ${item.validFrom.toISOString().slice(0, 10)}`
  if (item.validTo !== null && item.validTo <= now) return 'It cites what holds no longer: there is newer evidence'
  return item
}

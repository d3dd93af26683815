import type { Queryable } from '#kernel/db.ts'
import { one } from '#kernel/db.ts'
import { engagementPoints } from '../engagement.ts'
import { purchasesOf } from '../queries/scores-buyers.ts'
import { nextProducts, scoreRow, weightiestDeeds } from '../queries/scores-reading.ts'
import { liveScoring, type Scoring, type Signal } from './scoring.ts'

/** What says so: an event, order, consent or identifier by its id. */
export type Evidence = { kind: 'event' | 'order' | 'consent' | 'identifier'; id: string }

/** One thing that counts in a lead score: its points, how often it was found, and up to three rows that say so. */
export type Reason = { name: string; words: string; points: number; times: number; evidence: Evidence[] }

/** A deed that counts in an engagement, with the points it is still worth. */
export type Deed = Evidence & { what: string; at: Date; points: number }

export type Scores = {
  engagement: { points: number; words: string; deeds: Deed[] } | null
  lead: { score: number; words: string; reasons: Reason[] }
  rfm: {
    recency: number
    frequency: number
    monetary: number
    words: string
    /** Orders of which something is left; money in minor units of the business currency. */
    orders: number
    spentMinor: number
    lastOrderAt: Date | null
    evidence: Evidence[]
  } | null
  computedAt: Date
}

type Row = {
  engagement: number | null
  leadScore: number
  recency: number | null
  frequency: number | null
  monetary: number | null
  reasons: Omit<Reason, 'words'>[]
  computedAt: Date
}

const mostDeeds = 5

/** A person's scores as they stand at an instant, in words and with evidence; null where nothing is reckoned of them. */
export async function scoresOf(db: Queryable, personId: string, at: Date): Promise<Scores | null> {
  const [row] = await db.query<Row>(scoreRow(personId))
  if (!row) return null
  const { live } = await liveScoring(db)
  return {
    engagement: row.engagement === null ? null : await engagementOf(db, personId, row.engagement, live, at),
    lead: leadOf(row, live),
    rfm: await rfmOf(db, personId, row, at),
    computedAt: row.computedAt,
  }
}

async function engagementOf(
  db: Queryable,
  personId: string,
  level: number,
  live: Scoring,
  at: Date,
): Promise<NonNullable<Scores['engagement']>> {
  const points = engagementPoints(level, at)
  const deeds = await db.query<Deed>(weightiestDeeds(personId, live, at, mostDeeds))
  return {
    points,
    words: `${degree(points, [30, 10, 2], ['very active', 'active', 'now and then', 'quiet'])} lately`,
    deeds,
  }
}

function leadOf({ leadScore, reasons }: Row, { lead }: Scoring): Scores['lead'] {
  const signals = new Map(lead.map((signal) => [signal.name, signal]))
  return {
    score: leadScore,
    words: `${degree(leadScore, [70, 40, 15], ['hot', 'warm', 'lukewarm', 'cold'])} lead`,
    reasons: reasons.map((reason) => ({ ...reason, words: reasonWords(signals.get(reason.name), reason) })),
  }
}

function reasonWords(signal: Signal | undefined, { name, times }: { name: string; times: number }): string {
  if (!signal) return name
  const often = times === 1 ? 'once' : times === 2 ? 'twice' : `${times} times`
  return signal.words.replaceAll('{times}', signal.of === 'profile' ? String(times) : often)
}

/** The first of the words whose bound is reached; the last where none is. */
const degree = (value: number, bounds: readonly number[], words: readonly string[]): string => {
  const index = bounds.findIndex((bound) => value >= bound)
  return words.at(index)!
}

async function rfmOf(db: Queryable, personId: string, row: Row, at: Date): Promise<Scores['rfm']> {
  const { recency, frequency, monetary } = row
  if (recency === null || frequency === null || monetary === null) return null
  type Purchases = { orders: number; spentMinor: number; lastOrderAt: Date | null; newest: string[] }
  const { newest, ...purchases } = await one<Purchases>(db, purchasesOf(personId, at))
  const evidence = newest.map((id): Evidence => ({ kind: 'order', id }))
  return { recency, frequency, monetary, words: rfmWords(recency, frequency, monetary), ...purchases, evidence }
}

/** Names for what the three digits say together. */
export function rfmWords(recency: number, frequency: number, monetary: number): string {
  if (recency >= 4 && frequency >= 4 && monetary >= 4) return 'one of the best buyers'
  if (recency >= 4 && frequency >= 3) return 'a loyal buyer'
  if (recency >= 4) return 'a new or returning buyer'
  if (recency <= 2 && (frequency >= 4 || monetary >= 4)) return 'a good buyer who has gone quiet'
  if (recency <= 2) return 'a buyer of long ago'
  return 'a buyer now and then'
}

/** A product a person has not bought yet, and the products they bought that speak for it. */
export type NextProduct = {
  product: string
  label: string
  /** Σ confidence · ln lift over what speaks for it: only to be compared with others. */
  strength: number
  because: { product: string; label: string; people: number; support: number; confidence: number; lift: number }[]
}

/**
 * What a person may buy next: products they have not bought yet, the strongest first. What they buy again and again is
 * no news and is not listed.
 */
export const nextBest = (db: Queryable, personId: string, limit: number): Promise<NextProduct[]> =>
  db.query<NextProduct>(nextProducts(personId, limit))

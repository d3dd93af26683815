import type { Clock } from '#kernel/clock.ts'
import { one, type Db, type Tx } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import type { Sql } from '#kernel/sql.ts'
import { isAhead, watermarkNow } from '../queries/canonical.ts'
import { scoreBuyers, scorePairs } from '../queries/scores-buyers.ts'
import { everybody, removeGone, scorePeople } from '../queries/scores-people.ts'
import { planForWhole, putState, stateOf, type Part, type State } from '../queries/scores-states.ts'
import { peopleWithNews, purchasesChanged } from '../queries/segments-news.ts'
import { liveScoring, type Scoring } from './scoring.ts'

type Deps = { db: Db; clock: Clock }

export type Computed =
  | {
      kind: 'computed'
      /** People whose engagement and lead score were reckoned; `full`: everybody was. */
      people: number
      full: boolean
      /** Rows of people written, because something is other than before. */
      written: number
      /** Whether the digits of buyers and the pairs of products were reckoned anew, and rows written of them. */
      buyers: { reckoned: boolean; digits: number; pairs: number }
    }
  | { kind: 'busy'; why: string }

const leaseMs = 60_000
const hourMs = 3_600_000
/** Windows of reasons move with time, so everybody is reckoned so often. */
const fullEveryMs = 24 * hourMs
/** One purchase can move the digits of all: after news of one they are reckoned anew, no more often than this. */
const buyersEveryMs = hourMs
const mostTouched = 50_000
/** People at once: of a few the rows are looked up one by one, of many the tables are read through. */
const pageSizes = { touched: 1_000, all: 200_000 }

/**
 * Brings the scores up to date with the canonical tables: engagement and lead score of the people touched since its
 * watermark, of everybody once a day and when the scoring changed; the digits of buyers and the pairs of products when
 * purchases changed, at most once an hour. Writes only what is other than before. Safe to repeat and to kill.
 * @param input.full everything anew
 */
export async function computeScores(deps: Deps, input: { full?: boolean } = {}): Promise<Computed> {
  const done = await underLease(deps, 'scores', leaseMs, (mine) => computeAll(deps, input, mine))
  return done ?? { kind: 'busy', why: 'Another process is computing scores: wait for it to finish' }
}

type Work = Deps & { scoring: Scoring; hash: Hash; at: Date; mine: () => boolean }

async function computeAll(deps: Deps, input: { full?: boolean }, mine: () => boolean): Promise<Computed> {
  const { live: scoring, hash } = await liveScoring(deps.db)
  const work: Work = { ...deps, scoring, hash, at: deps.clock(), mine }
  return {
    kind: 'computed',
    ...(await computePeople(work, input.full ?? false)),
    buyers: await computeBuyers(work, input.full ?? false),
  }
}

/** Where a part stands; null where it has to begin anew. */
async function standing({ db, hash }: Work, part: Part): Promise<State | null> {
  const [state] = await db.query<State>(stateOf(part))
  if (!state || state.scoringHash !== hash) return null
  return (await one<{ ahead: boolean }>(db, isAhead(state.watermark))).ahead ? null : state
}

const watermark = async ({ db }: Work): Promise<string> =>
  (await one<{ watermark: string }>(db, watermarkNow())).watermark

const isDue = (since: Date, at: Date, everyMs: number): boolean =>
  at.getTime() >= since.getTime() + everyMs || at < since

async function computePeople(work: Work, isFull: boolean): Promise<{ people: number; full: boolean; written: number }> {
  const { db, hash, at } = work
  // Read first: what is committed from here on is news to the next computation.
  const seen = await watermark(work)
  const state = isFull ? null : await standing(work, 'people')
  const touched = state && (await touchedSince(work, state))
  const done = { people: 0, written: 0 }
  for await (const page of touched ? pagesOf(touched) : pagesOfAll(db)) {
    if (!work.mine()) throw new Error('Another process took over the scores: run it again')
    done.people += page.length
    done.written += await scorePage(work, page, touched ? 'touched' : 'all')
  }
  const fullAt = touched && state ? state.fullAt : at
  await db.query(putState('people', { scoringHash: hash, watermark: seen, fullAt }))
  return { ...done, full: !touched }
}

/** Whose rows changed; null when everybody is to be reckoned. */
async function touchedSince({ db, at }: Work, state: State): Promise<string[] | null> {
  if (isDue(state.fullAt, at, fullEveryMs)) return null
  const rows = await db.query<{ id: string }>(peopleWithNews(state.watermark, mostTouched + 1))
  return rows.length > mostTouched ? null : rows.map(({ id }) => id)
}

function* pagesOf(people: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < people.length; from += pageSizes.touched) yield people.slice(from, from + pageSizes.touched)
}

async function* pagesOfAll(db: Db): AsyncGenerator<readonly string[]> {
  for (let after: string | null = null; ;) {
    const rows: { id: string }[] = await db.query<{ id: string }>(everybody({ after, limit: pageSizes.all }))
    if (rows.length > 0) yield rows.map(({ id }) => id)
    if (rows.length < pageSizes.all) return
    after = rows.at(-1)!.id
  }
}

const scorePage = ({ db, scoring, at }: Work, people: readonly string[], which: 'touched' | 'all'): Promise<number> =>
  db.transaction(async (tx) => {
    if (which === 'all') await tx.query(planForWhole())
    await tx.query(removeGone(people))
    return (await one<{ written: number }>(tx, scorePeople(people, scoring, at))).written
  })

async function computeBuyers(
  work: Work,
  isFull: boolean,
): Promise<{ reckoned: boolean; digits: number; pairs: number }> {
  const { db, scoring, hash, at } = work
  const seen = await watermark(work)
  const state = isFull ? null : await standing(work, 'buyers')
  if (state && !(await hasPurchases(work, state))) return { reckoned: false, digits: 0, pairs: 0 }
  const whole = (statement: Sql): Promise<number> => db.transaction((tx) => wholeOf(tx, statement))
  const digits = await whole(scoreBuyers(at))
  const pairs = await whole(scorePairs(scoring, at))
  await db.query(putState('buyers', { scoringHash: hash, watermark: seen, fullAt: at }))
  return { reckoned: true, digits, pairs }
}

async function wholeOf(tx: Tx, statement: Sql): Promise<number> {
  await tx.query(planForWhole())
  return (await one<{ written: number }>(tx, statement)).written
}

/** Orders may be dated ahead, and then count from their day on without any news. */
async function hasPurchases({ db, at }: Work, state: State): Promise<boolean> {
  if (!isDue(state.fullAt, at, buyersEveryMs)) return false
  if (isDue(state.fullAt, at, fullEveryMs)) return true
  return (await one<{ news: boolean }>(db, purchasesChanged(state.watermark))).news
}

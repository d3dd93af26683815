import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import { one, type Db } from '#kernel/db.ts'
import { underLease } from '#kernel/leases.ts'
import { halfLifeDays } from '../engagement.ts'
import type { Generation, GraphStore } from '../port.ts'
import * as queries from '../queries/segments.ts'
import * as news from '../queries/segments-news.ts'
import { readsOf } from './reads.ts'
import { listSegments, type Segment } from './registry.ts'

type Deps = { db: Db; clock: Clock; store: Pick<GraphStore, 'live' | 'segment'> }

/** What became of one segment: how many people were looked at (null: everybody), who came in and who left. */
export type Maintained = { segment: string; lookedAt: number | null; entered: number; left: number }

export type Maintenance =
  | { kind: 'maintained'; segments: Maintained[] }
  | { kind: 'no-graph'; why: string }
  | { kind: 'busy'; why: string }

const leaseMs = 60_000
const hourMs = 3_600_000
/** A rule that looks at time is asked of everybody this often, any other one once a day: rows may be dated ahead. */
const fullEveryMs = { timed: hourMs, any: 24 * hourMs }
/** Above this, asking about everybody is the cheaper way. */
const mostTouched = 50_000
const batchSize = 5_000

/**
 * Brings the members of every segment up to date with the graph: people touched by what changed since the segment was
 * last looked at, or everybody where time or what is shared by all may have moved anyone. What the graph has
 * not seen yet is left for the next time. Safe to repeat and to kill. One maintenance runs at a time.
 * @param input.full ask every rule of everybody
 */
export async function maintainSegments(deps: Deps, input: { full?: boolean } = {}): Promise<Maintenance> {
  const done = await underLease(deps, 'segment-maintenance', leaseMs, (mine) => maintainAll(deps, input, mine))
  return done ?? { kind: 'busy', why: 'Another process is at the segments: wait for it to finish' }
}

async function maintainAll(deps: Deps, input: { full?: boolean }, mine: () => boolean): Promise<Maintenance> {
  await deps.db.query(queries.followPointers())
  // Read before anybody is asked about: what is projected meanwhile is seen early, and looked at again next time.
  const live = await deps.store.live()
  if (!live) return { kind: 'no-graph', why: 'There is no graph yet: run millrace graph' }
  const told = newspaper(deps.db)
  const segments: Maintained[] = []
  for (const segment of await listSegments(deps.db)) {
    if (!mine()) throw new Error('Another process took over the segments: run it again')
    segments.push(await maintain(deps, segment, live, told, input))
  }
  return { kind: 'maintained', segments }
}

async function maintain(
  deps: Deps,
  segment: Segment,
  live: Generation,
  told: Newspaper,
  input: { full?: boolean },
): Promise<Maintained> {
  const at = deps.clock()
  const ruleHash = hashOf({ rule: segment.rule, halfLifeDays })
  const [state] = await deps.db.query<queries.State>(queries.stateOf(segment.id))
  const goesOn = !input.full && state?.ruleHash === ruleHash && state.generation === live.number
  const touched = goesOn ? await touchedSince(segment, state, at, told) : null
  const moved = touched ? await lookAt(deps, segment, touched, at) : await lookAtAll(deps, segment, at)
  const fullAt = touched && state ? state.fullAt : at
  const now = { ruleHash, generation: live.number, watermark: live.watermark, fullAt }
  await deps.db.query(queries.putState(segment.id, now, at))
  return { segment: segment.name, lookedAt: touched?.length ?? null, ...moved }
}

/** The people whom news may have moved in or out; null where it may be anybody. */
async function touchedSince(
  { rule }: Segment,
  { watermark, fullAt }: queries.State,
  at: Date,
  told: Newspaper,
): Promise<string[] | null> {
  const reads = readsOf(rule)
  const due = fullAt.getTime() + (reads.time ? fullEveryMs.timed : fullEveryMs.any)
  if (at.getTime() >= due || at < fullAt) return null
  const { products, anything } = await told.news(watermark)
  if ((reads.products && products) || (reads.anything && anything)) return null
  const people = await told.people(watermark)
  return reads.anything && people !== null && people.length > 0 ? null : people
}

type Newspaper = {
  news: (watermark: string) => Promise<news.News>
  people: (watermark: string) => Promise<string[] | null>
}

function once<T>(ask: (watermark: string) => Promise<T>): (watermark: string) => Promise<T> {
  const known = new Map<string, Promise<T>>()
  return (watermark) => {
    const answer = known.get(watermark) ?? ask(watermark)
    known.set(watermark, answer)
    return answer
  }
}

/** Segments mostly stand at the same watermark: what happened since is asked for once. */
function newspaper(db: Db): Newspaper {
  return {
    news: once((watermark) => one<news.News>(db, news.newsSince(watermark))),
    people: once(async (watermark) => {
      const rows = await db.query<{ id: string }>(news.peopleWithNewsOrScores(watermark, mostTouched + 1))
      return rows.length > mostTouched ? null : rows.map(({ id }) => id)
    }),
  }
}

type Moved = { entered: number; left: number }

async function lookAt({ db, store }: Deps, segment: Segment, people: readonly string[], at: Date): Promise<Moved> {
  const moved = { entered: 0, left: 0 }
  for (let from = 0; from < people.length; from += batchSize) {
    const ids = people.slice(from, from + batchSize)
    const selected = await store.segment(segment.rule, { at, among: ids })
    add(moved, await one<Moved>(db, queries.setMembers(segment.id, { ids }, selected, at)))
  }
  return moved
}

/** The answer comes by id: each stretch of it says who is in and, of everybody between its ends, who is not. */
async function lookAtAll({ db, store }: Deps, segment: Segment, at: Date): Promise<Moved> {
  const selected = await store.segment(segment.rule, { at })
  const moved = { entered: 0, left: 0 }
  let after: string | null = null
  for (let from = 0; from <= selected.length; from += batchSize) {
    const stretch = selected.slice(from, from + batchSize)
    const upTo: string | null = from + batchSize > selected.length ? null : stretch.at(-1)!
    add(moved, await one<Moved>(db, queries.setMembers(segment.id, { after, upTo }, stretch, at)))
    after = upTo
  }
  return moved
}

function add(sum: Moved, { entered, left }: Moved): void {
  sum.entered += entered
  sum.left += left
}

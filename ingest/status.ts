import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { driftBetween, type Drift } from './drift.ts'
import { openProblems } from './queries/quarantine.ts'
import { lastShapes, type ShapeOfRun } from './queries/run-notes.ts'
import { arrivals, lastRuns, newestMoments, type LastRun } from './queries/status.ts'

/** Something a person should look at, and what to do. */
export type Alarm = { kind: 'late' | 'failed' | 'unfinished'; why: string; fix: string }

/**
 * How a source stands. Times are in milliseconds: `lagMs` from the newest moment its rows tell of, `sinceMs` from when it
 * last brought something new, `rhythmMs` the usual time between two arrivals (null until there are enough of them).
 */
export type SourceStatus = {
  source: string
  /** The last run, newest first: several where a source has several streams. */
  runs: LastRun[]
  newestAt: Date | null
  lagMs: number | null
  sinceMs: number | null
  rhythmMs: number | null
  waiting: number
  drift: (Drift & { layout: string })[]
  alarms: Alarm[]
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Arrivals closer than this are one: the twelve files of an afternoon. */
const together = hourMs
const mostArrivals = 200
const mostGaps = 10
const fewestGaps = 3

/** How every source stands that ever brought anything: its last run, how old its data is, what changed in its rows. */
export async function ingestStatus(deps: { db: Db; clock: Clock }): Promise<SourceStatus[]> {
  const { db, clock } = deps
  const now = clock()
  const runs = Map.groupBy(await lastRuns(db), ({ source }) => source)
  const times = Map.groupBy(await arrivals(db, mostArrivals), ({ source }) => source)
  const newest = new Map((await newestMoments(db)).map(({ source, at }) => [source, at]))
  const waiting = Map.groupBy(await openProblems(db), ({ source }) => source)
  const drift = driftOf(await lastShapes(db))
  return [...runs].map(([source, last]) => {
    const arrived = (times.get(source) ?? []).map(({ at }) => at)
    const newestAt = newest.get(source) ?? null
    const rhythm = rhythmOf(arrived)
    const sinceMs = arrived[0] ? Math.max(0, now.getTime() - arrived[0].getTime()) : null
    return {
      source,
      runs: last.toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime()),
      newestAt,
      lagMs: newestAt && Math.max(0, now.getTime() - newestAt.getTime()),
      sinceMs,
      rhythmMs: rhythm?.usualMs ?? null,
      waiting: (waiting.get(source) ?? []).reduce((sum, { count }) => sum + count, 0),
      drift: drift.get(source) ?? [],
      alarms: [...lateAlarm(sinceMs, rhythm), ...last.flatMap((run) => runAlarms(run, now))],
    }
  })
}

export type Rhythm = { usualMs: number; patienceMs: number }

/**
 * The rhythm of a source from the times it brought something, newest first: the median of its last ten gaps. It is late
 * after twice that time, and never before a tenth more than the second longest of ten gaps (their 90th percentile), so
 * that what rests at weekends is not missed on Sundays. Null with fewer than 3 gaps.
 */
export function rhythmOf(arrived: readonly Date[]): Rhythm | null {
  const distinct: number[] = []
  for (const at of arrived) {
    const last = distinct.at(-1)
    if (last === undefined || last - at.getTime() >= together) distinct.push(at.getTime())
  }
  const gaps = distinct.slice(0, mostGaps + 1).flatMap((at, index) => (index === 0 ? [] : [distinct[index - 1]! - at]))
  if (gaps.length < fewestGaps) return null
  const sorted = gaps.toSorted((a, b) => a - b)
  const nearestRank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1]!
  const usualMs = nearestRank(0.5)
  return { usualMs, patienceMs: Math.max(2 * usualMs, 1.1 * nearestRank(0.9)) }
}

function lateAlarm(sinceMs: number | null, rhythm: Rhythm | null): Alarm[] {
  if (sinceMs === null || rhythm === null || sinceMs <= rhythm.patienceMs) return []
  const why = `Nothing new for ${spanOf(sinceMs)}; it usually comes every ${spanOf(rhythm.usualMs)}`
  return [{ kind: 'late', why, fix: 'Read its newest export, or look whether its connection still works' }]
}

function runAlarms(run: LastRun, now: Date): Alarm[] {
  const what = streamOf(run)
  if (run.state === 'failed') {
    const why = `The last run${what} failed${run.problem === null ? '' : `: ${run.problem}`}`
    return [{ kind: 'failed', why, fix: 'Mend what it names and run it again: it goes on where it can' }]
  }
  // What is sent to us stands open all day.
  if (run.state !== 'running' || run.input.startsWith('push:')) return []
  const quietMs = now.getTime() - (run.advancedAt ?? run.startedAt).getTime()
  if (quietMs < hourMs) return []
  const why = `The last run${what} has not gone on for ${spanOf(quietMs)}`
  return [{ kind: 'unfinished', why, fix: 'It was ended: start it again, and it goes on where it stopped' }]
}

/** ` of customers` for a stream of an API; files need no name. */
export const streamOf = ({ input }: { input: string }): string => {
  const stream = /^(?:api|push):(.+)$/.exec(input)?.[1]
  return stream === undefined ? '' : ` of ${stream}`
}

function driftOf(shapes: readonly ShapeOfRun[]): Map<string, (Drift & { layout: string })[]> {
  const pairs = Map.groupBy(shapes, ({ source, kind, layout }) => JSON.stringify([source, kind, layout]))
  const found = [...pairs.values()].flatMap((pair) => {
    const [now, before] = [pair.find(({ nth }) => nth === 1), pair.find(({ nth }) => nth === 2)]
    if (!now || !before) return []
    return driftBetween(before, now).map((drift) => ({ source: now.source, drift: { ...drift, layout: now.layout } }))
  })
  return new Map([...Map.groupBy(found, ({ source }) => source)].map(([source, all]) => [source, all.map(({ drift }) => drift)])) // prettier-ignore
}

const words = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`

/** A span of time in words: `12 minutes`, `5 hours`, `3 days`. */
export function spanOf(ms: number): string {
  if (ms < 1.5 * 60_000) return ms < 60_000 ? 'less than a minute' : '1 minute'
  if (ms < 1.5 * hourMs) return words(Math.round(ms / 60_000), 'minute')
  return ms < 2 * dayMs ? words(Math.round(ms / hourMs), 'hour') : words(Math.round(ms / dayMs), 'day')
}

import type { Clock } from '#kernel/clock.ts'
import type { Queryable } from '#kernel/db.ts'
import { decisionsMade, draftsWritten, versionsMoved, type VersionMove, type Window } from '../queries/writer.ts'
import { measuresOf, type Measure } from './measures.ts'
import { fewest, median, shiftOfNumbers, shiftOfWords, type Shift } from './shift.ts'
import { daysBefore, weeksOf } from './weeks.ts'

/** `slight`: one test of two says that it is no chance. `clear`: all there are, and not by a little. */
export type Verdict = 'too little to tell' | 'steady' | 'slight' | 'clear'

/** One measure in one window, against the reference. `before` and `now`: the median, or the commonest word. */
export type Drift = {
  name: string
  of: Measure['of']
  unit: string
  window: Window
  samples: { before: number; now: number }
  before: number | string | null
  now: number | string | null
  shift: Shift | null
  verdict: Verdict
  /** In words, what changed since when. */
  says: string
}

export type DriftReport = {
  reference: Window
  watched: Window
  /** Each measure over all that is watched, and again over each of its weeks, the oldest first. */
  whole: Drift[]
  weekly: Drift[]
  /** New prompts, policies, guardrails and brands that came to be live meanwhile. */
  moves: VersionMove[]
}

type Deps = { db: Queryable; clock: Clock }

/** Enough to tell a shift by, and read while a page is waited for: of more, the newest. */
const mostDrafts = 2000

/**
 * How what the writer is given, and how what it writes fares, have changed: each of the last weeks, and all of them
 * together, against a reference window.
 * @param input.weeks how many weeks are watched, the one under way among them; 8 unless told
 * @param input.reference what they are compared with; the twelve weeks before them unless told
 */
export async function writerDrift(
  { db, clock }: Deps,
  input: { weeks?: number; reference?: Window } = {},
): Promise<DriftReport> {
  const weeks = weeksOf(clock(), input.weeks ?? 8)
  const watched = { from: weeks[0]!.from, to: weeks.at(-1)!.to }
  const reference = input.reference ?? { from: daysBefore(watched.from, 84), to: watched.from }
  const reach = { from: earlier(reference.from, watched.from), to: watched.to }
  const drafts = await draftsWritten(db, reach, mostDrafts)
  const decisions = await decisionsMade(db, reach)
  const measures = measuresOf({ drafts, decisions })
  return {
    reference,
    watched,
    whole: measures.map((measure) => driftOf(measure, reference, watched)),
    weekly: measures.flatMap((measure) => weeks.map((week) => driftOf(measure, reference, week))),
    moves: await versionsMoved(db, watched),
  }
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b)

const within = <Value>(values: readonly { at: Date; value: Value }[], { from, to }: Window): Value[] =>
  values.filter(({ at }) => at >= from && at < to).map(({ value }) => value)

/** One measure in a window against its values in the reference. */
export function driftOf(measure: Measure, reference: Window, window: Window): Drift {
  const { name, of, unit } = measure
  const found = measure.kind === 'number' ? ofNumbers(measure, reference, window) : ofWords(measure, reference, window)
  const { samples, shift } = found
  const verdict = shift === null ? 'too little to tell' : verdictOf(shift)
  const { change, ...rest } = found
  return { name, of, unit, window, ...rest, verdict, says: wordsOf(verdict, change, samples, shift) }
}

type Found = Pick<Drift, 'samples' | 'before' | 'now' | 'shift'> & { change: string }

const isEnough = ({ before, now }: Drift['samples']): boolean => before >= fewest && now >= fewest

function ofNumbers(measure: Extract<Measure, { kind: 'number' }>, reference: Window, window: Window): Found {
  const [before, now] = [within(measure.values, reference), within(measure.values, window)]
  const samples = { before: before.length, now: now.length }
  const middle = { before: middleOf(before), now: middleOf(now) }
  const rises = (middle.now ?? 0) === (middle.before ?? 0) ? mean(now) > mean(before) : (middle.now ?? 0) > (middle.before ?? 0) // prettier-ignore
  const change = `${rises ? measure.said.more : measure.said.less} (${told(middle.before)} → ${told(middle.now)} ${measure.unit})`
  return { samples, ...middle, change, shift: isEnough(samples) ? shiftOfNumbers(before, now) : null }
}

const told = (value: number | null): string => (value === null ? 'none' : String(Math.round(value * 100) / 100))
const middleOf = (values: readonly number[]): number | null => (values.length === 0 ? null : median(values))
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function ofWords(measure: Extract<Measure, { kind: 'word' }>, reference: Window, window: Window): Found {
  const [before, now] = [within(measure.values, reference), within(measure.values, window)]
  const samples = { before: before.length, now: now.length }
  const shift = isEnough(samples) ? shiftOfWords(before, now) : null
  return { samples, before: commonest(before), now: commonest(now), change: measure.said.mixed, shift }
}

function commonest(values: readonly string[]): string | null {
  const counts = Map.groupBy(values, (value) => value)
  const [first] = [...counts].toSorted(([a, one], [b, other]) => other.length - one.length || a.localeCompare(b))
  return first?.[0] ?? null
}

/** The customary line of a clear shift. */
const clearPsi = 0.25

function verdictOf({ psi, alarm, ks }: Shift): Verdict {
  const [shifted, parted] = [psi > alarm, ks === null || ks.p < 0.01]
  if (shifted && parted && psi >= clearPsi) return 'clear'
  return shifted || (ks !== null && parted) ? 'slight' : 'steady'
}

function wordsOf(verdict: Verdict, change: string, { before, now }: Drift['samples'], shift: Shift | null): string {
  if (shift === null) return `too little to tell: ${now} now and ${before} before, and ${fewest} of each are needed`
  const measured = `PSI ${shift.psi.toFixed(2)}`
  if (verdict === 'steady') return `steady: ${measured}`
  return `${change}: ${measured}, a ${verdict} shift`
}

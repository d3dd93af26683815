import { clearLine, cursorTo } from 'node:readline'
import type { Clock } from '#kernel/clock.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Call } from './verb.ts'

/** Tells how far some work is: `done` of `total` (null where nobody knows), and, where rows are not what is counted, how many. */
export type Progress = (done: number, total: number | null, rows?: number) => void

/** Where progress is told: a terminal redraws a line, anything else gets one line after another. */
export type Screen = { isTTY: boolean; columns: number; draw: (line: string) => void; wipe: () => void; say: (line: string) => void } // prettier-ignore

const redrawMs = 100
const sayMs = 10_000

/**
 * A bar on a terminal that follows long work, and a line every ten seconds elsewhere; nothing beside an answer for
 * programs. It goes to stderr; `end` wipes it. Times are of the clock alone, so that a test may choose them.
 */
export function progressBar(
  call: Pick<Call, 'json'>,
  label: string,
  { clock = systemClock, screen = terminal }: { clock?: Clock; screen?: Screen } = {},
): Progress & { end: () => void } {
  const begun = clock().getTime()
  let told = screen.isTTY ? Number.NEGATIVE_INFINITY : begun
  let drawn = false
  const follow: Progress = (done, total, rows = done) => {
    if (call.json) return
    const now = clock().getTime()
    if (now - told < (screen.isTTY ? redrawMs : sayMs)) return
    told = now
    const line = lineOf({ label, done, total, rows, ms: now - begun })
    drawn ||= screen.isTTY
    if (screen.isTTY) screen.draw(barOf(done, total, line, screen.columns))
    else screen.say(line)
  }
  return Object.assign(follow, { end: () => void (drawn && screen.wipe()) })
}

type Standing = { label: string; done: number; total: number | null; rows: number; ms: number }

/** `orders.csv: 42 %, 120,000 rows, 8,310 a second, 2 min left`. */
function lineOf({ label, done, total, rows, ms }: Standing): string {
  const share = shareOf(done, total)
  const each = ms < 1000 ? null : Math.round((rows * 1000) / ms)
  const left = share === null || share <= 0 || ms < 2000 ? null : (ms * (1 - share)) / share
  const parts = [
    ...(share === null ? [] : [`${Math.floor(share * 100)} %`]),
    `${count(rows)} rows`,
    ...(each === null ? [] : [`${count(each)} a second`]),
    ...(left === null ? [] : [`${spanLeft(left)} left`]),
  ]
  return `${label}: ${parts.join(', ')}`
}

const shareOf = (done: number, total: number | null): number | null =>
  total === null || total <= 0 ? null : Math.min(1, done / total)

const barLength = 24

function barOf(done: number, total: number | null, line: string, columns: number): string {
  const share = shareOf(done, total)
  const full = share === null ? 0 : Math.round(share * barLength)
  const bar = share === null ? '' : `${'█'.repeat(full)}${'░'.repeat(barLength - full)} `
  return `${bar}${line}`.slice(0, Math.max(20, columns - 1))
}

const count = (n: number): string => new Intl.NumberFormat('en-GB').format(n)

function spanLeft(ms: number): string {
  if (ms < 60_000) return `${Math.max(1, Math.round(ms / 1000))} s`
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`
}

const terminal: Screen = {
  get isTTY() {
    return process.stderr.isTTY
  },
  get columns() {
    return process.stderr.columns ?? 80
  },
  draw: (line) => {
    cursorTo(process.stderr, 0)
    process.stderr.write(line)
    clearLine(process.stderr, 1)
  },
  wipe: () => {
    cursorTo(process.stderr, 0)
    clearLine(process.stderr, 0)
  },
  say: (line) => void process.stderr.write(`${line}\n`),
}

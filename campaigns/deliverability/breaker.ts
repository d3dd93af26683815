/** What happened at a provider in 24 hours. `bounced` are the hard ones; `sent` is everything that was tried. */
export type Counts = { sent: number; bounced: number; complained: number; deferred: number }

export type BreakerState = 'go' | 'hold' | 'halve' | 'pause' | 'stop'

/** A provider's breaker. `hold` lets nothing grow, `halve` halves a day, `pause` ends by itself, `stop` by a person. */
export type Breaker = {
  state: BreakerState
  why: string
  since: Date
  until: Date | null
  mostADay: number | null
  /** What was before is forgiven. */
  countsFrom: Date | null
}

export const closed = (at: Date): Breaker => ({
  state: 'go',
  why: 'nothing to say',
  since: at,
  until: null,
  mostADay: null,
  countsFrom: null,
})

const pauseMs = 4 * 3_600_000
const fewest = 5

type Rule = { of: Exclude<keyof Counts, 'sent'>; words: string; above: number; orAt?: true; state: BreakerState }

/** Shares in percent of what was sent in percent, the worst first. */
const rules: readonly Rule[] = [
  { of: 'complained', words: 'complaints', above: 0.3, orAt: true, state: 'stop' },
  { of: 'bounced', words: 'hard bounces', above: 5, state: 'stop' },
  { of: 'deferred', words: 'deferrals', above: 15, state: 'pause' },
  { of: 'complained', words: 'complaints', above: 0.08, orAt: true, state: 'halve' },
  { of: 'deferred', words: 'deferrals', above: 5, orAt: true, state: 'halve' },
  { of: 'bounced', words: 'hard bounces', above: 2, state: 'hold' },
]

/** What the counts of 24 hours call for. Little says little: 200 messages, or three of what is counted. */
export function judged(counts: Counts): { state: BreakerState; why: string } {
  const tripped = rules.find(({ of, above, orAt }) => {
    const n = counts[of]
    if (n === 0 || (counts.sent < 200 && n < 3)) return false
    const share = (n / Math.max(counts.sent, n)) * 100
    return orAt ? share >= above : share > above
  })
  if (!tripped) return { state: 'go', why: 'within every limit' }
  const n = counts[tripped.of]
  const share = ((n / Math.max(counts.sent, n)) * 100).toFixed(2)
  return { state: tripped.state, why: `${n} ${tripped.words} of ${counts.sent} messages in 24 hours (${share} %)` }
}

/**
 * The breaker after a look. A stop stays until a person releases it; a pause, unless what calls for a stop comes meanwhile,
 * until its time is over, when what led to it is forgiven; a halved day keeps its measure as long as it lasts.
 */
export function nextBreaker(current: Breaker, counts: Counts, at: Date): Breaker {
  if (current.state === 'stop') return current
  const { state, why } = judged(counts)
  if (current.state === 'pause' && state !== 'stop') {
    const over = current.until !== null && current.until.getTime() <= at.getTime()
    return over ? { ...closed(at), why: 'the pause is over', countsFrom: at } : current
  }
  if (state === current.state) return { ...current, why }
  return {
    state,
    why,
    since: at,
    until: state === 'pause' ? new Date(at.getTime() + pauseMs) : null,
    mostADay: state === 'halve' ? Math.max(fewest, Math.floor(counts.sent / 2)) : null,
    countsFrom: current.countsFrom,
  }
}

/** A person's word that a provider is to be tried again: what was is forgiven, and only what comes counts. */
export const released = (at: Date): Breaker => ({ ...closed(at), why: 'released by a person', countsFrom: at })

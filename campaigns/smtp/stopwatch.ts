/** How mails fared while some waited: for so many milliseconds, of which the thread slept some; answered, and put off by a 4xx. */
export type Passed = { ms: number; slept: number; answered: number; deferred: number }

/** In milliseconds, of any clock that only goes forward. */
export type Times = {
  now: () => number
  /** How long the thread that sends has slept since it began. */
  slept: () => number
}

const nothing: Passed = { ms: 0, slept: 0, answered: 0, deferred: 0 }

/** Measures while it runs, and nothing between. */
export function openStopwatch(times: Times) {
  let passed = { ...nothing }
  /** Since when it runs, and how long the thread had slept by then. */
  let since: { now: number; slept: number } | null = null
  return {
    answered: (deferred: boolean): void => {
      if (since === null) return
      passed.answered += 1
      if (deferred) passed.deferred += 1
    },
    /** Starts it, or runs on; what passed until now. */
    run: (): Passed => {
      const [now, slept] = [times.now(), times.slept()]
      if (since) {
        passed.ms += now - since.now
        passed.slept += slept - since.slept
      }
      since = { now, slept }
      return passed
    },
    pause: (): void => void (since = null),
    reset: (): void => void (passed = { ...nothing }),
  }
}

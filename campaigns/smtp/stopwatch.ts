/** How mails fared while some waited: for so many milliseconds, of which the thread slept some; answered, and put off by a 4xx. */
export type Passed = { ms: number; slept: number; answered: number; deferred: number }

const nothing: Passed = { ms: 0, slept: 0, answered: 0, deferred: 0 }

/**
 * Measures while it runs, and nothing between.
 * @param sleptMs how long the thread that sends has slept since it began, in milliseconds
 */
export function openStopwatch(sleptMs: () => number) {
  let passed = { ...nothing }
  /** Since when it runs, and how long the thread had slept by then. */
  let since: { ms: number; slept: number } | null = null
  return {
    answered: (deferred: boolean): void => {
      if (since === null) return
      passed.answered += 1
      if (deferred) passed.deferred += 1
    },
    /** Starts it, or runs on; what passed until now. */
    run: (atMs: number): Passed => {
      const slept = sleptMs()
      if (since) {
        passed.ms += atMs - since.ms
        passed.slept += slept - since.slept
      }
      since = { ms: atMs, slept }
      return passed
    },
    pause: (): void => void (since = null),
    reset: (): void => void (passed = { ...nothing }),
  }
}

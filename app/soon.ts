import { setTimeout as timer } from 'node:timers/promises'

/** Work that is wanted again and again: `want` returns at once, `stop` when what is under way is done. */
export type Soon = { want: () => void; stop: () => Promise<void> }

type Pause = (ms: number, signal: AbortSignal) => Promise<void>

/** Waits that long, or until the signal. */
export const pauseUntil: Pause = (ms, signal) => timer(ms, undefined, { signal }).catch(() => undefined)

/**
 * Does the work soon after it was wanted, once for however often it was, and never twice at a time. Wanted while it is
 * under way, it is done once more: it may have begun before what it is wanted for. The work must not throw.
 * @param afterMs from the first wish to the work, and at least from one time to the next
 */
export function soon(afterMs: number, work: () => Promise<void>, pause: Pause = pauseUntil): Soon {
  const stopping = new AbortController()
  let isWanted = false
  let under: Promise<void> | null = null
  const rounds = async (): Promise<void> => {
    while (isWanted && !stopping.signal.aborted) {
      await pause(afterMs, stopping.signal)
      isWanted = false
      if (!stopping.signal.aborted) await work()
    }
    under = null
  }
  return {
    want: () => {
      isWanted = true
      under ??= rounds()
    },
    stop: async () => {
      stopping.abort()
      await under
    },
  }
}

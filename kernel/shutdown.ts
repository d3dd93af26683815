import type { Log } from './log.ts'
import { messageOf } from './errors.ts'

const patienceMs = 15_000

/**
 * Runs the stops, newest first, at the first SIGTERM or SIGINT; a second signal, or 15 s, ends the process at once.
 * The returned promise settles when everything has stopped.
 */
export function stopOnSignal(log: Log, stops: readonly (() => Promise<void>)[]): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false
    const stop = (signal: string): void => {
      if (stopping) process.exit(1)
      stopping = true
      log.info({ signal }, 'stopping; a second signal ends it at once')
      setTimeout(() => process.exit(1), patienceMs).unref()
      void stopAll(log, stops).then(resolve)
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
}

async function stopAll(log: Log, stops: readonly (() => Promise<void>)[]): Promise<void> {
  for (const stop of stops.toReversed()) {
    await stop().catch((fault: unknown) => log.error({ fault: messageOf(fault) }, 'a part did not stop cleanly'))
  }
}

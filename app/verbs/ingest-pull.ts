import { runFeed } from '#ingest/feed.ts'
import type { RunReport } from '#ingest/run.ts'
import { messageOf, UsageError } from '#kernel/errors.ts'
import { progressBar } from '../progress.ts'
import { exit, type Call } from '../verb.ts'
import { withHouse } from '../wire.ts'
import { toldAll } from './ingest-report.ts'

/** Pulls what is new from the vendors whose keys are set, or from one of them. */
export function pull(call: Call): Promise<number> {
  const [, name] = call.positionals
  return withHouse(call.config, async ({ feeds, ingest }) => {
    const wanted = Object.entries(feeds).filter(([source]) => name === undefined || source === name)
    if (wanted.length === 0) throw new UsageError(nothingToPull(name, Object.keys(feeds)))
    const reports: RunReport[] = []
    const faults: unknown[] = []
    for (const [source, feed] of wanted) {
      const bar = progressBar(call, source)
      const onReport = (report: RunReport): void => void reports.push(report)
      // A vendor that does not answer does not hold up the others; what came before it went is in.
      await runFeed(ingest, feed, { onReport, onPage: (_, { received }) => bar(received, null) }).catch((fault: unknown) => faults.push(fault)) // prettier-ignore
      bar.end()
    }
    const code = toldAll(call, reports)
    for (const fault of faults) call.say(messageOf(fault))
    return faults.length > 0 ? exit.fault : code
  })
}

function nothingToPull(name: string | undefined, there: readonly string[]): string {
  if (there.length === 0) return 'No vendor is connected: set the key of one in the settings (see .env.example)'
  return `"${name}" is not connected. Connected: ${there.join(', ')}`
}

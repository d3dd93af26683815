import type { DraftId } from '#kernel/ids.ts'
import { keepWordsSoFar } from '../queries/drafts.ts'
import type { AgentDeps } from './deps.ts'

const atMostEveryMs = 1000

export type Progress = {
  /** Hears all that is written so far; never waits. */
  onText: (soFar: string) => void
  /** When nothing is being kept any more. */
  settled: () => Promise<void>
}

/** Tells the page how many words of a round are written: once a second at most, one write at a time. */
export function progressOf({ db, clock }: Pick<AgentDeps, 'db' | 'clock'>, draftId: DraftId, round: number): Progress {
  let [keeping, keptAt] = [Promise.resolve(), Number.NEGATIVE_INFINITY]
  let busy = false
  return {
    onText: (soFar) => {
      const now = clock().getTime()
      if (busy || now - keptAt < atMostEveryMs) return
      ;[busy, keptAt] = [true, now]
      keeping = keepWordsSoFar(db, draftId, round, wordsIn(soFar))
        // Nobody is harmed by a number that is late; a database that is gone shows when the body is kept.
        .catch(() => {})
        .finally(() => (busy = false))
    },
    settled: () => keeping,
  }
}

/** The words of copy in JSON that may not be whole yet, without its keys, kinds, links and ids of evidence. */
export function wordsIn(json: string): number {
  const copy = json.replaceAll(/"(?:kind|url)"\s*:\s*"[^"]*"?|"\w*"\s*:|"[A-Z]\d+"|\\n/g, ' ')
  return copy.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’.,-]*/gu)?.length ?? 0
}

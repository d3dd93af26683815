import type { Clock } from '#kernel/clock.ts'
import { one, type Db } from '#kernel/db.ts'
import type { GraphWriter } from './port.ts'
import { currentSaying } from './project.ts'
import { changesSince } from './queries/lag.ts'

export type Lag =
  | { kind: 'unbuilt'; why: string }
  | {
      kind: 'live'
      generation: number
      /** Whether rows are still said as this generation says them; if not, the next projection rebuilds. */
      isCurrent: boolean
      /** Canonical rows that changed since the graph was brought up to date. */
      changes: number
      /** When the house heard of the first of them, and how long ago that is; null when nothing waits, or none says. */
      oldestAt: Date | null
      behindMs: number | null
    }

/** How far the live graph is behind the canonical tables. */
export async function graphLag(deps: { db: Db; clock: Clock; store: Pick<GraphWriter, 'live'> }): Promise<Lag> {
  const live = await deps.store.live()
  if (!live) return { kind: 'unbuilt', why: 'There is no graph yet: run `millrace graph`' }
  const { version } = await currentSaying(deps.db)
  const { changes, oldest } = await one<{ changes: number; oldest: Date | null }>(deps.db, changesSince(live.watermark))
  const behindMs = oldest === null ? null : Math.max(0, deps.clock().getTime() - oldest.getTime())
  const isCurrent = live.version === version
  return { kind: 'live', generation: live.number, isCurrent, changes, oldestAt: oldest, behindMs }
}

import { messageOf } from '#kernel/errors.ts'
import type { DraftId } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { choiceLeaseOf } from '#rag/agent/draft-set.ts'
import { draftById, leaseMs } from '#rag/drafts.ts'
import { goLive, type LaunchSettings } from './launch.ts'
import { selectUnfinishedLaunches, type UnfinishedLaunch } from '../queries/unfinished-launches.ts'

export type FinishedLaunch = { draftId: DraftId } & (
  | { kind: 'launched'; campaign: string }
  | { kind: 'refused' | 'fault'; why: string }
)

/** Nobody expects a launch of longer ago to go on by itself: they may say yes again. */
const finishedWithinMs = 3 * 86_400_000

/**
 * Goes on with launches that broke off between the yes, whoever said it, and the plan. One that is under way is left
 * alone; one that fails does not stop the others.
 */
export async function finishLaunches(deps: LaunchSettings): Promise<FinishedLaunch[]> {
  const done: FinishedLaunch[] = []
  const since = new Date(deps.clock().getTime() - finishedWithinMs)
  for (const launch of await selectUnfinishedLaunches(deps.db, since)) {
    try {
      const one = await finish(deps, launch)
      if (one) done.push(one)
    } catch (fault) {
      done.push({ draftId: launch.draftId, kind: 'fault', why: messageOf(fault) })
    }
  }
  return done
}

async function finish(deps: LaunchSettings, launch: UnfinishedLaunch): Promise<FinishedLaunch | null> {
  const { draftId, campaign } = launch
  const draft = await draftById(deps.db, draftId)
  const live = draft && (await underLease(deps, choiceLeaseOf(draft), leaseMs, () => goLive(deps, launch)))
  if (!live) return null
  return live.kind === 'refused' ? { draftId, kind: 'refused', why: live.why } : { draftId, kind: 'launched', campaign }
}

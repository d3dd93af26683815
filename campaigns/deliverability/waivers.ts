import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { newId } from '#kernel/ids.ts'
import type { UserId } from '#kernel/ids.ts'
import { refusal, type Refused } from '#governance/access.ts'
import { endWaivers, insertWaiver, selectWaivers, type WaiverRow } from '../queries/deliverability-preflights.ts'
import { points } from './points.ts'

/** An owner's word that a point nobody can tell of is not to stop launches for a while. */
export type Waiver = WaiverRow

const lasts = 30 * 24 * 3_600_000

/** The words that stand, by point. */
export async function standingWaivers(db: Queryable, at: Date): Promise<Map<string, Waiver>> {
  return new Map((await selectWaivers(db, at)).map((waiver) => [waiver.point, waiver]))
}

/**
 * Takes an unknown point on oneself for 30 days. It lifts what is unknown and nothing else: a point that fails stops every
 * launch, whatever anybody said of it.
 */
export async function waive(
  deps: { db: Db; clock: Clock },
  input: { point: string; reason: string; by: UserId },
): Promise<{ kind: 'waived'; until: Date } | Refused<'unknown-point' | 'no-reason' | 'not-permitted'>> {
  const reason = input.reason.trim().slice(0, 500)
  if (reason === '') return { kind: 'refused', rule: 'no-reason', why: 'Say why: the reason is kept' }
  if (!points.some(({ id }) => id === input.point))
    return { kind: 'refused', rule: 'unknown-point', why: 'The preflight has no such point' }
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, input.by, 'preflight.waive')
    if (refused) return refused
    const givenAt = deps.clock()
    const endsAt = new Date(givenAt.getTime() + lasts)
    const id = newId<'waiver'>(deps.clock)
    await insertWaiver(tx, { id, point: input.point, reason, givenBy: input.by, givenAt, endsAt })
    await appendAudit(tx, deps.clock, { actor: input.by, action: 'preflight.waived', subject: input.point, detail: { waiver: id, endsAt } }) // prettier-ignore
    return { kind: 'waived', until: endsAt }
  })
}

/** Takes such a word back: from now on the point stops launches again while it is unknown. */
export async function unwaive(
  deps: { db: Db; clock: Clock },
  input: { point: string; by: UserId },
): Promise<{ kind: 'taken-back' } | Refused<'nothing-stands' | 'not-permitted'>> {
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, input.by, 'preflight.waive')
    if (refused) return refused
    if ((await endWaivers(tx, input.point, deps.clock())) === 0)
      return { kind: 'refused', rule: 'nothing-stands', why: 'Nobody waived this point, or it has ended' }
    await appendAudit(tx, deps.clock, { actor: input.by, action: 'preflight.waiver-ended', subject: input.point, detail: {} }) // prettier-ignore
    return { kind: 'taken-back' }
  })
}

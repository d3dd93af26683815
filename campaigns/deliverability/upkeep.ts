import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type UserId } from '#kernel/ids.ts'
import { refusal, type Refused } from '#governance/access.ts'
import { insertUpkeep } from '../queries/upkeep.ts'

/** What a person does for the house, by the point that asks for it: how many days it lasts. */
export const upkeepDays = { retention: 31, backup: 2, 'restore-drill': 92, portability: 183 } as const

export type UpkeepPoint = keyof typeof upkeepDays

export const isUpkeep = (point: string): point is UpkeepPoint => Object.hasOwn(upkeepDays, point)

/**
 * Notes that a person did, or a timer of theirs, what a point of the preflight asks for. It counts from when it was done:
 * an old deed noted today is an old deed.
 */
export async function noteUpkeep(
  { db, clock }: { db: Db; clock: Clock },
  input: { point: string; doneAt?: Date | null; what: string; by: UserId },
): Promise<{ kind: 'noted'; until: Date } | Refused<'unknown-point' | 'no-words' | 'wrong-time' | 'not-permitted'>> {
  const { point, by } = input
  const what = input.what.trim().slice(0, 500)
  if (!isUpkeep(point)) return { kind: 'refused', rule: 'unknown-point', why: 'The preflight asks for no such deed' }
  if (what === '') return { kind: 'refused', rule: 'no-words', why: 'Say what was done, and where it lies: it is kept' }
  const notedAt = clock()
  const doneAt = input.doneAt ?? notedAt
  if (Number.isNaN(doneAt.getTime()) || doneAt > notedAt)
    return { kind: 'refused', rule: 'wrong-time', why: 'When it was done is a day that has come, such as 2026-03-02' }
  return db.transaction(async (tx) => {
    const refused = await refusal(tx, by, 'preflight.waive')
    if (refused) return refused
    const id = newId<'upkeep'>(clock)
    await insertUpkeep(tx, { id, point, doneAt, what, notedBy: by, notedAt })
    await appendAudit(tx, clock, { actor: by, action: 'upkeep.noted', subject: point, detail: { upkeep: id, doneAt } })
    return { kind: 'noted', until: lastsUntil(point, doneAt) }
  })
}

const dayMs = 24 * 3_600_000

/** Until when what was done counts. */
export const lastsUntil = (point: UpkeepPoint, doneAt: Date): Date =>
  new Date(doneAt.getTime() + upkeepDays[point] * dayMs)

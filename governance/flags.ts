import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { refusal, type Actor, type Refused } from './access.ts'
import type { Action } from './permissions.ts'
import { insertFlagChange, selectFlag, type FlagChange } from './queries/flags.ts'

export type { FlagChange } from './queries/flags.ts'

/** The switches of the house, how they stand until somebody moves them, and who may. */
const flags = {
  /** The kill switch: off, and no claim begun after the commit sends anything. */
  sending: { standard: true, on: 'sending.start', off: 'sending.stop' },
} as const satisfies Record<string, { standard: boolean; on: Action; off: Action }>

export type Flag = keyof typeof flags

/** Whether a switch is on. */
export async function isOn(db: Queryable, name: Flag): Promise<boolean> {
  return (await selectFlag(db, name))?.isOn ?? flags[name].standard
}

/** The last move of a switch, with who and why; null when nobody ever moved it. */
export const lastChange = (db: Queryable, name: Flag): Promise<FlagChange | null> => selectFlag(db, name)

/** Moves a switch. The audit entry comes first: its lock puts changes in the order of their commits. */
export async function setFlag(
  deps: { db: Db; clock: Clock },
  input: { name: Flag; on: boolean; by: Actor; reason: string },
): Promise<{ kind: 'set'; on: boolean } | Refused<'not-permitted'>> {
  const { name, on, by, reason } = input
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, by, on ? flags[name].on : flags[name].off)
    if (refused) return refused
    await appendAudit(tx, deps.clock, { actor: by, action: 'flag.set', subject: name, detail: { on } })
    await insertFlagChange(tx, { name, isOn: on, changedAt: deps.clock(), changedBy: by, reason })
    return { kind: 'set', on }
  })
}

import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import { refusal, type Actor, type Refused } from './access.ts'
import type { DeclaredAgent } from './agents/declared.ts'
import type { Action } from './permissions.ts'
import { insertFlagChange, selectFlag, type FlagChange } from './queries/flags.ts'

export type { FlagChange } from './queries/flags.ts'

/** The switches of the house: the kill switch, and one for each agent. All are on until somebody moves them. */
export type Flag = 'sending' | `agent.${DeclaredAgent}`

/** Who may move a switch. Off, `sending` lets no claim begun after the commit send anything, and an agent starts nothing. */
const mayMove = (name: Flag, on: boolean): Action =>
  name === 'sending' ? (on ? 'sending.start' : 'sending.stop') : on ? 'agent.start' : 'agent.stop'

/** Whether a switch is on. */
export async function isOn(db: Queryable, name: Flag): Promise<boolean> {
  return (await selectFlag(db, name))?.isOn ?? true
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
    const refused = await refusal(tx, by, mayMove(name, on))
    if (refused) return refused
    await appendAudit(tx, deps.clock, { actor: by, action: 'flag.set', subject: name, detail: { on } })
    await insertFlagChange(tx, { name, isOn: on, changedAt: deps.clock(), changedBy: by, reason })
    return { kind: 'set', on }
  })
}

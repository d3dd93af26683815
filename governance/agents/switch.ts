import type { Queryable } from '#kernel/db.ts'
import type { Refused } from '../access.ts'
import { isOn } from '../flags.ts'
import { agents, type DeclaredAgent } from './declared.ts'

/** Refuses to start anything while an agent is switched off; null when it may work. */
export async function switchedOff(db: Queryable, agent: DeclaredAgent): Promise<Refused<'switched-off'> | null> {
  if (await isOn(db, `agent.${agent}`)) return null
  const why = `The ${agents[agent].words.toLowerCase()} is switched off: an owner may switch it on again at Agents`
  return { kind: 'refused', rule: 'switched-off', why }
}

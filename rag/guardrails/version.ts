import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveVersion, pointAt, register } from '#kernel/versions.ts'
import { rules } from './rule-set.ts'

const kind = 'guardrail'
const name = 'copy'

/** What a version of the guardrails says of itself: which rules, at which version. */
const body = { rules: rules.map(({ name: rule, version, what }) => ({ rule, version, what })) }

/** The hash under which the registry keeps the rules that run. */
export const guardrailHash: Hash = hashOf({ kind, name, body })

/**
 * The version of the rules that run, registered and pointed at when it is new. Findings carry it, so that an approval
 * says which rules it passed.
 */
export async function guardrailVersion(deps: { db: Db; clock: Clock }): Promise<Hash> {
  const author = { clock: deps.clock, by: 'millrace' }
  return deps.db.transaction(async (tx) => {
    const hash = await register(tx, author, kind, name, body)
    const live = await liveVersion(tx, kind, name)
    if (live?.hash !== hash) await pointAt(tx, author, kind, name, hash, 'the installed rules')
    return hash
  })
}

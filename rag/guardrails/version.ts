import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveVersion, pointAt, register } from '#kernel/versions.ts'
import { rules } from './rule-set.ts'

const kind = 'guardrail'
const name = 'copy'

/** Which rules run, each at which version. */
const installed = rules.map(({ name: rule, version, what }) => ({ rule, version, what }))

/** The hash of the rules alone, whatever brand they ask. */
export const guardrailHash: Hash = hashOf({ kind, name, body: { rules: installed } })

/**
 * The version of the rules that run, with the version of the brand that they ask, registered and pointed at when it is
 * new. Findings carry it, so that an approval says which rules and which brand it passed.
 */
export async function guardrailVersion(deps: { db: Db; clock: Clock }, brand: Hash): Promise<Hash> {
  const author = { clock: deps.clock, by: 'millrace' }
  return deps.db.transaction(async (tx) => {
    const hash = await register(tx, author, kind, name, { rules: installed, brand })
    const live = await liveVersion(tx, kind, name)
    if (live?.hash !== hash) await pointAt(tx, author, kind, name, hash, 'the installed rules, with the brand as it is')
    return hash
  })
}

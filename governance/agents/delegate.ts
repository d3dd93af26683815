import { z } from 'zod'
import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import { canonicalJson } from '#kernel/crypto.ts'
import type { Db, Tx } from '#kernel/db.ts'
import type { Hash, UserId } from '#kernel/ids.ts'
import { register } from '#kernel/versions.ts'
import { refusal, type Actor, type Refused } from '../access.ts'
import { countReviews } from '../queries/agent-reviews.ts'
import { insertDelegation, insertTakenBack, selectDelegation } from '../queries/delegations.ts'
import { standing } from './decide.ts'
import { agents, firstReviewed, type DeclaredAgent } from './declared.ts'
import { askedScopeSchema, ruleHash, type AskedScope, type Delegation } from './delegation.ts'
import { versionsHash, versionsNow } from './interactions.ts'
import { switchedOff } from './switch.ts'

type Deps = { db: Db; clock: Clock }
const dayMs = 86_400_000

export type Delegated = { kind: 'delegated'; hash: Hash; until: Date }
type DelegateRule = 'not-permitted' | 'switched-off' | 'scope' | 'too-few'

/**
 * Lets an agent's work of a scope be approved by a policy: a version that pins the prompt, guardrails, brand, router
 * and models under which a hundred interactions were reviewed. Only an owner may. The same again is what stands.
 */
export async function delegate(
  deps: Deps,
  input: { agent: DeclaredAgent; scope: AskedScope; by: UserId; reason: string },
): Promise<Delegated | Refused<DelegateRule>> {
  const asked = askedScopeSchema.safeParse(input.scope)
  if (!asked.success) return { kind: 'refused', rule: 'scope', why: z.prettifyError(asked.error) }
  const { agent, by, reason } = input
  return deps.db.transaction(async (tx) => {
    const refused = (await refusal(tx, by, 'agent.delegate')) ?? (await switchedOff(tx, agent))
    if (refused) return refused
    const body = await bodyOf(tx, agent, asked.data, deps.clock())
    if (body.kind === 'refused') return body
    const { delegation } = body
    const same = (await standing(tx, agent, deps.clock())).find((one) => sameScope(one.delegation, delegation))
    if (same) return { kind: 'delegated', hash: same.hash, until: same.expiresAt }
    const hash = await register(tx, { clock: deps.clock, by }, 'delegation', agent, delegation)
    const [givenAt, expiresAt] = [new Date(delegation.from), new Date(delegation.until)]
    if (await selectDelegation(tx, hash)) return takenBackJustNow
    await appendAudit(tx, deps.clock, { actor: by, action: 'agent.delegated', subject: agent, detail: { hash } })
    const reviewed = versionsHash(agent, delegation.versions)
    await insertDelegation(tx, { hash, agent, versionsHash: reviewed, givenAt, givenBy: by, expiresAt, reason })
    return { kind: 'delegated', hash, until: expiresAt }
  })
}

const takenBackJustNow: Refused<'scope'> = {
  kind: 'refused',
  rule: 'scope',
  why: 'Just this was taken back a moment ago: delegate it again in a second',
}

async function bodyOf(
  tx: Tx,
  agent: DeclaredAgent,
  asked: z.output<typeof askedScopeSchema>,
  at: Date,
): Promise<{ kind: 'body'; delegation: Delegation } | Refused<'too-few'>> {
  const versions = await versionsNow(tx, agent)
  const { reviewed, models } = versions
    ? await countReviews(tx, agent, versionsHash(agent, versions))
    : { reviewed: 0, models: [] }
  if (!versions || reviewed < firstReviewed) {
    const why = `Of the first ${firstReviewed} ${agents[agent].interaction}s under these versions ${reviewed} are reviewed: nothing can be delegated yet`
    return { kind: 'refused', rule: 'too-few', why }
  }
  const { days, samplePercent, segments, forms, ...limits } = asked
  const scope: Delegation['scope'] = {
    ...limits,
    forms: [...new Set(forms)].toSorted(),
    segments: segments.map(({ name, rule }) => ({ name, ruleHash: ruleHash(rule) })),
    sampleShare: samplePercent / 100,
  }
  const until = new Date(at.getTime() + days * dayMs)
  return {
    kind: 'body',
    delegation: { agent, versions, models, scope, from: at.toISOString(), until: until.toISOString() },
  }
}

const sameScope = (a: Delegation, b: Delegation): boolean =>
  canonicalJson([a.versions, a.models, a.scope, a.until.slice(0, 10)]) ===
  canonicalJson([b.versions, b.models, b.scope, b.until.slice(0, 10)])

/** Takes a delegation back: whatever is decided after the commit goes to a person again. What was approved stays so. */
export async function takeBack(
  deps: Deps,
  input: { hash: Hash; by: Actor; reason: string },
): Promise<{ kind: 'taken-back' | 'already' } | Refused<'not-permitted' | 'unknown'>> {
  const { hash, by, reason } = input
  return deps.db.transaction(async (tx) => {
    const refused = await refusal(tx, by, 'agent.stop')
    if (refused) return refused
    const given = await selectDelegation(tx, hash)
    if (!given) return { kind: 'refused', rule: 'unknown', why: 'There is no such delegation' }
    if (!(await insertTakenBack(tx, { hash, at: deps.clock(), by, reason }))) return { kind: 'already' }
    const entry = { actor: by, action: 'agent.delegation-taken-back', subject: given.agent, detail: { hash } }
    await appendAudit(tx, deps.clock, entry)
    return { kind: 'taken-back' }
  })
}

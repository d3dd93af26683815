import { createUser } from '#governance/access.ts'
import { delegate } from '#governance/agents/delegate.ts'
import { isSampled, type AskedScope } from '#governance/agents/delegation.ts'
import { countReview } from '#governance/agents/reviews.ts'
import type { Role } from '#governance/permissions.ts'
import type { Clock } from '#kernel/clock.ts'
import { sha256 } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type DraftId, type Hash, type UserId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import { register } from '#kernel/versions.ts'

type Deps = { db: Db; clock: Clock }

export const segment = { name: 'Regulars', rule: { subscribed: true } }

/** What of a draft decides who may approve it. */
export type Work = {
  prompt: string
  /** What its body was checked by. */
  rules: string
  brand: string
  form: string
  segment: { name: string; rule: unknown }
  /** Drafts of one set that are alike but for their idea. */
  set: string | null
  campaign: string | null
  model: string
  costMicroUsd: number
  verdict: 'pass' | 'warn' | 'block'
  editedBy: UserId | null
}

const usual: Work = {
  prompt: 'first', rules: 'first', brand: 'first', form: 'sms', segment, set: null, campaign: null, model: 'offline', costMicroUsd: 0, verdict: 'pass', editedBy: null,
} // prettier-ignore

/** Drafts of the copywriter that wait, alike but for their ids. */
export async function addDrafts({ db, clock }: Deps, count: number, change: Partial<Work> = {}): Promise<DraftId[]> {
  const work = { ...usual, ...change }
  const ids = Array.from({ length: count }, () => newId<'draft'>(clock))
  const body = sha256('body')
  const guardrails = { rules: [work.rules], brand: sha256(work.brand) }
  const guardrailHash = await register(db, { clock, by: 'test' }, 'guardrail', 'copy', guardrails)
  const brief = { segment: work.segment, goal: 'orders', sentence: 'Say it', channel: work.form, by: 'millrace', ...(work.set && { set: work.set }), ...(work.campaign && { campaign: work.campaign }) } // prettier-ignore
  await db.query(sql`insert into rag.drafts
      (id, thread_id, state, brief, content_hash, revision, model, cost_micro_usd, prompt_hash, created_at, updated_at)
    select id, id, 'waiting', ${json(brief)}::jsonb, ${body}, 1, ${work.model}, ${work.costMicroUsd},
      ${sha256(work.prompt)}, ${clock()}, ${clock()} from unnest(${ids}::uuid[]) as given (id)`)
  await db.query(sql`insert into rag.draft_bodies (draft_id, content_hash, body, written_by, written_at, findings, guardrail_hash)
    select id, ${body}, '{}', ${work.editedBy ?? work.model}, ${clock()}, ${json([{ verdict: work.verdict }])}::jsonb,
      ${guardrailHash}
    from unnest(${ids}::uuid[]) as given (id)`)
  return ids
}

/** Has a person decide on drafts, as the desk tells of it. */
export async function review(
  { db, clock }: Deps,
  ids: readonly DraftId[],
  by: string,
  decision: 'approved' | 'rejected' = 'approved',
): Promise<void> {
  await db.transaction(async (tx) => {
    for (const id of ids) await countReview(tx, 'copywriter', { id, decision, by, at: clock() })
  })
}

/** Reviews of many that are alike: one is counted as the desk tells of it, the others as it was. */
export async function reviewAlike(
  deps: Deps,
  ids: readonly DraftId[],
  by: string,
  decision: 'approved' | 'rejected',
): Promise<void> {
  const [first] = ids
  if (!first) return
  await review(deps, [first], by, decision)
  await countAlike(deps.db, first, ids)
}

/** Counts interactions as one was that a person reviewed. */
export async function countAlike(db: Db, reviewed: DraftId, ids: readonly DraftId[]): Promise<void> {
  await db.query(sql`insert into governance.agent_reviews
      (agent, interaction_id, versions_hash, decision, edited, model, by, at)
    select r.agent, given.id, r.versions_hash, r.decision, r.edited, r.model, r.by, r.at
    from governance.agent_reviews r cross join unnest(${ids}::uuid[]) as given (id)
    where r.interaction_id = ${reviewed} on conflict do nothing`)
}

let users = 0
export async function aUser(deps: Deps, role: Role): Promise<UserId> {
  users += 1
  const made = await createUser(deps, { email: `agents-${users}@example.com`, name: role, role, by: 'millrace' })
  if (made.kind === 'refused') throw new Error(made.why)
  return made.userId
}

export const scope = (change: Partial<AskedScope> = {}): AskedScope => ({
  forms: ['sms'],
  segments: [segment],
  mostPeople: 100,
  mostCostMicroUsd: 1000,
  ...change,
})

/** A draft that is not of the share which a person sees. */
export async function aDraft(deps: Deps, change: Partial<Work> = {}): Promise<DraftId> {
  const [id] = (await addDrafts(deps, 60, change)).filter((one) => !isSampled(one, 0.1))
  if (!id) throw new Error('All of sixty drafts were of the sample')
  return id
}

/** What an owner left to the copywriter: the hash of its policy. */
export async function delegated(deps: Deps, by: UserId, change: Partial<AskedScope> = {}): Promise<Hash> {
  const given = await delegate(deps, { agent: 'copywriter', scope: scope(change), by, reason: 'it writes well' })
  if (given.kind === 'refused') throw new Error(given.why)
  return given.hash
}

/** The hundred reviews that come before anything is delegated. */
export async function aHundred(deps: Deps, by: UserId, change: Partial<Work> = {}): Promise<void> {
  await reviewAlike(deps, await addDrafts(deps, 100, change), by, 'approved')
}

/** By which rule something was refused. */
export const rule = (result: object): unknown => ('rule' in result ? result.rule : result)

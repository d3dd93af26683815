import { one, type Queryable, type Tx } from '#kernel/db.ts'
import type { Hash, Id } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { FailedReason, Vendor } from '../chat-model.ts'

export type CallId = Id<'model-call'>
export type Outcome = 'pending' | 'answer' | FailedReason | 'limited' | 'fault'

export type CallRow = {
  id: CallId
  decisionId: Id<'model-decision'>
  ordinal: number
  purpose: string
  subject: string | null
  policyHash: Hash
  features: unknown
  chain: readonly string[]
  reasons: readonly string[]
  model: string | null
  vendor: Vendor | null
  attempt: 'call' | 'repair' | 'none'
  outcome: Outcome
  why: string | null
  costMicroUsd: number
  at: Date
}

export type CallEnd = {
  outcome: Outcome
  why: string | null
  inputTokens: number
  outputTokens: number
  cachedTokens: number
  costMicroUsd: number
  latencyMs: number
  retryAfterMs: number | null
  finishedAt: Date
}

/** Lets one transaction at a time weigh the budget; it ends as soon as the row is in. */
export const lockModelCalls = (tx: Tx): Promise<unknown[]> =>
  tx.query(sql`lock table rag.model_calls in share row exclusive mode`)

export async function insertModelCall(db: Queryable, row: CallRow): Promise<void> {
  await db.query(sql`insert into rag.model_calls (id, decision_id, ordinal, purpose, subject, policy_hash, features,
      chain, reasons, model, vendor, attempt, outcome, why, cost_micro_usd, at)
    values (${row.id}, ${row.decisionId}, ${row.ordinal}, ${row.purpose}, ${row.subject}, ${row.policyHash},
      ${json(row.features)}, ${row.chain}, ${row.reasons}, ${row.model}, ${row.vendor}, ${row.attempt}, ${row.outcome},
      ${row.why}, ${row.costMicroUsd}, ${row.at})`)
}

export async function finishModelCall(db: Queryable, id: CallId, end: CallEnd): Promise<void> {
  await db.query(sql`update rag.model_calls set outcome = ${end.outcome}, why = ${end.why},
      input_tokens = ${end.inputTokens}, output_tokens = ${end.outputTokens},
      cached_tokens = ${end.cachedTokens}, cost_micro_usd = ${end.costMicroUsd},
      latency_ms = ${end.latencyMs}, retry_after_ms = ${end.retryAfterMs}, finished_at = ${end.finishedAt}
    where id = ${id}`)
}

/** What was spent, or set aside for calls under way, in `[from, to)`: millionths of a US dollar. */
export async function spentMicroUsd(db: Queryable, from: Date, to: Date): Promise<number> {
  const row = await one<{ spent: number }>(
    db,
    sql`select coalesce(sum(cost_micro_usd), 0)::bigint as spent from rag.model_calls where at >= ${from} and at < ${to}`,
  )
  return row.spent
}

/** What a subject, such as `draft:<id>`, has cost so far: millionths of a US dollar. */
export async function costOfSubject(db: Queryable, subject: string): Promise<number> {
  const row = await one<{ spent: number }>(
    db,
    sql`select coalesce(sum(cost_micro_usd), 0)::bigint as spent from rag.model_calls where subject = ${subject}`,
  )
  return row.spent
}

/**
 * What the campaign that a draft is for has cost so far: all its drafts, or all that were asked for at once with it;
 * the draft alone where it is for neither. Millionths of a US dollar.
 */
export async function costOfCampaign(db: Queryable, subject: string): Promise<number> {
  const row = await one<{ spent: number }>(
    db,
    sql`select coalesce(sum(cost_micro_usd), 0)::bigint as spent from rag.model_calls
      where subject = ${subject} or subject in (
        select 'draft:' || o.id from rag.drafts d
        join rag.drafts o on coalesce(o.brief ->> 'campaign', o.brief ->> 'set') = coalesce(d.brief ->> 'campaign', d.brief ->> 'set')
        where 'draft:' || d.id = ${subject})`,
  )
  return row.spent
}

/** What a deployment was asked since a moment: tokens as the vendor counted them, before that as they were weighed. */
export async function askedOf(
  db: Queryable,
  model: string,
  since: Date,
): Promise<{ requests: number; tokens: number; oldest: Date | null }> {
  return one(
    db,
    sql`select count(*) as requests, min(at) as oldest,
        coalesce(sum(case when finished_at is null then (features ->> 'promptTokens')::bigint + (features ->> 'maxTokens')::bigint
          else input_tokens + output_tokens end), 0)::bigint as tokens
      from rag.model_calls where model = ${model} and at > ${since} and outcome not in ('budget', 'limited')`,
  )
}

/** `answeredBy`: null when nobody did; tokens (`cachedTokens` of the input from a vendor's cache) and money of all its attempts. */
export type DecisionRow = {
  id: Id<'model-decision'>
  at: Date
  purpose: string
  subject: string | null
  policyHash: Hash
  features: unknown
  chain: string[]
  reasons: string[]
  answeredBy: string | null
  outcomes: string[]
  inputTokens: number
  cachedTokens: number
  outputTokens: number
  costMicroUsd: number
}

/** Decisions with what came of them, newest first; of one id alone where it is given. */
export const selectDecisions = (
  db: Queryable,
  { since, limit, id }: { since: Date; limit: number; id: string | null },
): Promise<DecisionRow[]> =>
  db.query<DecisionRow>(sql`
    with first as (
      select * from rag.model_calls
      where ordinal = 0 and at >= ${since} and (${id}::uuid is null or decision_id = ${id}::uuid)
      order by at desc, decision_id desc limit ${limit})
    select f.decision_id as id, f.at, f.purpose, f.subject, f.policy_hash as "policyHash", f.features, f.chain, f.reasons,
      (array_agg(c.model order by c.ordinal) filter (where c.outcome = 'answer'))[1] as "answeredBy",
      array_agg(coalesce(c.model, 'nobody') || ': ' || c.outcome order by c.ordinal) as outcomes,
      sum(c.input_tokens)::integer as "inputTokens", sum(c.cached_tokens)::integer as "cachedTokens", sum(c.output_tokens)::integer as "outputTokens",
      sum(c.cost_micro_usd)::bigint as "costMicroUsd"
    from first f join rag.model_calls c on c.decision_id = f.decision_id
    group by f.id, f.decision_id, f.at, f.purpose, f.subject, f.policy_hash, f.features, f.chain, f.reasons
    order by f.at desc, f.decision_id desc`)

export type RecentCall = { model: string; outcome: Outcome; finishedAt: Date; retryAfterMs: number | null }

/** The finished calls since a moment, newest first. */
export const recentCalls = (db: Queryable, since: Date): Promise<RecentCall[]> =>
  db.query<RecentCall>(sql`
    select model, outcome, finished_at as "finishedAt", retry_after_ms as "retryAfterMs"
    from rag.model_calls
    where model is not null and finished_at is not null and at >= ${since} and outcome not in ('budget', 'limited')
    order by finished_at desc, ordinal desc`)

export type VendorSpend = { vendor: Vendor; before: number; through: number }

/** Each paid vendor's spend from the first call on: before a day, and through its end. Millionths of a US dollar. */
export const spendByVendor = (db: Queryable, from: Date, to: Date): Promise<VendorSpend[]> =>
  db.query<VendorSpend>(sql`
    select vendor, coalesce(sum(cost_micro_usd) filter (where at < ${from}), 0)::bigint as before,
      sum(cost_micro_usd)::bigint as through
    from rag.model_calls where vendor is not null and at < ${to}
    group by vendor having sum(cost_micro_usd) > 0 order by vendor`)

/** Units of `currency` for a US dollar on a day: the newest rate of the week before it, either way round. */
export async function dollarRate(db: Queryable, currency: string, day: string): Promise<number | null> {
  const rows = await db.query<{ rate: number }>(sql`
    select (case when base = 'USD' then rate else 1 / rate end)::float8 as rate from ingest.fx_rates
    where ((base = 'USD' and quote = ${currency}) or (base = ${currency} and quote = 'USD'))
      and day <= ${day}::date and day > ${day}::date - 7
    order by day desc, base = 'USD' desc limit 1`)
  return rows[0]?.rate ?? null
}

/** Of the words, those that customers are called; a pair of given and family name comes as one name. */
export async function customerNamesAmong(db: Queryable, words: readonly string[]): Promise<string[]> {
  if (words.length === 0) return []
  const rows = await db.query<{ given: string | null; family: string | null }>(sql`
    select distinct given_name as given, family_name as family from ingest.profiles
    where given_name = any(${words}) or family_name = any(${words})
    order by given, family`)
  const known = new Set(words)
  const names = rows.flatMap(({ given, family }) => [
    ...(given !== null && family !== null ? [`${given} ${family}`] : []),
    ...[given, family].filter((name): name is string => name !== null && known.has(name)),
  ])
  return [...new Set(names)]
}

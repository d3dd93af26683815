import type { Queryable } from '#kernel/db.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { Vendor } from '../chat-model.ts'
import type { DraftBody, Finding } from '../draft.ts'
import type { Brief } from '../drafts.ts'
import { anotherPicked } from '../examples.ts'
import type { DraftState } from './drafts.ts'
import type { CallId, Outcome } from './model-calls.ts'

/** A period of time, its end not included. */
export type Window = { from: Date; to: Date }

/** What a draft was made from, and what came of it. Ages of evidence are days, when the draft was entered. */
export type WrittenDraft = {
  id: DraftId
  at: Date
  brief: Pick<Brief, 'sentence' | 'channel'>
  state: DraftState
  evidence: number
  facts: number
  evidenceAge: number | null
  /** As it was first written, and what the guardrails found in that. */
  first: DraftBody | null
  findings: Finding[] | null
  /** Whether people approved it, and changed it first, by hand or in words; null where they did not approve it. */
  changed: boolean | null
  /** Where they did: as a model had written it before their first word, and as they approved it. */
  written: DraftBody | null
  final: DraftBody | null
}

/** Whether people had a draft changed: whoever wrote its body, as `b`, is not the model of it, as `d`, or they asked in words. */
const isChanged = sql`(b.written_by is distinct from d.model
  or exists (select from rag.draft_requests q where q.draft_id = d.id))`

/** Whether people decided on a draft, as `d`: neither a policy, nor whoever picked another variant of it. */
const byPeople = sql`(d.decided_by not like 'policy:%' and d.reason is distinct from ${anotherPicked})`

/** The newest drafts entered in a window, oldest first, rehearsals left out. Only bodies that are weighed are read. */
export const draftsWritten = (db: Queryable, { from, to }: Window, most: number): Promise<WrittenDraft[]> =>
  db.query<WrittenDraft>(sql`
    with newest as (
      select * from rag.drafts where not rehearsal and created_at >= ${from} and created_at < ${to}
      order by created_at desc, id desc limit ${most})
    select d.id, d.created_at as at, d.brief, d.state,
      jsonb_array_length(d.evidence) as evidence, e.facts, e.age as "evidenceAge",
      first.body as first, first.findings, c.changed, written.body as written,
      case when written.body is not null then b.body end as final
    from newest d
    cross join lateral (
      select count(*) filter (where item -> 'citation' ->> 'kind' = 'fact') as facts,
        percentile_cont(0.5) within group (
          order by extract(epoch from d.created_at - (item ->> 'validFrom')::timestamptz)::float8 / 86400) as age
      from jsonb_array_elements(d.evidence) item) e
    left join lateral (select body, findings from rag.draft_bodies where draft_id = d.id
      order by written_at, content_hash limit 1) first on true
    left join rag.draft_bodies b on b.draft_id = d.id and b.content_hash = d.content_hash
    cross join lateral (select case when d.state = 'approved' and ${byPeople} then ${isChanged} end as changed) c
    cross join lateral (select min(at) as at from rag.draft_requests where draft_id = d.id) asked
    left join lateral (select body from rag.draft_bodies w
      where c.changed and w.draft_id = d.id
        and case when asked.at is null then w.written_by = d.model else w.written_at <= asked.at end
      order by w.written_at desc, w.content_hash limit 1) written on true
    order by d.created_at, d.id`)

/** A decision of the router as it was first weighed, with what came back. */
export type RoutedCall = {
  at: Date
  purpose: string
  audience: number
  promptTokens: number
  answerTokens: number | null
}

/** Decisions in a window, oldest first, but those made for drafts that are gone: they were rehearsals. */
export const decisionsMade = (db: Queryable, { from, to }: Window): Promise<RoutedCall[]> =>
  db.query<RoutedCall>(sql`
    select f.at, f.purpose, (f.features ->> 'audience')::integer as audience,
      (f.features ->> 'promptTokens')::integer as "promptTokens",
      (select c.output_tokens from rag.model_calls c where c.decision_id = f.decision_id and c.outcome = 'answer'
        order by c.ordinal desc limit 1) as "answerTokens"
    from rag.model_calls f
    where f.ordinal = 0 and f.at >= ${from} and f.at < ${to} and (f.subject is null or f.subject not like 'draft:%'
      or exists (select from rag.drafts d where 'draft:' || d.id = f.subject and not d.rehearsal))
    order by f.at, f.decision_id`)

/** What a draft, or something else, cost in a window. `draft` is null for what was asked for no draft that is there. */
export type SubjectCost = {
  draft: DraftId | null
  /** Asked for a draft that is gone: it was written to be scored. */
  rehearsal: boolean
  purpose: string | null
  sentence: string | null
  segment: string | null
  channel: string | null
  set: string | null
  state: DraftState | null
  contentHash: Hash | null
  at: Date | null
  calls: number
  costMicroUsd: number
}

/** Every call of a window, summed by the draft it was made for; of other calls by purpose. The newest draft first. */
export const costsBySubject = (db: Queryable, { from, to }: Window): Promise<SubjectCost[]> =>
  db.query<SubjectCost>(sql`
    with calls as (
      select case when subject like 'draft:%' then subject end as subject,
        case when subject like 'draft:%' then null else purpose end as purpose,
        count(*) filter (where model is not null) as calls, sum(cost_micro_usd)::bigint as cost
      from rag.model_calls where at >= ${from} and at < ${to} group by 1, 2)
    select d.id as draft, c.subject is not null and (d.id is null or d.rehearsal) as rehearsal, c.purpose,
      d.brief ->> 'sentence' as sentence, d.brief -> 'segment' ->> 'name' as segment, d.brief ->> 'channel' as channel,
      d.brief ->> 'set' as set, d.state, d.content_hash as "contentHash", d.created_at as at,
      c.calls, c.cost as "costMicroUsd"
    from calls c left join rag.drafts d on 'draft:' || d.id = c.subject
    order by d.created_at desc nulls last, d.id, c.purpose, c.subject`)

/** What each vendor was asked, gave and cost on each UTC day of a window. */
export type DayCost = { day: string; vendor: Vendor; first: number; answered: number; costMicroUsd: number }

export const costsByDay = (db: Queryable, { from, to }: Window): Promise<DayCost[]> =>
  db.query<DayCost>(sql`
    select (at at time zone 'UTC')::date as day, vendor, count(*) filter (where ordinal = 0) as first,
      count(*) filter (where outcome = 'answer') as answered, sum(cost_micro_usd)::bigint as "costMicroUsd"
    from rag.model_calls where vendor is not null and at >= ${from} and at < ${to}
    group by 1, 2 order by 1, 2`)

export type CallMade = {
  id: CallId
  at: Date
  purpose: string
  subject: string | null
  model: string | null
  outcome: Outcome
  why: string | null
  inputTokens: number
  outputTokens: number
  costMicroUsd: number
}

/** The calls behind a cost, oldest first: those of a window, of one subject where it is named. */
export const callsMade = (
  db: Queryable,
  { from, to }: Window,
  { subject, limit }: { subject: string | null; limit: number },
): Promise<CallMade[]> =>
  db.query<CallMade>(sql`
    select id, at, purpose, subject, model, outcome, why, input_tokens as "inputTokens",
      output_tokens as "outputTokens", cost_micro_usd as "costMicroUsd"
    from rag.model_calls where at >= ${from} and at < ${to} and (${subject}::text is null or subject = ${subject})
    order by at, decision_id, ordinal limit ${limit}`)

/** Texts that were checked, the worst verdict of each. */
export type CheckedText = { at: Date; verdict: 'block' | 'warn' | 'pass' }

export const textsChecked = (db: Queryable, { from, to }: Window): Promise<CheckedText[]> =>
  db.query<CheckedText>(sql`
    select b.checked_at as at, case
        when b.findings @> '[{"verdict": "block"}]' then 'block'
        when b.findings @> '[{"verdict": "warn"}]' then 'warn' else 'pass' end as verdict
    from rag.draft_bodies b join rag.drafts d on d.id = b.draft_id and not d.rehearsal
    where b.checked_at >= ${from} and b.checked_at < ${to} order by b.checked_at`)

/** A person's word on a draft; `edited`: people had it changed first, by hand or in words. */
export type DecidedDraft = { at: Date; decision: 'approved' | 'rejected'; edited: boolean; reason: string | null }

export const draftsDecided = (db: Queryable, { from, to }: Window): Promise<DecidedDraft[]> =>
  db.query<DecidedDraft>(sql`
    select d.updated_at as at, d.state as decision, ${isChanged} as edited, d.reason
    from rag.drafts d join rag.draft_bodies b on b.draft_id = d.id and b.content_hash = d.content_hash
    where d.state in ('approved', 'rejected') and ${byPeople} and not d.rehearsal
      and d.updated_at >= ${from} and d.updated_at < ${to}
    order by d.updated_at, d.id`)

/** A version of what decides how the writer writes, and since when. */
export type VersionMove = { kind: string; name: string; hash: Hash; movedAt: Date; movedBy: string; reason: string }

const kinds = ['prompt', 'router', 'guardrail', 'brand']

/** What is live of each kind. */
export const liveVersions = (db: Queryable): Promise<VersionMove[]> =>
  db.query<VersionMove>(sql`
    select distinct on (kind, name) kind, name, hash, moved_at as "movedAt", moved_by as "movedBy", reason
    from kernel.pointers where kind = any(${kinds}) order by kind, name, seq desc`)

/** What came to be live in a window, oldest first. */
export const versionsMoved = (db: Queryable, { from, to }: Window): Promise<VersionMove[]> =>
  db.query<VersionMove>(sql`
    select kind, name, hash, moved_at as "movedAt", moved_by as "movedBy", reason
    from kernel.pointers where kind = any(${kinds}) and moved_at >= ${from} and moved_at < ${to} order by seq`)

/** How an evaluation's requests for one subject were routed: what the router weighed. */
export const featuresOfSubject = (db: Queryable, subject: string): Promise<{ features: unknown }[]> =>
  db.query(
    sql`select features from rag.model_calls where subject = ${subject} and ordinal = 0 order by at, decision_id`,
  )

import type { Queryable } from '#kernel/db.ts'
import type { DraftId, Hash } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'

export type DraftInteraction = {
  id: DraftId
  form: string
  segment: { name: string; rule: unknown }
  /** Who asked for it. */
  askedBy: string
  /** Others of its set say the same in the same form to the same people: a person picks. */
  hasVariants: boolean
  /** The campaign that it would be the next version of. */
  campaign: string | null
  model: string | null
  costMicroUsd: number
  /** A person wrote into it, or had it changed. */
  edited: boolean
  /** What guardrails object to: what they forbid, and what they warn of. */
  objections: number
  checked: boolean
  promptHash: Hash | null
  /** The version of the guardrails that its body was checked by, with the brand they were fed. */
  guardrail: { rules?: unknown; brand?: Hash } | null
  /** The policy by which the router chose who writes it; null where no router did. */
  router: Record<string, unknown> | null
}

const select = (which: Sql): Sql => sql`
  select d.id, d.brief->>'channel' as form, d.brief->'segment' as segment, d.brief->>'by' as "askedBy",
    d.brief->>'campaign' as campaign, d.model, d.cost_micro_usd as "costMicroUsd", d.prompt_hash as "promptHash",
    b.findings is not null as checked,
    d.brief ? 'set' and exists (select from rag.drafts o
      where o.brief ? 'set' and o.brief->>'set' = d.brief->>'set' and o.id <> d.id
        and o.brief->>'channel' = d.brief->>'channel'
        and o.brief->'segment'->>'name' = d.brief->'segment'->>'name') as "hasVariants",
    (select count(*) from jsonb_array_elements(b.findings) f where f->>'verdict' <> 'pass') as objections,
    exists (select from rag.draft_requests q where q.draft_id = d.id)
      or exists (select from rag.draft_bodies w join governance.users u on u.id::text = w.written_by
        where w.draft_id = d.id) as edited,
    (select v.body from kernel.versions v where v.kind = 'guardrail' and v.hash = b.guardrail_hash limit 1) as guardrail,
    (select v.body from rag.model_calls c join kernel.versions v on v.kind = 'router' and v.hash = c.policy_hash
      where c.subject = 'draft:' || d.id order by c.at desc, c.ordinal desc limit 1) as router
  from rag.drafts d left join rag.draft_bodies b on b.draft_id = d.id and b.content_hash = d.content_hash
  where ${which}`

/** A draft with all that it was made by; null when there is none of that id. */
export async function selectDraftInteraction(db: Queryable, id: string): Promise<DraftInteraction | null> {
  return (await db.query<DraftInteraction>(select(sql`d.id = ${id}`)))[0] ?? null
}

/** The draft that was written last, of those that guardrails have run on: what it was made by is not known before. */
export async function newestDraftInteraction(db: Queryable): Promise<DraftInteraction | null> {
  const newest = sql`not d.rehearsal and d.prompt_hash is not null and b.findings is not null
    order by d.created_at desc, d.id desc limit 1`
  return (await db.query<DraftInteraction>(select(newest)))[0] ?? null
}

/** Drafts that wait for a word, newest first. */
export const waitingDraftInteractions = (db: Queryable, limit: number): Promise<DraftInteraction[]> =>
  db.query<DraftInteraction>(
    select(sql`not d.rehearsal and d.state = 'waiting' order by d.created_at desc, d.id desc limit ${limit}`),
  )

export type DecidedDraft = { id: DraftId; title: string | null; at: Date }
export type Decided = { actor: string; approved: number; latest: DecidedDraft[] }

/** The drafts that each of these actors approved: how many, and the newest; nothing of those who approved none. */
export const draftsDecidedBy = (db: Queryable, actors: readonly string[], limit: number): Promise<Decided[]> =>
  db.query<Decided>(sql`
    select actor, max(approved) as approved,
      json_agg(json_build_object('id', id, 'title', title, 'at', at) order by place) filter (where place <= ${limit}) as latest
    from (
      select d.id, b.body->'subject'->>'text' as title, d.updated_at as at, d.decided_by as actor,
        count(*) over (partition by d.decided_by) as approved,
        row_number() over (partition by d.decided_by order by d.updated_at desc, d.id desc) as place
      from rag.drafts d left join rag.draft_bodies b on b.draft_id = d.id and b.content_hash = d.content_hash
      where d.decided_by = any(${[...actors]}::text[]) and d.state = 'approved') decided
    group by actor`)

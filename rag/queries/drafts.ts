import type { Queryable } from '#kernel/db.ts'
import type { DraftId, Hash, Id } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { DraftBody, Evidence, Finding } from '../draft.ts'
import type { Brief } from '../drafts.ts'

export type DraftState = 'drafting' | 'waiting' | 'approved' | 'rejected' | 'failed'

export type DraftRow = {
  id: DraftId
  threadId: Id<'thread'>
  state: DraftState
  brief: Brief
  /** What was looked for: the queries of the plan. */
  plan: string[]
  body: DraftBody | null
  contentHash: Hash | null
  findings: Finding[] | null
  guardrailHash: Hash | null
  evidence: unknown[]
  revision: number
  /** Words of the body under way that a model has written so far. */
  wordsSoFar: number
  model: string | null
  costMicroUsd: number
  promptHash: Hash | null
  rehearsal: boolean
  approvalId: string | null
  decidedBy: string | null
  reason: string | null
  problem: string | null
  createdAt: Date
  updatedAt: Date
}

const columns = sql`
  d.id, d.thread_id as "threadId", d.state, d.brief, d.plan, b.body, d.content_hash as "contentHash", b.findings,
  b.guardrail_hash as "guardrailHash", d.evidence, d.revision, d.words_so_far as "wordsSoFar", d.model, d.cost_micro_usd as "costMicroUsd",
  d.prompt_hash as "promptHash", d.rehearsal, d.approval_id as "approvalId", d.decided_by as "decidedBy", d.reason, d.problem,
  d.created_at as "createdAt", d.updated_at as "updatedAt"`

const source = sql`rag.drafts d left join rag.draft_bodies b on b.draft_id = d.id and b.content_hash = d.content_hash`

export type NewDraft = { id: DraftId; threadId: Id<'thread'>; brief: Brief }

/** New drafts of which nothing is written yet. */
export async function insertDrafts(
  db: Queryable,
  drafts: readonly NewDraft[],
  { at, rehearsal }: { at: Date; rehearsal: boolean },
): Promise<void> {
  await db.query(sql`insert into rag.drafts (id, thread_id, state, brief, rehearsal, created_at, updated_at)
    select id, "threadId", 'drafting', brief, ${rehearsal}, ${at}, ${at}
    from jsonb_to_recordset(${json(drafts)}) as given (id uuid, "threadId" uuid, brief jsonb)`)
}

/** The drafts that were asked for at once. */
export const setRows = (db: Queryable, set: string): Promise<DraftRow[]> =>
  db.query(sql`select ${columns} from ${source} where d.brief ? 'set' and d.brief ->> 'set' = ${set} order by d.id`)

/** Rehearsals that nobody scores any more, and those of this id. */
export const removeRehearsals = (
  db: Queryable,
  id: DraftId | null,
  before: Date,
): Promise<{ threadId: Id<'thread'> }[]> =>
  db.query(sql`delete from rag.drafts where rehearsal and (id = ${id} or created_at < ${before})
    returning thread_id as "threadId"`)

export async function draftRow(db: Queryable, id: DraftId): Promise<DraftRow | null> {
  const rows = await db.query<DraftRow>(sql`select ${columns} from ${source} where d.id = ${id}`)
  return rows[0] ?? null
}

/** Newest first; every state when none is named. */
export function draftRows(
  db: Queryable,
  states: readonly DraftState[],
  limit: number,
  offset: number,
): Promise<DraftRow[]> {
  return db.query(sql`select ${columns} from ${source}
    where not d.rehearsal and (cardinality(${states}::text[]) = 0 or d.state = any(${states}::text[]))
    order by d.created_at desc, d.id desc limit ${limit} offset ${offset}`)
}

/** The draft an approval was already spent on. */
export async function draftOfApproval(db: Queryable, approvalId: string): Promise<DraftId | null> {
  const rows = await db.query<{ id: DraftId }>(sql`select id from rag.drafts where approval_id = ${approvalId}`)
  return rows[0]?.id ?? null
}

/** What is to be looked for; only while it is being drafted. */
export async function keepPlan(db: Queryable, id: DraftId, queries: readonly string[], at: Date): Promise<void> {
  await db.query(
    sql`update rag.drafts set plan = ${json(queries)}, updated_at = ${at} where id = ${id} and state = 'drafting'`,
  )
}

/** What is offered to the author; only while it is being drafted. */
export async function keepEvidence(db: Queryable, id: DraftId, evidence: readonly Evidence[], at: Date): Promise<void> {
  await db.query(sql`update rag.drafts set evidence = ${json(evidence)}, updated_at = ${at}
    where id = ${id} and state = 'drafting'`)
}

type Written = { body: DraftBody; contentHash: Hash; by: string; at: Date }

/** Keeps a body and makes it the draft's own. */
export async function keepBody(tx: Queryable, id: DraftId, { body, contentHash, by, at }: Written): Promise<void> {
  await tx.query(sql`insert into rag.draft_bodies (draft_id, content_hash, body, written_by, written_at)
    values (${id}, ${contentHash}, ${json(body)}, ${by}, ${at}) on conflict do nothing`)
  await tx.query(sql`update rag.drafts set content_hash = ${contentHash}, updated_at = ${at} where id = ${id}`)
}

/** Counts a round as written, and its cost; false when that round was counted before (the node ran twice). */
export async function countRound(
  tx: Queryable,
  id: DraftId,
  round: number,
  spent: { model: string; costMicroUsd: number; promptHash: Hash; at: Date },
): Promise<boolean> {
  const rows = await tx.query(sql`
    update rag.drafts set revision = ${round + 1}, words_so_far = 0, model = ${spent.model}, prompt_hash = ${spent.promptHash},
      cost_micro_usd = cost_micro_usd + ${spent.costMicroUsd}, problem = null, updated_at = ${spent.at}
    where id = ${id} and state = 'drafting' and revision = ${round} returning id`)
  return rows.length === 1
}

/** How much of a round is written, while it is being written. */
export const keepWordsSoFar = async (db: Queryable, id: DraftId, round: number, words: number): Promise<void> =>
  void (await db.query(sql`update rag.drafts set words_so_far = ${words}
    where id = ${id} and state = 'drafting' and revision = ${round}`))

/** Adds what an attempt without a usable answer cost, and says what went wrong. */
export async function noteProblem(
  db: Queryable,
  id: DraftId,
  problem: string,
  costMicroUsd: number,
  at: Date,
): Promise<void> {
  await db.query(sql`update rag.drafts
    set problem = ${problem}, words_so_far = 0, cost_micro_usd = cost_micro_usd + ${costMicroUsd}, updated_at = ${at} where id = ${id}`)
}

/** What the guardrails found in a body, and which version of them. */
export async function keepFindings(
  db: Queryable,
  id: DraftId,
  contentHash: Hash,
  found: { findings: readonly Finding[]; guardrailHash: Hash; at: Date },
): Promise<void> {
  await db.query(sql`update rag.draft_bodies
    set findings = ${json(found.findings)}, guardrail_hash = ${found.guardrailHash}, checked_at = ${found.at}
    where draft_id = ${id} and content_hash = ${contentHash}`)
}

/** Moves a draft from one state to the next; false when it was not in the first. */
export async function moveDraft(
  db: Queryable,
  id: DraftId,
  from: DraftState,
  to: DraftState,
  at: Date,
): Promise<boolean> {
  const rows = await db.query(sql`update rag.drafts set state = ${to}, updated_at = ${at}
    where id = ${id} and state = ${from} returning id`)
  return rows.length === 1
}

type Decision = {
  decision: 'approved' | 'rejected'
  by: string
  approvalId: string | null
  reason: string | null
  at: Date
}

/** Writes a person's decision on a waiting draft; null when it was decided before. Returns the hash decided on. */
export async function decideDraft(tx: Queryable, id: DraftId, given: Decision): Promise<Hash | null> {
  const rows = await tx.query<{ contentHash: Hash }>(sql`
    update rag.drafts set state = ${given.decision}, decided_by = ${given.by}, approval_id = ${given.approvalId},
      reason = ${given.reason}, updated_at = ${given.at}
    where id = ${id} and state = 'waiting' returning content_hash as "contentHash"`)
  return rows[0]?.contentHash ?? null
}

/** A body by its content hash, whichever draft it was written for, and whatever was edited since. */
export async function bodyByHash(db: Queryable, contentHash: Hash): Promise<DraftBody | null> {
  const rows = await db.query<{ body: DraftBody }>(sql`
    select body from rag.draft_bodies where content_hash = ${contentHash} order by written_at limit 1`)
  return rows[0]?.body ?? null
}

/** Every body a draft had, oldest first, with what was found in it. */
export function bodiesOf(db: Queryable, id: DraftId): Promise<{ body: DraftBody; findings: Finding[] | null }[]> {
  return db.query(
    sql`select body, findings from rag.draft_bodies where draft_id = ${id} order by written_at, content_hash`,
  )
}

/** Titles of the products with these stock keeping units or of these types. */
export async function productTitles(db: Queryable, names: readonly string[], limit: number): Promise<string[]> {
  const rows = await db.query<{ title: string }>(sql`
    select distinct title from ingest.products where sku = any(${names}::text[]) or type = any(${names}::text[])
    order by title limit ${limit}`)
  return rows.map((row) => row.title)
}

/** Who wrote any body of a draft, the first first. */
export async function bodyAuthors(db: Queryable, id: DraftId): Promise<string[]> {
  const rows = await db.query<{ by: string }>(sql`select written_by as by from rag.draft_bodies
    where draft_id = ${id} group by written_by order by min(written_at), written_by`)
  return rows.map(({ by }) => by)
}

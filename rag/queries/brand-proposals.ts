import type { Queryable, Tx } from '#kernel/db.ts'
import type { Id } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type BrandProposalId = Id<'brand-proposal'>

export type BrandProposalRow = {
  id: BrandProposalId
  field: string
  value: unknown
  why: string
  evidence: unknown
  proposedAt: Date
}

const columns = sql`id, field, value, why, evidence, proposed_at as "proposedAt"`

/** Those that wait for a person, in the order in which they were found. */
export const openBrandProposals = (db: Queryable): Promise<BrandProposalRow[]> =>
  db.query(sql`select ${columns} from rag.brand_proposals where decision is null order by place`)

/** Makes these the ones that wait, in their places; what a person has decided is not proposed again. */
export async function replaceBrandProposals(
  tx: Tx,
  at: Date,
  rows: readonly (Omit<BrandProposalRow, 'proposedAt'> & { place: number })[],
): Promise<void> {
  await tx.query(sql`delete from rag.brand_proposals where decision is null`)
  await tx.query(sql`
    insert into rag.brand_proposals (id, place, field, value, why, evidence, proposed_at)
    select r.id, r.place, r.field, r.value, r.why, r.evidence, ${at}
    from jsonb_to_recordset(${json(rows)}::jsonb) as r(id uuid, place integer, field text, value jsonb, why text, evidence jsonb)
    on conflict (field, value) do nothing`)
}

/** A person's word on those that still wait; how many these were. */
export async function decideBrandProposals(
  db: Queryable,
  ids: readonly BrandProposalId[],
  word: { decision: 'accepted' | 'rejected'; by: string; at: Date },
): Promise<number> {
  const rows = await db.query(sql`
    update rag.brand_proposals set decision = ${word.decision}, decided_by = ${word.by}, decided_at = ${word.at}
    where id = any(${[...ids]}::uuid[]) and decision is null returning id`)
  return rows.length
}

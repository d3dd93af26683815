import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash, Id, IdentifierId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'

export type EdgeId = Id<'edge'>
export type Verdict = 'same' | 'different' | 'withdrawn'

/** An edge as the ledger holds it, active or not; only later rows tell. */
export type EdgeRow = {
  id: EdgeId
  left: IdentifierId
  right: IdentifierId
  verdict: Verdict
  rule: string
  evidence: Record<string, unknown>
  modelHash: Hash
  withdraws: EdgeId | null
  source: string | null
  actor: string
  at: Date
}

export type NewEdge = Omit<EdgeRow, 'source' | 'actor' | 'at'> & { recordId: string | null }

const columns = sql`id, left_id as "left", right_id as "right", verdict, rule, evidence, model_hash as "modelHash",
  withdraws, evidence ->> 'source' as source, actor, at`

const inOrder = sql`order by seq`

const edges = (where: Sql): Sql => sql`select ${columns} from ingest.edges ${where} ${inOrder}`

/** The whole ledger, in the order it was written. */
export const selectEdges = (db: Queryable): Promise<EdgeRow[]> => db.query<EdgeRow>(edges(sql``))

/** The ledger of everything said of these identifiers, in the order it was written. */
export const selectEdgesOf = (db: Queryable, ids: readonly IdentifierId[]): Promise<EdgeRow[]> =>
  db.query<EdgeRow>(edges(sql`where left_id = any(${[...ids]}::uuid[]) or right_id = any(${[...ids]}::uuid[])`))

/** Appends to the ledger; an edge that is there already is left as it is. */
export async function insertEdges(tx: Tx, author: { by: string; at: Date }, rows: readonly NewEdge[]): Promise<void> {
  await tx.query(sql`
    insert into ingest.edges (id, left_id, right_id, verdict, rule, evidence, record_id, model_hash, actor, at, withdraws)
    select id, "left", "right", verdict, rule, evidence, "recordId", "modelHash", ${author.by}, ${author.at}, withdraws
    from json_to_recordset(${json(rows)}::json) as r (id uuid, "left" uuid, "right" uuid, verdict text, rule text,
      evidence jsonb, "recordId" uuid, "modelHash" text, withdraws uuid)
    on conflict (left_id, right_id, verdict, rule, model_hash) where verdict <> 'withdrawn' do nothing`)
}

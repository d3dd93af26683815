import type { Queryable, Tx } from '#kernel/db.ts'
import type { DocumentId, FactId, Id, RecordId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type ProposalId = Id<'proposal'>

/** Bytes are those of the document's body, `endByte` exclusive; `proposedBy` is the id of a model. */
export type NewProposal = {
  id: ProposalId
  subject: string
  predicate: string
  value: unknown
  statement: string
  validFrom: Date | null
  validTo: Date | null
  documentId: DocumentId
  startByte: number
  endByte: number
  proposedBy: string
}

export type ProposalRow = NewProposal & {
  proposedAt: Date
  decidedAt: Date | null
  decidedBy: string | null
  decision: 'accepted' | 'rejected' | null
  reason: string | null
  factId: FactId | null
  uri: string
  title: string
  /** The words it quotes. */
  quote: string
  /** Whether the version it quotes is still the current one. */
  isCurrent: boolean
}

/** Null where the same was proposed of the same words before. */
export async function insertProposal(tx: Tx, at: Date, row: NewProposal): Promise<ProposalId | null> {
  const rows = await tx.query<{ id: ProposalId }>(sql`
    insert into ingest.fact_proposals (id, subject, predicate, value, statement, valid_from, valid_to, document_id,
      start_byte, end_byte, proposed_by, proposed_at)
    values (${row.id}, ${row.subject}, ${row.predicate}, ${json(row.value)}::jsonb, ${row.statement}, ${row.validFrom},
      ${row.validTo}, ${row.documentId}, ${row.startByte}, ${row.endByte}, ${row.proposedBy}, ${at})
    on conflict (document_id, start_byte, end_byte, subject, predicate) do nothing returning id`)
  return rows[0]?.id ?? null
}

const proposals = sql`
  select p.id, p.subject, p.predicate, p.value, p.statement, p.valid_from as "validFrom", p.valid_to as "validTo",
    p.document_id as "documentId", p.start_byte as "startByte", p.end_byte as "endByte", p.proposed_by as "proposedBy",
    p.proposed_at as "proposedAt", p.decided_at as "decidedAt", p.decided_by as "decidedBy", p.decision, p.reason,
    p.fact_id as "factId", d.uri, d.title, d.valid_to is null as "isCurrent",
    convert_from(substring(convert_to(d.body, 'UTF8') from p.start_byte + 1 for p.end_byte - p.start_byte), 'UTF8') as quote
  from ingest.fact_proposals p join ingest.documents d on d.id = p.document_id`

export const selectProposal = async (db: Queryable, id: ProposalId): Promise<ProposalRow | null> =>
  (await db.query<ProposalRow>(sql`${proposals} where p.id = ${id}`))[0] ?? null

/** Proposals about current texts that wait, the oldest first. */
export const selectOpenProposals = (db: Queryable, limit: number): Promise<ProposalRow[]> =>
  db.query<ProposalRow>(sql`${proposals} where p.decision is null and d.valid_to is null
    order by p.proposed_at, p.id limit ${limit}`)

/** False when it was decided before. */
export async function decideProposal(
  tx: Tx,
  id: ProposalId,
  word: { decision: 'accepted' | 'rejected'; by: string; reason: string | null; at: Date },
): Promise<boolean> {
  const rows = await tx.query(sql`
    update ingest.fact_proposals set decision = ${word.decision}, decided_by = ${word.by}, decided_at = ${word.at},
      reason = ${word.reason} where id = ${id} and decision is null returning id`)
  return rows.length === 1
}

export type AcceptedRow = Omit<NewProposal, 'id' | 'validFrom' | 'proposedBy'> & { validFrom: Date; recordId: RecordId }

/** What persons accepted of current texts, the latest word first. */
export const selectAccepted = (db: Queryable): Promise<AcceptedRow[]> =>
  db.query<AcceptedRow>(sql`
    select p.subject, p.predicate, p.value, p.statement, coalesce(p.valid_from, d.valid_from) as "validFrom",
      p.valid_to as "validTo", p.document_id as "documentId", p.start_byte as "startByte", p.end_byte as "endByte",
      d.record_id as "recordId"
    from ingest.fact_proposals p join ingest.documents d on d.id = p.document_id
    where p.decision = 'accepted' and d.valid_to is null order by p.decided_at desc, p.id`)

/** Notes which fact an accepted proposal has become. */
export async function linkProposals(tx: Tx): Promise<void> {
  await tx.query(sql`
    update ingest.fact_proposals p set fact_id = f.id from ingest.facts f
    where p.decision = 'accepted' and p.fact_id is null and f.subject = p.subject and f.predicate = p.predicate
      and f.value = p.value and f.valid_to is not distinct from p.valid_to`)
}

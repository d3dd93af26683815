import { appendAudit } from '#kernel/audit.ts'
import type { Queryable } from '#kernel/db.ts'
import { newId, type DocumentId, type FactId } from '#kernel/ids.ts'
import { selectDocument } from '../queries/evidence.ts'
import { decideProposal, insertProposal, selectOpenProposals, selectProposal, type ProposalId, type ProposalRow } from '../queries/fact-proposals.ts' // prettier-ignore
import { isStorable } from '../screen.ts'
import { index, indexing, type ContentDeps } from './index-content.ts'
import { objectionToValue } from './values.ts'

/** A fact that a model reads in bytes [startByte, endByte) of a current text, and the words it finds there. */
export type Proposal = {
  subject: string
  predicate: string
  value: unknown
  statement: string
  validFrom?: Date | undefined
  validTo?: Date | undefined
  documentId: DocumentId
  startByte: number
  endByte: number
  quote: string
  /** The id of the model. */
  by: string
}

type Refused = { kind: 'refused'; why: string }

/**
 * Keeps what a model proposes until a person decides: it is no fact before. Refused where the text is not current or does
 * not hold the quoted words there, where the value is none of its predicate's family, and where the same was proposed before.
 */
export async function proposeFact(
  { db, clock }: Pick<ContentDeps, 'db' | 'clock'>,
  proposal: Proposal,
): Promise<{ kind: 'proposed'; id: ProposalId } | Refused> {
  const objection = objectionToWords(proposal) ?? objectionToValue(proposal) ?? (await objectionToQuote(db, proposal))
  if (objection !== null) return { kind: 'refused', why: objection }
  const { quote: _, by, validFrom = null, validTo = null, ...fact } = proposal
  const row = { ...fact, validFrom, validTo, proposedBy: by, id: newId<'proposal'>(clock) }
  return db.transaction(async (tx) => {
    const id = await insertProposal(tx, clock(), row)
    if (id === null) return { kind: 'refused', why: 'The same was proposed of the same words before' }
    const { subject, predicate, documentId } = fact
    await appendAudit(tx, clock, { actor: by, action: 'fact.propose', subject: id, detail: { subject, predicate, documentId } }) // prettier-ignore
    return { kind: 'proposed', id }
  })
}

function objectionToWords({ subject, predicate, value, statement, validFrom, validTo }: Proposal): string | null {
  if (!/^[a-z][a-z-]*(?::.{1,200})?$/su.test(subject))
    return 'The subject is none: write a kind and a key, such as product:SKU or policy:returns'
  if (!/^[a-z][a-z0-9-]{0,79}$/.test(predicate)) return 'The predicate is none: write lower-case words joined by -'
  if (!isStorable([subject, value, statement])) return 'It holds a character that is none: remove it'
  if (statement.trim() === '' || statement.length > 2000) return 'The statement must be one sentence'
  return validFrom && validTo && validTo <= validFrom ? 'It would end before it begins' : null
}

async function objectionToQuote(
  db: Queryable,
  { documentId, startByte, endByte, quote }: Proposal,
): Promise<string | null> {
  const [document] = await selectDocument(db, documentId)
  if (!document) return 'There is no such document'
  if (document.validTo !== null) return 'The text has been replaced: read its current version'
  const isSpan = Number.isInteger(startByte) && Number.isInteger(endByte) && startByte >= 0 && endByte > startByte
  const words = isSpan ? Buffer.from(document.body).subarray(startByte, endByte) : null
  return quote.trim() !== '' && words?.equals(Buffer.from(quote))
    ? null
    : 'The text does not hold the quoted words there'
}

/** What waits for a person, the oldest first, each with the words it quotes. */
export const openProposals = (db: Queryable, limit: number): Promise<ProposalRow[]> => selectOpenProposals(db, limit)

type Word = { id: ProposalId; by: string; reason?: string | undefined }
export type Acceptance =
  | { kind: 'accepted'; factId: FactId }
  /** Kept, but not believed now: another source is, or it does not hold yet or any more. */
  | { kind: 'outweighed'; why: string }
  | Refused

/**
 * A person accepts a proposal: it is stated from then on, by the text it quotes and as long as that is current, and closes
 * a fact that said otherwise as an extracted one does. Throws RefusedError while content is being indexed.
 */
export const acceptProposal = (deps: ContentDeps, word: Word): Promise<Acceptance> =>
  indexing(deps, async () => {
    const decided = await decide(deps, word, 'accepted')
    if (decided.kind === 'refused') return decided
    await index(deps)
    const after = await selectProposal(deps.db, word.id)
    if (after?.factId) return { kind: 'accepted', factId: after.factId }
    return { kind: 'outweighed', why: 'Another source is believed, or it does not hold now: it stands beside the fact' }
  })

/** A person rejects a proposal; it is not proposed again of the same words. */
export const rejectProposal = (
  deps: Pick<ContentDeps, 'db' | 'clock'>,
  word: Word & { reason: string },
): Promise<{ kind: 'rejected' } | Refused> => decide(deps, word, 'rejected')

async function decide<Decision extends 'accepted' | 'rejected'>(
  { db, clock }: Pick<ContentDeps, 'db' | 'clock'>,
  { id, by, reason }: Word,
  decision: Decision,
): Promise<{ kind: Decision } | Refused> {
  const proposal = await selectProposal(db, id)
  if (!proposal) return { kind: 'refused', why: 'There is no such proposal' }
  if (decision === 'accepted' && !proposal.isCurrent)
    return { kind: 'refused', why: 'The text it quotes has been replaced: what it says now must be proposed anew' }
  return db.transaction(async (tx) => {
    const isFirst = await decideProposal(tx, id, { decision, by, reason: reason ?? null, at: clock() })
    if (!isFirst) return { kind: 'refused', why: 'It was decided before' }
    const { subject, predicate, proposedBy, documentId } = proposal
    const detail = { subject, predicate, proposedBy, documentId }
    await appendAudit(tx, clock, { actor: by, action: `fact.${decision === 'accepted' ? 'accept' : 'reject'}`, subject: id, detail }) // prettier-ignore
    return { kind: decision }
  })
}

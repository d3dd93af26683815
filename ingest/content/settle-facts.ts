import type { Clock } from '#kernel/clock.ts'
import { canonicalJson } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import { newId } from '#kernel/ids.ts'
import { settleContradictions, type ContradictionRow } from '../queries/contradictions.ts'
import { linkProposals } from '../queries/fact-proposals.ts'
import { closeFacts, insertFacts, restateFacts, selectCurrentFacts } from '../queries/facts.ts'
import { keyOf, type Conflict, type CurrentFact, type Stated } from './fact.ts'

/**
 * Makes the current facts exactly the stated ones: a changed value, or another end of it, closes the fact and opens a new
 * one; what is stated no more is closed; the same value stated elsewhere is the same fact.
 */
export async function settleFacts(
  { db, clock }: { db: Db; clock: Clock },
  { facts, conflicts, at }: { facts: readonly Stated[]; conflicts: readonly Conflict[]; at: Date },
): Promise<{ current: number; opened: number; closed: number }> {
  const { opened, closed, restated } = changes(await selectCurrentFacts(db, at), facts, at, clock)
  const contradictions = conflicts.map(({ other: { evidence, ...fact } }): ContradictionRow => {
    return { ...fact, ...evidence, id: newId<'contradiction'>(clock) }
  })
  await db.transaction(async (tx) => {
    if (closed.length > 0) await closeFacts(tx, at, closed.map((fact) => fact.id)) // prettier-ignore
    if (restated.length > 0) await restateFacts(tx, restated)
    if (opened.length > 0) await insertFacts(tx, at, opened)
    await linkProposals(tx)
    await settleContradictions(tx, at, contradictions)
  })
  return { current: facts.length, opened: opened.length, closed: closed.length }
}

type Changes = { opened: CurrentFact[]; closed: CurrentFact[]; restated: CurrentFact[] }

function changes(current: readonly CurrentFact[], stated: readonly Stated[], at: Date, clock: Clock): Changes {
  const known = new Map(current.map((fact) => [keyOf(fact), fact]))
  const result: Changes = { opened: [], closed: [], restated: [] }
  for (const { evidence, ...fact } of stated) {
    const before = known.get(keyOf(fact))
    known.delete(keyOf(fact))
    const now: CurrentFact = { ...fact, ...evidence, id: before?.id ?? newId<'fact'>(clock) }
    if (!before) result.opened.push(now)
    else if (says(before) !== says(now)) {
      result.closed.push(before)
      result.opened.push({ ...now, id: newId<'fact'>(clock), validFrom: at })
    } else if (stands(before) !== stands(now)) result.restated.push(now)
  }
  result.closed.push(...known.values())
  return result
}

const says = ({ value, validTo }: CurrentFact): string => canonicalJson({ value, validTo })

const stands = ({ statement, recordId, documentId, startByte, endByte }: CurrentFact): string =>
  canonicalJson({ statement, recordId, documentId, startByte, endByte })

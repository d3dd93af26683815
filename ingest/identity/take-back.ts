import type { Clock } from '#kernel/clock.ts'
import type { EdgeRow, NewEdge } from '../queries/edges.ts'
import { reopenReview } from '../queries/identity-desk.ts'
import { activeEdges, byHand, isOfWall, restoration, withdrawal, withdrawalsIn } from './ledger.ts'
import type { IdentityDeps } from './resolve.ts'
import type { ReviewVerdict } from './review.ts'
import { remerge } from './unmerge.ts'
import { ordered, sayOf, type About, type WordOutcome } from './word.ts'

export type TakenBack = { kind: 'taken-back'; moved: number; impact: string[] } | { kind: 'refused'; why: string }

/**
 * Takes a person's word on a pair back, so that everything is as it was before they spoke: a tie made by hand and what it
 * had taken down, a wall, or that the pair was put off. Where the pair had waited for a word, it waits again.
 */
export async function takeBack(deps: IdentityDeps, input: About & { verdict: ReviewVerdict }): Promise<TakenBack> {
  const { verdict, ...about } = input
  const outcome = await unsay(deps, about, verdict)
  if (outcome?.kind === 'refused') return outcome
  const isOpen = await deps.db.transaction((tx) => reopenReview(tx, ordered(about)))
  const moved = outcome?.moved ?? 0
  if (moved === 0 && !isOpen) return { kind: 'refused', why: 'There is nothing to take back: the pair never waited' }
  return { kind: 'taken-back', moved, impact: outcome?.impact ?? [] }
}

async function unsay(deps: IdentityDeps, about: About, verdict: ReviewVerdict): Promise<WordOutcome | null> {
  if (verdict === 'later') return null
  if (verdict === 'different') return remerge(deps, about)
  const says = (ledger: readonly EdgeRow[]): NewEdge[] => untied(ledger, about.reason, deps.clock)
  return sayOf(deps, about, { action: 'take-back', verdict: 'different', says })
}

/** Withdraws the tie that a person made, and puts up again the walls that the same word took down. */
function untied(ledger: readonly EdgeRow[], why: string, clock: Clock): NewEdge[] {
  const active = activeEdges(ledger)
  const tie = active.find((row) => row.verdict === 'same' && row.rule === byHand)
  if (!tie) return []
  const withdrawals = withdrawalsIn(active)
  const spokenAt = lastSaid(ledger, tie).at.getTime()
  const taken = ledger.filter(
    (row) => row.verdict === 'different' && isOfWall(row.rule) && withdrawals.get(row.id)?.at.getTime() === spokenAt,
  )
  return [withdrawal(tie, why, clock), ...taken.map((row) => restoration(row, withdrawals, clock))]
}

/** The row by which an active tie holds now: its own, or the latest that brought it back. */
function lastSaid(ledger: readonly EdgeRow[], tie: EdgeRow): EdgeRow {
  const about = ledger.filter((row) => row.rule === tie.rule && (row.id === tie.id || row.withdraws !== null))
  return about.at(-1) ?? tie
}

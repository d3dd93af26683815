import type { Clock } from '#kernel/clock.ts'
import type { Hash } from '#kernel/ids.ts'
import type { EdgeRow, NewEdge } from '../queries/edges.ts'
import { activeEdges, isOfWall, restoration, wallRules, withdrawal, withdrawalsIn } from './ledger.ts'
import type { IdentityDeps } from './resolve.ts'
import { edgeBetween, sayOf, type About, type Says, type WordOutcome } from './word.ts'

/** Two identifiers; where the ties of both cannot stand, those of `right` give way. The reason is the person's own words. */
export type Apart = About
export type ApartOutcome = WordOutcome

/**
 * Says that two identifiers are not one person's: appends one edge, and recomputes only the people it touches. Whoever
 * leaves bears again the id from before the merge, if nobody else does; no later evidence joins the two.
 */
export const unmerge = (deps: IdentityDeps, input: Apart): Promise<ApartOutcome> =>
  sayOf(deps, input, { action: 'unmerge', verdict: 'different', says: wall(input, deps.clock) })

/** The same word of two who are not one person now: whatever comes, they never will be. */
export const neverMerge = (deps: IdentityDeps, input: Apart): Promise<ApartOutcome> =>
  sayOf(deps, input, { action: 'never-merge', verdict: 'different', says: wall(input, deps.clock) })

/** Takes an `unmerge` back: the evidence that had joined the two counts again. */
export const remerge = (deps: IdentityDeps, input: Apart): Promise<ApartOutcome> =>
  sayOf(deps, input, {
    action: 'remerge',
    verdict: 'same',
    says: (ledger) => wallsDown(ledger, input.reason, deps.clock),
  })

/** What takes every wall between the two down. */
export const wallsDown = (ledger: readonly EdgeRow[], reason: string, clock: Clock): NewEdge[] =>
  activeEdges(ledger)
    .filter(isWall)
    .map((row) => withdrawal(row, reason, clock))

const isWall = (row: EdgeRow): boolean => row.verdict === 'different' && isOfWall(row.rule)

function wall(input: Apart, clock: Clock): Says {
  const rule = input.left < input.right ? wallRules.rightLeaves : wallRules.leftLeaves
  return (ledger: readonly EdgeRow[], model: Hash) => {
    const active = activeEdges(ledger)
    if (active.some(isWall)) return []
    const before = ledger.find((row) => isWall(row) && row.rule === rule && row.modelHash === model)
    if (before) return [restoration(before, withdrawalsIn(active), clock)]
    return [edgeBetween(input, clock, { verdict: 'different', rule, model })]
  }
}

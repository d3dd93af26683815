import type { Clock } from '#kernel/clock.ts'
import { newId, type Hash, type IdentifierId } from '#kernel/ids.ts'
import type { EdgeId, EdgeRow, NewEdge } from '../queries/edges.ts'
import type { DifferentEdge, SameEdge } from './components.ts'
import type { Founded } from './evidence.ts'
import type { IdentityModel } from './model.ts'

/** The edges that hold: a row is withdrawn by a later one, unless that was itself withdrawn. */
export function activeEdges(ledger: readonly EdgeRow[]): EdgeRow[] {
  const gone = new Set<string>()
  const active = ledger.toReversed().filter((row) => {
    if (gone.has(row.id)) return false
    if (row.withdraws !== null) gone.add(row.withdraws)
    return true
  })
  return active.toReversed()
}

/** A tie that a person made, which no model withdraws. */
export const byHand = 'by-hand'

/** A tie between two profiles that are alike, under a model of linkage. */
export const likenessRule = 'linkage'

/**
 * What must be appended so that exactly the findings hold: new ones are added, those that hold no more are withdrawn,
 * and one that was withdrawn before comes back by withdrawing its withdrawal.
 */
export function appendix(
  ledger: readonly EdgeRow[],
  findings: readonly Founded[],
  clock: Clock,
): { added: NewEdge[]; withdrawn: NewEdge[] } {
  const active = activeEdges(ledger)
  const withdrawals = withdrawalsIn(active)
  const holds = new Set(active.map((row) => row.id))
  const known = new Map(
    ledger.filter((row) => row.verdict === 'same').map((row) => [keyOf({ ...row, model: row.modelHash }), row]),
  )
  const wanted = new Set(findings.map(keyOf))
  const added = findings.flatMap((finding): NewEdge[] => {
    const row = known.get(keyOf(finding))
    if (!row) return [edgeOf(finding, clock)]
    return holds.has(row.id) ? [] : [restoration(row, withdrawals, clock)]
  })
  const withdrawn = active
    .filter((row) => row.verdict === 'same' && row.rule !== byHand)
    .filter((row) => !wanted.has(keyOf({ ...row, model: row.modelHash })))
    .map((row) => withdrawal(row, 'the evidence stands no more', clock))
  return { added, withdrawn }
}

type Keyed = { left: string; right: string; rule: string; model: Hash }
const keyOf = ({ left, right, rule, model }: Keyed): string => `${left}${right}${rule} ${model}`

function edgeOf({ rule, evidence, recordId, model, ...finding }: Founded, clock: Clock): NewEdge {
  const [left, right] = [finding.left as IdentifierId, finding.right as IdentifierId]
  const id = newId<'edge'>(clock)
  return { id, left, right, verdict: 'same', rule, evidence, recordId, modelHash: model, withdraws: null }
}

/** The row that takes an edge back. */
export function withdrawal(row: EdgeRow, why: string, clock: Clock): NewEdge {
  const { left, right, rule, modelHash } = row
  return {
    id: newId<'edge'>(clock), left, right, verdict: 'withdrawn', rule, evidence: { why }, recordId: null, modelHash,
    withdraws: row.id,
  } // prettier-ignore
}

/** What takes each withdrawn edge back, by that edge. */
export const withdrawalsIn = (active: readonly EdgeRow[]): Map<EdgeId, EdgeRow> =>
  new Map(active.flatMap((row) => (row.withdraws === null ? [] : [[row.withdraws, row]])))

/** The row that brings an inactive edge back: it takes its withdrawal back. */
export function restoration(row: EdgeRow, withdrawals: ReadonlyMap<EdgeId, EdgeRow>, clock: Clock): NewEdge {
  const taken = withdrawals.get(row.id)
  if (!taken) throw new Error(`Edge ${row.id} does not hold, but nothing withdraws it: the ledger is incomplete`)
  return withdrawal(taken, 'it stands again', clock)
}

/** Which of two different people gives way where the ties of both cannot stand. */
export const wallRules = { leftLeaves: 'left-leaves', rightLeaves: 'right-leaves' } as const

export const isOfWall = (rule: string): boolean => rule === wallRules.leftLeaves || rule === wallRules.rightLeaves

/** How strong a rule of the ledger is under a model: what a person said first, what no rule knows any more last. */
export function rankOf(rule: string, model: IdentityModel): number {
  if (rule === byHand) return 0
  const index = model.rules.findIndex(({ name }) => rule === name || rule === `${name}-and-name`)
  return index < 0 ? model.rules.length + 1 : index + 1
}

/** What a ledger says to the components. */
export function readLedger(
  ledger: readonly EdgeRow[],
  model: IdentityModel,
): { same: SameEdge[]; different: DifferentEdge[] } {
  const active = activeEdges(ledger)
  return {
    same: active
      .filter((row) => row.verdict === 'same')
      .map(({ left, right, rule }) => ({ left, right, rank: rankOf(rule, model) })),
    different: active
      .filter((row) => row.verdict === 'different')
      .map(({ left, right, rule }) => ({ left, right, leaves: rule === wallRules.leftLeaves ? left : right })),
  }
}

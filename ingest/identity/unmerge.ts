import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { newId, type Hash, type IdentifierId, type PersonId } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { insertEdges, selectEdgesOf, type EdgeRow, type NewEdge } from '../queries/edges.ts'
import { changeMemberships, selectFormerMemberships, selectMembersBeside } from '../queries/memberships.ts'
import { components } from './components.ts'
import { activeEdges, readLedger, restoration, wallRules, withdrawal, withdrawalsIn } from './ledger.ts'
import { liveModel, type IdentityModel } from './model.ts'
import { personIds } from './person-ids.ts'
import { formerOf, identityLease, movedTo } from './resolve.ts'

/** Two identifiers; where the ties of both cannot stand, those of `right` give way. The reason is the person's own words. */
export type Apart = { left: IdentifierId; right: IdentifierId; by: string; reason: string }

export type ApartOutcome =
  | { kind: 'apart'; leftPerson: PersonId; rightPerson: PersonId; moved: number }
  | { kind: 'together'; person: PersonId; moved: number }
  | { kind: 'refused'; why: string }

type Deps = { db: Db; clock: Clock }

/**
 * Says that two identifiers are not one person's: appends one edge, and recomputes only the people it touches. Whoever
 * leaves bears again the id from before the merge, if nobody else does; no later evidence joins the two.
 */
export const unmerge = (deps: Deps, input: Apart): Promise<ApartOutcome> =>
  say(deps, input, 'unmerge', (ledger, hash) => {
    const active = activeEdges(ledger)
    if (active.some(isWall)) return []
    const wall = wallOf(input, hash, deps.clock)
    const before = ledger.find((row) => isWall(row) && row.rule === wall.rule && row.modelHash === hash)
    return before ? [restoration(before, withdrawalsIn(active), deps.clock)] : [wall]
  })

/** Takes an `unmerge` back: the evidence that had joined the two counts again. */
export const remerge = (deps: Deps, input: Apart): Promise<ApartOutcome> =>
  say(deps, input, 'remerge', (ledger) =>
    activeEdges(ledger)
      .filter(isWall)
      .map((row) => withdrawal(row, input.reason, deps.clock)),
  )

/** What to append, given all that was ever said of these two. */
type Says = (ledger: readonly EdgeRow[], model: Hash) => NewEdge[]

const isWall = (row: EdgeRow): boolean => row.verdict === 'different'

const leaseMs = 30_000

async function say(deps: Deps, input: Apart, action: string, says: Says): Promise<ApartOutcome> {
  if (input.left === input.right) return { kind: 'refused', why: 'An identifier cannot be kept apart from itself' }
  const { hash, model } = await liveModel(deps, input.by)
  const outcome = await underLease(deps, identityLease, leaseMs, () =>
    deps.db.transaction(async (tx) => {
      const members = await selectMembersBeside(tx, [input.left, input.right])
      const people = new Map(members.map((row) => [row.identifierId, row.personId]))
      if (!people.has(input.left) || !people.has(input.right))
        return { kind: 'refused' as const, why: 'One of the two is nobody yet: resolve identities first' }
      const rows = says(await ledgerBetween(tx, input), hash)
      await insertEdges(tx, { by: input.by, at: deps.clock() }, rows)
      const moved = await recompute(tx, deps.clock, people, model, action)
      await appendAudit(tx, deps.clock, {
        actor: input.by,
        action: `identity-${action}`,
        subject: `person:${people.get(input.left)}`,
        detail: { left: input.left, right: input.right, edges: rows.map((row) => row.id), moved },
      })
      return outcomeOf(tx, input, moved)
    }),
  )
  return outcome ?? { kind: 'refused', why: 'Identities are being resolved just now: try again in a moment' }
}

async function ledgerBetween(tx: Tx, { left, right }: Apart): Promise<EdgeRow[]> {
  const ledger = await selectEdgesOf(tx, [left, right])
  return ledger.filter(
    (row) => (row.left === left && row.right === right) || (row.left === right && row.right === left),
  )
}

function wallOf(input: Apart, modelHash: Hash, clock: Clock): NewEdge {
  const id = newId<'edge'>(clock)
  const ordered = input.left < input.right
  const [left, right] = ordered ? [input.left, input.right] : [input.right, input.left]
  const rule = ordered ? wallRules.rightLeaves : wallRules.leftLeaves
  const evidence = { reason: input.reason }
  return { id, left, right, verdict: 'different', rule, evidence, recordId: null, modelHash, withdraws: null }
}

/** Returns how many identifiers changed their person. */
async function recompute(
  tx: Tx,
  clock: Clock,
  members: ReadonlyMap<IdentifierId, PersonId>,
  model: IdentityModel,
  action: string,
): Promise<number> {
  const ids = [...members.keys()]
  const ledger = await selectEdgesOf(tx, ids)
  const inside = ledger.filter((row) => members.has(row.left) && members.has(row.right))
  const { same, different } = readLedger(inside, model)
  const { people } = components(ids, same, different)
  const former = formerOf(await selectFormerMemberships(tx, ids))
  const moved = movedTo(personIds(people, members, former, clock), members)
  if (moved.length > 0) await changeMemberships(tx, clock(), action, moved)
  return moved.length
}

async function outcomeOf(tx: Tx, { left, right }: Apart, moved: number): Promise<ApartOutcome> {
  const now = new Map((await selectMembersBeside(tx, [left, right])).map((row) => [row.identifierId, row.personId]))
  const [leftPerson, rightPerson] = [now.get(left), now.get(right)]
  if (!leftPerson || !rightPerson) throw new Error('An identifier lost its person while it was recomputed')
  if (leftPerson === rightPerson) return { kind: 'together', person: leftPerson, moved }
  return { kind: 'apart', leftPerson, rightPerson, moved }
}

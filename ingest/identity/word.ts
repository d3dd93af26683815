import { appendAudit } from '#kernel/audit.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Tx } from '#kernel/db.ts'
import { newId, type Hash, type IdentifierId, type PersonId } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { insertEdges, selectEdgesOf, type EdgeRow, type NewEdge } from '../queries/edges.ts'
import { selectIdentifiersByIds } from '../queries/identifiers.ts'
import { selectFormerMemberships, selectMembersBeside } from '../queries/memberships.ts'
import { closeReviews } from '../queries/reviews.ts'
import { components } from './components.ts'
import { formerOf, movedTo } from './decide-people.ts'
import { readLedger } from './ledger.ts'
import { liveModel, type IdentityModel } from './model.ts'
import { personIds } from './person-ids.ts'
import { identityLease, impactOf, type IdentityDeps } from './resolve.ts'
import { boundsIn } from './settle.ts'
import { changePeople } from './write-people.ts'

/** Two identifiers of whom a person says something. The reason is the person's own words. */
export type About = { left: IdentifierId; right: IdentifierId; by: string; reason: string }

/** `impact`: what it changed in the owner's figures, in words, where that is known. */
export type WordOutcome =
  | { kind: 'apart'; leftPerson: PersonId; rightPerson: PersonId; moved: number; impact?: string[] }
  | { kind: 'together'; person: PersonId; moved: number; impact?: string[] }
  | { kind: 'refused'; why: string }

/** What to append, given all that was ever said of these two. */
export type Says = (ledger: readonly EdgeRow[], model: Hash) => NewEdge[]

export type Word = {
  /** For the audit: `identity-ACTION`, and the reason of the memberships that end by it. */
  action: string
  /** How a waiting review of the two is closed by it. */
  verdict: 'same' | 'different'
  says: Says
}

export const ordered = ({ left, right }: Pick<About, 'left' | 'right'>) =>
  left < right ? { left, right } : { left: right, right: left }

const leaseMs = 30_000

/**
 * Writes down a person's word of two identifiers: appends to the ledger, recomputes the people of the two, and leaves an
 * entry in the audit, in one transaction. Nobody else is touched.
 */
export async function sayOf(deps: IdentityDeps, about: About, word: Word): Promise<WordOutcome> {
  if (about.left === about.right) return { kind: 'refused', why: 'An identifier is one with itself: name two of them' }
  const rules = await liveModel(deps, about.by)
  const outcome = await underLease(deps, identityLease, leaseMs, () =>
    deps.db.transaction((tx) => write(tx, deps.clock, about, word, rules)),
  )
  if (!outcome) return { kind: 'refused', why: 'Identities are being resolved just now: try again in a moment' }
  if (outcome.kind === 'refused' || outcome.moved === 0) return outcome
  const impact = await impactOf(deps)
  return impact.length > 0 ? { ...outcome, impact } : outcome
}

type Rules = { hash: Hash; model: IdentityModel }

async function write(tx: Tx, clock: Clock, about: About, word: Word, rules: Rules): Promise<WordOutcome> {
  const members = await selectMembersBeside(tx, [about.left, about.right])
  const people = new Map(members.map((row) => [row.identifierId, row.personId]))
  if (!people.has(about.left) || !people.has(about.right))
    return { kind: 'refused', why: 'One of the two is nobody yet: resolve identities first' }
  const rows = word.says(await ledgerBetween(tx, about), rules.hash)
  await insertEdges(tx, { by: about.by, at: clock() }, rows)
  const moved = await recompute(tx, clock, people, rules.model, { by: about.by, reason: word.action })
  await closeReviews(tx, clock(), word.verdict, [ordered(about)])
  await appendAudit(tx, clock, {
    actor: about.by,
    action: `identity-${word.action}`,
    subject: `person:${people.get(about.left)}`,
    detail: { left: about.left, right: about.right, edges: rows.map((row) => row.id), moved },
  })
  return outcomeOf(tx, about, moved)
}

async function ledgerBetween(tx: Tx, about: About): Promise<EdgeRow[]> {
  const { left, right } = ordered(about)
  return (await selectEdgesOf(tx, [left, right])).filter((row) => row.left === left && row.right === right)
}

/** A new edge of a person's making between two identifiers. */
export function edgeBetween(
  about: About,
  clock: Clock,
  edge: { verdict: 'same' | 'different'; rule: string; model: Hash },
): NewEdge {
  const { verdict, rule, model } = edge
  const evidence = { reason: about.reason }
  return { id: newId<'edge'>(clock), ...ordered(about), verdict, rule, evidence, recordId: null, modelHash: model, withdraws: null } // prettier-ignore
}

/** Returns how many identifiers changed their person. */
async function recompute(
  tx: Tx,
  clock: Clock,
  members: ReadonlyMap<IdentifierId, PersonId>,
  model: IdentityModel,
  why: { by: string; reason: string },
): Promise<number> {
  const ids = [...members.keys()]
  const ledger = await selectEdgesOf(tx, ids)
  const { same, different } = readLedger(ledger, model)
  const inside = same.filter((edge) => members.has(edge.left as IdentifierId) && members.has(edge.right as IdentifierId)) // prettier-ignore
  const identifiers = new Map((await selectIdentifiersByIds(tx, ids)).map((row): [string, typeof row] => [row.id, row]))
  const { people } = components(ids, inside, different, boundsIn(identifiers, model))
  const former = formerOf(await selectFormerMemberships(tx, ids))
  const moved = movedTo(personIds(people, members, former, clock), members)
  if (moved.length > 0) await changePeople(tx, clock, why, moved, members)
  return moved.length
}

async function outcomeOf(tx: Tx, { left, right }: About, moved: number): Promise<WordOutcome> {
  const now = new Map((await selectMembersBeside(tx, [left, right])).map((row) => [row.identifierId, row.personId]))
  const [leftPerson, rightPerson] = [now.get(left), now.get(right)]
  if (!leftPerson || !rightPerson) throw new Error('An identifier lost its person while it was recomputed')
  if (leftPerson === rightPerson) return { kind: 'together', person: leftPerson, moved }
  return { kind: 'apart', leftPerson, rightPerson, moved }
}

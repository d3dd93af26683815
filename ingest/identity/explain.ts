import type { Queryable } from '#kernel/db.ts'
import type { IdentifierId, PersonId } from '#kernel/ids.ts'
import { selectEdgesOf, type EdgeRow } from '../queries/edges.ts'
import { selectIdentifiersByIds, type IdentifierRow } from '../queries/identifiers.ts'
import { selectMembershipHistory, type PastMembershipRow } from '../queries/memberships.ts'
import { selectIdentifiersOf, type PersonIdentifier } from '../queries/people.ts'
import { activeEdges, byHand, likenessRule } from './ledger.ts'
import { familyOf } from './model.ts'

/** One piece of evidence in words, with what it rests on. */
export type Reason = {
  left: IdentifierId
  right: IdentifierId
  rule: string
  words: string
  source: string | null
  actor: string
  at: Date
}

export type Explanation = {
  identifiers: PersonIdentifier[]
  /** Why these identifiers are one person's. */
  because: Reason[]
  /** Whom a person said they are not. */
  apartFrom: Reason[]
  history: PastMembershipRow[]
}

/** Why a person is one person: each active edge in words, whom they were kept apart from, and who they were before. */
export async function explainPerson(db: Queryable, personId: PersonId): Promise<Explanation> {
  const identifiers = await selectIdentifiersOf(db, personId)
  const mine = new Set(identifiers.map((row) => row.id))
  const active = activeEdges(await selectEdgesOf(db, [...mine]))
  const others = active.flatMap((row) => [row.left, row.right, ...through(row)]).filter((id) => !mine.has(id))
  const names = new Map<string, Named>([...identifiers, ...(await selectIdentifiersByIds(db, others))].map((row) => [row.id, row])) // prettier-ignore
  const told = (rows: EdgeRow[]): Reason[] => rows.map((row) => reasonOf(row, names))
  return {
    identifiers,
    because: told(active.filter((row) => row.verdict === 'same' && mine.has(row.left) && mine.has(row.right))),
    apartFrom: told(active.filter((row) => row.verdict === 'different')),
    history: await selectMembershipHistory(db, personId),
  }
}

type Named = Pick<IdentifierRow, 'kind' | 'value'>

/** How identifiers are called in sentences. */
export const namedIn =
  (names: ReadonlyMap<string, Named>) =>
  (id: string): string =>
    called(names.get(id))

const through = (row: EdgeRow): IdentifierId[] =>
  typeof row.evidence['through'] === 'string' ? [row.evidence['through'] as IdentifierId] : []

/** A piece of evidence in words; `names` holds whom it speaks of. */
export function reasonOf(row: EdgeRow, names: ReadonlyMap<string, Named>): Reason {
  const { left, right, rule, source, actor, at } = row
  return { left, right, rule, source, actor, at, words: wordsOf(row, names) }
}

function wordsOf(row: EdgeRow, names: ReadonlyMap<string, Named>): string {
  const [left, right] = [called(names.get(row.left)), called(names.get(row.right))].toSorted()
  if (row.verdict === 'different') return `${row.actor} said that ${left} and ${right} are different people.`
  const [shared] = through(row)
  const both = `${left} and ${right}`
  if (row.rule === likenessRule) return `${both} are alike beyond doubt (${bits(row.evidence['weight'])}).`
  if (row.rule === byHand) return `${row.actor} said that ${both} are one person's.`
  if (shared) return `${both} share ${called(names.get(shared))} with others, and bear the same name.`
  return `${row.source ?? row.actor} names ${both} as one person's.`
}

const bits = (weight: unknown): string => (typeof weight === 'number' ? `${weight.toFixed(1)} bits` : 'by weight')

function called(identifier: Named | undefined): string {
  if (!identifier) return 'an identifier that is gone'
  const { kind, value } = identifier
  const family = familyOf(kind)
  if (family === 'vendor') return `${kind} ${value}`
  return { email: value, phone: `the number ${value}`, device: `the device ${value}` }[family]
}

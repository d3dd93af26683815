import type { IdentifierRow } from '../queries/identifiers.ts'
import type { LinkRow } from '../queries/claims.ts'
import { families, familyOf, type Family, type IdentityModel } from './model.ts'

/** One identifier says that another is its own too, in a record of a source. */
export type Claim = { claimant: string; source: string; at: number; recordId: string }

/** An identifier and everybody who claims it. */
export type Shared = { id: string; family: Family; value: string; claims: Claim[] }

/**
 * Reads links as claims on the weaker of their two ends (a vendor's id is stronger than an e-mail address, that than a
 * phone number, that than a device), and leaves out the values that the model blocks.
 */
export function claimsOf(
  identifiers: ReadonlyMap<string, IdentifierRow>,
  links: readonly LinkRow[],
  model: IdentityModel,
): { shared: Shared[]; blocked: number } {
  const blocked = blockedIds(identifiers, model)
  const shared = new Map<string, Shared>()
  for (const link of links) {
    const [left, right] = [identifiers.get(link.leftId), identifiers.get(link.rightId)]
    if (!left || !right || left.id === right.id || blocked.has(left.id) || blocked.has(right.id)) continue
    const weaker = isWeaker(left, right) ? left : right
    const claimant = weaker === left ? right.id : left.id
    const entry = shared.get(weaker.id) ?? {
      id: weaker.id,
      family: familyOf(weaker.kind),
      value: weaker.value,
      claims: [],
    }
    entry.claims.push({ claimant, source: link.source, at: link.at.getTime(), recordId: link.recordId })
    shared.set(weaker.id, entry)
  }
  return { shared: [...shared.values()], blocked: blocked.size }
}

/** Of two of one family, the one later in the alphabet is claimed by the other. */
function isWeaker(one: IdentifierRow, other: IdentifierRow): boolean {
  const [a, b] = [families.indexOf(familyOf(one.kind)), families.indexOf(familyOf(other.kind))]
  return a === b ? keyOf(one) > keyOf(other) : a > b
}

export const keyOf = (row: IdentifierRow): string => `${row.kind}\n${row.value}`

function blockedIds(identifiers: ReadonlyMap<string, IdentifierRow>, model: IdentityModel): Set<string> {
  const isBlocked = isBlockedBy(model)
  return new Set([...identifiers.values()].filter(isBlocked).map((row) => row.id))
}

/** Whether the value of an identifier is a placeholder, evidence of nothing. */
export function isBlockedBy(model: IdentityModel): (row: IdentifierRow) => boolean {
  const patterns = new Map(
    families.map((family) => [family, model.blocked[family].map((text) => new RegExp(text, 'i'))]),
  )
  return (row) => patterns.get(familyOf(row.kind))!.some((pattern) => pattern.test(row.value))
}

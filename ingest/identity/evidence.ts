import type { Hash } from '#kernel/ids.ts'
import type { IdentifierRow } from '../queries/identifiers.ts'
import type { LinkRow, ProfileNameRow } from '../queries/claims.ts'
import { claimsOf, keyOf, type Claim, type Shared } from './claims.ts'
import { disjointSets } from './components.ts'
import type { IdentityModel, IdentityRule } from './model.ts'
import { readName, type Name } from './names.ts'
import { contradict, followEachOther, partition, type Party } from './parties.ts'

/** Ids only: evidence outlives what it speaks of. `through` is the identifier that both share, when it is neither of them. */
export type Evidence = { source: string; through?: string }
export type Finding = { left: string; right: string; rule: string; evidence: Evidence; recordId: string }

/** What ties two identifiers, and the version of the model it stands on. */
export type Founded = Omit<Finding, 'evidence' | 'recordId'> & {
  evidence: Record<string, unknown>
  recordId: string | null
  model: Hash
}

/** An identifier that joined nobody, and by which rule. */
export type Refused = { id: string; rule: RefusalRule }

/** Why a shared identifier joined nobody. */
export const refusals = {
  'blocked-value': 'The value is a placeholder (000…, noreply@, anonymous), so it is evidence of nothing.',
  'too-many-claims': 'More records share the identifier than one person would have.',
  'shared-email': 'People with different names use the e-mail address; it belongs to none of them alone.',
  'shared-role-address': 'The address is of a function (info@, sales@) and the names do not agree.',
  'shared-phone':
    'People with different names use the phone number at the same time; it belongs to none of them alone.',
  'recycled-phone':
    'The phone number went from one person to another: their names differ and their times do not overlap.',
  'shared-device': 'People with different names used the device; it belongs to none of them alone.',
  'no-name':
    'The identifier joins only where names agree, and a record that shares it has no name; it belongs to nobody alone.',
  'nobodys-address': 'The identifier is known only beside an address or number that belongs to nobody alone.',
  'two-ids':
    'People with two ids of a source that knows each person once share the identifier; it belongs to none of them alone.',
  'too-many-ids':
    'One person would have more addresses, numbers or devices than a person has, or two ids where one is possible; the weakest tie was dropped.',
  'kept-apart': 'A person said that the two are different people.',
  'in-doubt': 'They are much alike, but not enough to join them without a person looking.',
  'too-large': 'They are alike, but would be one person of very many profiles: a person must look.',
  'one-bridge': 'Two people of several profiles hang together by a single likeness: a person must look.',
} as const
export type RefusalRule = keyof typeof refusals

export type Known = {
  identifiers: ReadonlyMap<string, IdentifierRow>
  links: readonly LinkRow[]
  profiles: readonly ProfileNameRow[]
  /** Identifiers that are known to have too many claims, of which not all are here. */
  hubs?: ReadonlySet<string>
}

export type Weighed = {
  findings: Finding[]
  refused: Map<RefusalRule, number>
  /** Where something was refused, but for blocked values. */
  places: Refused[]
  /** Identifiers with too many claims. */
  hubs: string[]
}

/**
 * Weighs what the sources say by the rules of a model, from strongest to weakest: which identifiers are one person's,
 * and which shared ones join nobody. A pure function; the order of the input does not matter.
 */
export function weigh(known: Known, model: IdentityModel): Weighed {
  const { shared, blocked } = claimsOf(known.identifiers, known.links, model)
  const refused = new Map<RefusalRule, number>(blocked > 0 ? [['blocked-value', blocked]] : [])
  const places: Refused[] = []
  const roles = model.roles.map((text) => new RegExp(text, 'i'))
  const people = knownPeople(known, model)
  const findings = new Map<string, Finding>()
  const hubs: string[] = []
  for (const rule of model.rules) {
    const ofRule = shared.filter((one) => one.family === rule.shared).toSorted((a, b) => byKey(known, a.id, b.id))
    for (const one of ofRule) {
      const isRole = rule.shared === 'email' && roles.some((role) => role.test(one.value))
      const isHub = known.hubs?.has(one.id) || isBeyond(rule.limit, one)
      if (isHub) hubs.push(one.id)
      const verdict = isHub ? tooMany : judge(one, people.parties(one), rule, isRole)
      const isOwned = rule.shared === 'vendor' || verdict.joins.some(([, to]) => to === one.id)
      if (!isOwned) people.isNobodys(one.id)
      for (const reason of verdict.refused) {
        refused.set(reason, (refused.get(reason) ?? 0) + 1)
        places.push({ id: one.id, rule: reason })
      }
      for (const [claim, to] of verdict.joins) {
        const finding = found(rule, one, claim, to)
        const key = `${finding.left}\n${finding.right}\n${finding.rule}`
        if (!findings.has(key)) findings.set(key, finding)
        people.join(claim.claimant, to)
      }
    }
  }
  return { findings: [...findings.values()], refused, places, hubs }
}

function byKey(known: Known, a: string, b: string): number {
  const [left, right] = [keyOf(known.identifiers.get(a)!), keyOf(known.identifiers.get(b)!)]
  return left < right ? -1 : left > right ? 1 : 0
}

function found(rule: IdentityRule, shared: Shared, claim: Claim, to: string): Finding {
  const [left, right] = claim.claimant < to ? [claim.claimant, to] : [to, claim.claimant]
  const through = to === shared.id ? {} : { through: shared.id }
  const name = to === shared.id ? rule.name : `${rule.name}-and-name`
  return { left, right, rule: name, evidence: { source: claim.source, ...through }, recordId: claim.recordId }
}

type KnownPeople = {
  /** Who claims the identifier; what belongs to nobody claims nothing. */
  parties: (shared: Shared) => Party[]
  join: (a: string, b: string) => void
  isNobodys: (id: string) => void
}

/** The people as far as the stronger rules know them: who is joined, by what names, and when they were seen. */
function knownPeople(known: Known, model: IdentityModel): KnownPeople {
  const sets = disjointSets()
  const nobodys = new Set<string>()
  const names = new Map<string, Name[]>()
  const ids = idsIn(known, model)
  const spans = new Map<string, readonly [number, number]>()
  for (const profile of known.profiles) {
    const name = readName(profile.givenName, profile.familyName)
    if (name) names.set(profile.identifierId, [name])
    spans.set(profile.identifierId, [(profile.createdAt ?? profile.updatedAt).getTime(), profile.updatedAt.getTime()])
  }
  const join = (a: string, b: string): void => {
    const lost = sets.join(a, b)
    if (lost === null) return
    const kept = sets.of(lost)
    names.set(kept, distinctNames([...(names.get(kept) ?? []), ...(names.get(lost) ?? [])]))
    names.delete(lost)
    ids.join(kept, lost)
  }
  const parties = (shared: Shared): Party[] =>
    [
      ...Map.groupBy(
        shared.claims.filter((claim) => !nobodys.has(claim.claimant)),
        (claim) => sets.of(claim.claimant),
      ),
    ].map(([person, claims]) => {
      // A profile knows when it was true; without one, the claim itself is all there is.
      const times = claims.flatMap((claim) => spans.get(claim.claimant) ?? [claim.at])
      const claimants = [...new Set(claims.map((claim) => claim.claimant))].toSorted((a, b) => byKey(known, a, b))
      return {
        claimants,
        names: names.get(person) ?? [],
        ids: ids.of(person),
        from: Math.min(...times),
        until: Math.max(...times),
      }
    })
  return { parties, join, isNobodys: (id) => nobodys.add(id) }
}

type Ids = ReadonlyMap<string, ReadonlySet<string>>
const noIds: Ids = new Map()

/** The ids each person has at sources that know each person once. */
function idsIn(
  known: Known,
  model: IdentityModel,
): { of: (person: string) => Ids; join: (kept: string, lost: string) => void } {
  // prettier-ignore
  const ids = new Map<string, Map<string, Set<string>>>()
  for (const { id, kind } of known.identifiers.values()) {
    if (model.distinct.includes(kind)) ids.set(id, new Map([[kind, new Set([id])]]))
  }
  const join = (kept: string, lost: string): void => {
    const sum = ids.get(kept) ?? new Map<string, Set<string>>()
    for (const [kind, more] of ids.get(lost) ?? []) sum.set(kind, (sum.get(kind) ?? new Set()).union(more))
    ids.delete(lost)
    if (sum.size > 0) ids.set(kept, sum)
  }
  return { of: (person) => ids.get(person) ?? noIds, join }
}

const distinctNames = (names: readonly Name[]): Name[] => [
  ...new Map(names.map((name) => [`${name.given}\n${name.family}`, name])).values(),
]

type Verdict = { joins: [Claim, string][]; refused: RefusalRule[] }

const tooMany: Verdict = { joins: [], refused: ['too-many-claims'] }

function judge(shared: Shared, parties: Party[], rule: IdentityRule, isRole: boolean): Verdict {
  const claimOf = new Map(shared.claims.map((claim) => [claim.claimant, claim]))
  const toShared = (joined: readonly Party[]): [Claim, string][] =>
    joined.flatMap((party) => party.claimants.map((id): [Claim, string] => [claimOf.get(id)!, shared.id]))
  if (parties.length === 0) return { joins: [], refused: ['nobodys-address'] }
  if (parties.length === 1 || rule.joins === 'everybody') return { joins: toShared(parties), refused: [] }
  const isTwo = contradict(parties)
  const agree = isRole || isTwo || rule.joins === 'only-if-names-agree'
  const { groups, unclear } = partition(parties, agree)
  if (!agree && groups.length <= 1) return { joins: toShared(parties), refused: [] }
  if (groups.length === 1 && unclear.length === 0) return { joins: toShared(groups[0]!), refused: [] }
  const named = agree ? groups : partition(parties, true).groups
  const clash = isTwo ? partition(parties, agree, true).groups : groups
  const reason = clash.length > 1 ? sharedReason(rule, isRole, clash) : isTwo ? 'two-ids' : 'no-name'
  return { joins: named.flatMap((group) => star(group, claimOf)), refused: [reason] }
}

function sharedReason(rule: IdentityRule, isRole: boolean, groups: readonly Party[][]): RefusalRule {
  if (isRole) return 'shared-role-address'
  if (rule.shared === 'device') return 'shared-device'
  if (rule.shared !== 'phone') return 'shared-email'
  return followEachOther(groups) ? 'recycled-phone' : 'shared-phone'
}

/** The identifier is nobody's, but those of one name who share it are one person: all are tied to the first of them. */
function star(group: readonly Party[], claimOf: ReadonlyMap<string, Claim>): [Claim, string][] {
  const [first, ...others] = group.map((party) => party.claimants[0]!).toSorted()
  return others.map((id): [Claim, string] => [claimOf.get(id)!, first!])
}

function isBeyond(limit: IdentityRule['limit'], { claims }: Shared): boolean {
  const bySource = new Map<string, Set<string>>()
  for (const { source, claimant } of claims) bySource.set(source, (bySource.get(source) ?? new Set()).add(claimant))
  const total = new Set(claims.map((claim) => claim.claimant)).size
  return total > limit.total || [...bySource.values()].some((claimants) => claimants.size > limit.perSource)
}

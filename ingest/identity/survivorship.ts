import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import type { Db, Queryable } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { liveVersion, pointAt, register } from '#kernel/versions.ts'
import { profileFields, type ProfileField, type ProfileRow } from '../queries/people.ts'
import { isWhole, readName } from './names.ts'

/**
 * How one value wins over others. Each rule keeps the candidates that are best by it; what it leaves open the next rule
 * decides, and in the end the newest.
 */
export const survivorshipRules = ['whole', 'agreed', 'source', 'complete', 'newest', 'oldest'] as const
export type SurvivorshipRule = (typeof survivorshipRules)[number]

const ruleList = z.array(z.enum(survivorshipRules)).min(1)

/** Versioned rules of survivorship: the sources most to be trusted first, and the rules of each field in their order. */
export const survivorship = z.object({
  sources: z.array(z.string()),
  fields: z.partialRecord(z.enum(profileFields), ruleList),
  otherwise: ruleList,
})
export type Survivorship = z.infer<typeof survivorship>

/** Slips are outvoted in names; what changes in life is read newest; how somebody came is read oldest. */
export const firstSurvivorship: Survivorship = {
  sources: ['hubspot', 'stripe', 'shopify'],
  fields: {
    givenName: ['whole', 'agreed', 'newest'],
    familyName: ['agreed', 'newest'],
    country: ['agreed', 'newest'],
    channel: ['oldest'],
    campaignRef: ['oldest'],
  },
  otherwise: ['newest'],
}

const name = 'survivorship'

/** The live rules: those the house starts with until others were released. */
export async function liveSurvivorship(db: Queryable): Promise<{ hash: Hash | null; rules: Survivorship }> {
  const live = await liveVersion<unknown>(db, 'identity', name)
  return live ? { hash: live.hash, rules: survivorship.parse(live.body) } : { hash: null, rules: firstSurvivorship }
}

/** Registers rules of survivorship and makes them the live ones; a rollback points at an older version again. */
export async function releaseSurvivorship(
  deps: { db: Db; clock: Clock },
  input: { rules: Survivorship; by: string; reason: string },
): Promise<Hash> {
  const author = { clock: deps.clock, by: input.by }
  return deps.db.transaction(async (tx) => {
    const hash = await register(tx, author, 'identity', name, survivorship.parse(input.rules))
    await pointAt(tx, author, 'identity', name, hash, input.reason)
    return hash
  })
}

/** Why a value won, in words. */
export const reasons = {
  whole: 'whole name',
  agreed: 'most sources agree',
  source: 'trusted source',
  complete: 'fullest profile',
  newest: 'newest',
  oldest: 'oldest',
} as const satisfies Record<SurvivorshipRule, string>
export type Reason = (typeof reasons)[SurvivorshipRule] | 'only one'

/**
 * The value of a field that survives, chosen among profiles ordered from the newest to the oldest, and the rule that
 * decided: the last one that left somebody out.
 */
export function survivor(
  profiles: readonly ProfileRow[],
  field: ProfileField,
  rules: Survivorship,
): { winner: ProfileRow; value: string; why: Reason } | null {
  const having = profiles.filter((profile) => (profile.values[field] ?? '') !== '')
  if (having.length === 0) return null
  let left: readonly ProfileRow[] = having
  let why: Reason = 'only one'
  for (const rule of rules.fields[field] ?? rules.otherwise) {
    if (left.length === 1) break
    const best = keeps[rule](left, field, rules)
    const values = valuesOf(best, field)
    // To set initials aside is no choice between whole names.
    const isDecided = values === 1 && rule !== 'whole'
    if (isDecided || values < valuesOf(left, field)) why = reasons[rule]
    left = best
    if (isDecided) break
  }
  const winner = written(left, field)
  return { winner, value: winner.values[field]!, why }
}

const valuesOf = (profiles: readonly ProfileRow[], field: ProfileField): number =>
  new Set(profiles.map((profile) => profile.values[field]!.toLowerCase())).size

type Keeps = (candidates: readonly ProfileRow[], field: ProfileField, rules: Survivorship) => readonly ProfileRow[]

const keeps: Record<SurvivorshipRule, Keeps> = {
  whole: (candidates) => {
    const whole = candidates.filter(({ values }) => {
      const read = readName(values.givenName, values.familyName)
      return read !== null && isWhole(read)
    })
    return whole.length > 0 ? whole : candidates
  },
  agreed: (candidates, field) => {
    const groups = [...Map.groupBy(candidates, (profile) => profile.values[field]!.toLowerCase()).values()]
    const most = Math.max(...groups.map((group) => group.length))
    const winners = new Set(groups.filter((group) => group.length === most).flat())
    return candidates.filter((profile) => winners.has(profile))
  },
  source: (candidates, _field, { sources }) => {
    const best = Math.min(...candidates.map((profile) => rankOf(sources, profile.source)))
    return candidates.filter((profile) => rankOf(sources, profile.source) === best)
  },
  complete: (candidates) => {
    const most = Math.max(...candidates.map(fullness))
    return candidates.filter((profile) => fullness(profile) === most)
  },
  newest: (candidates) => candidates.slice(0, 1),
  oldest: (candidates) => [candidates.reduce((first, next) => (born(next) <= born(first) ? next : first))],
}

const fullness = ({ values }: ProfileRow): number =>
  profileFields.filter((field) => (values[field] ?? '') !== '').length

const rankOf = (sources: readonly string[], source: string): number => {
  const index = sources.indexOf(source)
  return index < 0 ? sources.length : index
}

const born = (profile: ProfileRow): number => (profile.createdAt ?? profile.updatedAt).getTime()

/** Of one value written several ways, the one with capitals where a name has them; of equals the newest. */
function written(left: readonly ProfileRow[], field: ProfileField): ProfileRow {
  const first = left[0]!
  const value = first.values[field]!.toLowerCase()
  const alike = left.filter((profile) => profile.values[field]!.toLowerCase() === value)
  return alike.find(({ values }) => /^\p{Lu}.*\p{Ll}/u.test(values[field]!)) ?? first
}

import type { Queryable } from '#kernel/db.ts'
import type { PersonId, RecordId } from '#kernel/ids.ts'
import { selectTimeline, type TimelineRow } from '../queries/events.ts'
import {
  profileFields,
  searchPeople,
  selectIdentifiersOf,
  selectPeopleCount,
  selectProfilesOf,
  type FoundPerson,
  type PersonIdentifier,
  type ProfileField,
  type ProfileRow,
} from '../queries/people.ts'
import { isWhole, readName } from './names.ts'

/** The value that stands for a person, the source that won, and how. */
export type GoldenValue = {
  value: string
  source: string
  recordId: RecordId
  why: 'most sources agree' | 'newest' | 'oldest' | 'only one'
}

export type PersonProfile = {
  personId: PersonId
  identifiers: PersonIdentifier[]
  golden: Partial<Record<ProfileField, GoldenValue>>
  profiles: ProfileRow[]
}

/**
 * Finds people by a part of their name, e-mail address or phone number, best customers first; visitors who never said
 * who they are do not appear.
 */
export function findPeople(
  db: Queryable,
  input: { search?: string | undefined; limit: number; offset?: number | undefined },
): Promise<FoundPerson[]> {
  const search = input.search?.trim() ?? ''
  return searchPeople(db, { search: search === '' ? null : search, limit: input.limit, offset: input.offset ?? 0 })
}

/** How many people are known, and how many visitors who never said who they are. */
export const peopleCount = (db: Queryable): Promise<{ people: number; visitors: number }> => selectPeopleCount(db)

/** One person: identifiers, the golden value of each field, and what each source says. Null when nobody bears the id. */
export async function personProfile(db: Queryable, personId: PersonId): Promise<PersonProfile | null> {
  const identifiers = await selectIdentifiersOf(db, personId)
  if (identifiers.length === 0) return null
  const profiles = await selectProfilesOf(db, personId)
  return { personId, identifiers, golden: goldenValues(profiles), profiles }
}

/** What a person did and said: events, orders and consents, newest first. */
export const personTimeline = (db: Queryable, personId: PersonId, limit: number): Promise<TimelineRow[]> =>
  selectTimeline(db, personId, limit)

type Way = (candidates: readonly ProfileRow[], field: ProfileField) => [ProfileRow, GoldenValue['why']]

/** Slips are outvoted in names; what changes in life is read newest; how somebody came is read oldest. */
const ways: Record<ProfileField, Way> = {
  givenName: agreed, familyName: agreed, country: agreed, language: newest, zone: newest, email: newest, phone: newest,
  street: newest, city: newest, postcode: newest, lifecycle: newest, channel: oldest, campaignRef: oldest,
} // prettier-ignore

/** The golden value of each field, chosen among profiles ordered from the newest to the oldest. */
export function goldenValues(profiles: readonly ProfileRow[]): PersonProfile['golden'] {
  const golden: PersonProfile['golden'] = {}
  for (const field of profileFields) {
    const candidates = tellingMost(profiles, field)
    if (candidates.length === 0) continue
    const [winner, why] = ways[field](candidates, field)
    const { source, recordId } = winner
    golden[field] = { value: winner.values[field]!, source, recordId, why: candidates.length === 1 ? 'only one' : why }
  }
  return golden
}

/** Who has the value at all; of given names, whole ones rather than initials. */
function tellingMost(profiles: readonly ProfileRow[], field: ProfileField): ProfileRow[] {
  const having = profiles.filter((profile) => (profile.values[field] ?? '') !== '')
  if (field !== 'givenName') return having
  const whole = having.filter(({ values }) => {
    const name = readName(values.givenName, values.familyName)
    return name !== null && isWhole(name)
  })
  return whole.length > 0 ? whole : having
}

function agreed(candidates: readonly ProfileRow[], field: ProfileField): [ProfileRow, GoldenValue['why']] {
  const groups = Map.groupBy(candidates, (profile) => profile.values[field]!.toLowerCase())
  const most = Math.max(...[...groups.values()].map((group) => group.length))
  const winners = [...groups.values()].find((group) => group.length === most)!
  // Of one name written several ways, the one with capitals where a name has them.
  const written = winners.find(({ values }) => /^\p{Lu}.*\p{Ll}/u.test(values[field]!)) ?? winners[0]!
  return [written, most > 1 ? 'most sources agree' : 'newest']
}

function newest(candidates: readonly ProfileRow[]): [ProfileRow, GoldenValue['why']] {
  return [candidates[0]!, 'newest']
}

function oldest(candidates: readonly ProfileRow[]): [ProfileRow, GoldenValue['why']] {
  return [candidates.reduce((first, next) => (born(next) <= born(first) ? next : first)), 'oldest']
}

const born = (profile: ProfileRow): number => (profile.createdAt ?? profile.updatedAt).getTime()

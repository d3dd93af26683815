import type { Queryable } from '#kernel/db.ts'
import type { PersonId, RecordId } from '#kernel/ids.ts'
import { canonicalEmail } from '../cleanse/email.ts'
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
import { liveSurvivorship, survivor, type Reason, type Survivorship } from './survivorship.ts'

/** The value that stands for a person, the source and record it is from, and the rule by which it won. */
export type GoldenValue = { value: string; source: string; recordId: RecordId; why: Reason }

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
  // A whole address is looked for as it is kept.
  const search = canonicalEmail(input.search) ?? input.search?.trim() ?? ''
  return searchPeople(db, { search: search === '' ? null : search, limit: input.limit, offset: input.offset ?? 0 })
}

/** How many people are known, and how many visitors who never said who they are. */
export const peopleCount = (db: Queryable): Promise<{ people: number; visitors: number }> => selectPeopleCount(db)

/** One person: identifiers, the golden value of each field, and what each source says. Null when nobody bears the id. */
export async function personProfile(db: Queryable, personId: PersonId): Promise<PersonProfile | null> {
  const identifiers = await selectIdentifiersOf(db, personId)
  if (identifiers.length === 0) return null
  const profiles = await selectProfilesOf(db, personId)
  const { rules } = await liveSurvivorship(db)
  return { personId, identifiers, golden: goldenValues(profiles, rules), profiles }
}

/** What a person did and said: events, orders and consents, newest first. */
export const personTimeline = (db: Queryable, personId: PersonId, limit: number): Promise<TimelineRow[]> =>
  selectTimeline(db, personId, limit)

/** The golden value of each field by the live rules, chosen among profiles ordered from the newest to the oldest. */
export function goldenValues(profiles: readonly ProfileRow[], rules: Survivorship): PersonProfile['golden'] {
  const golden: PersonProfile['golden'] = {}
  for (const field of profileFields) {
    const survived = survivor(profiles, field, rules)
    if (!survived) continue
    const { source, recordId } = survived.winner
    golden[field] = { value: survived.value, source, recordId, why: survived.why }
  }
  return golden
}

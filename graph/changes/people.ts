import { goldenValues } from '#ingest/identity/people.ts'
import type { Survivorship } from '#ingest/identity/survivorship.ts'
import type { Change } from '../port.ts'
import { byTheHouse, edge, given, held, nodeOf, ref, type Origin } from './said.ts'

// Who is who is what we know today, so people, identifiers and organisations hold at any time.

type ProfileRow = Parameters<typeof goldenValues>[0][number]
type Scores = Record<'engagement' | 'leadScore' | 'recency' | 'frequency' | 'monetary', number | null>

export type PersonRow = {
  key: string
  visitor: boolean
  profiles: (Omit<ProfileRow, 'createdAt' | 'updatedAt'> & { createdAt: string | null; updatedAt: string })[]
  scores: Scores | null
  segments: { segmentId: string; since: string; until: string | null }[]
}

/**
 * The golden values of all profiles by the live rules of survivorship, as on the customer's page, what the house
 * reckons of the person, and the segments it counts or counted them to.
 */
export function personChange(row: PersonRow, rules: Survivorship): Change {
  const profiles = row.profiles.map((profile): ProfileRow => ({
    ...profile,
    createdAt: profile.createdAt === null ? null : new Date(profile.createdAt),
    updatedAt: new Date(profile.updatedAt),
  }))
  const golden = Object.fromEntries(
    Object.entries(goldenValues(profiles, rules)).map(([field, { value }]) => [field, value]),
  )
  const name = [golden['givenName'], golden['familyName']].filter(Boolean).join(' ')
  const label = name || (row.visitor ? 'Visitor' : 'Unnamed')
  const person = ref('person', row.key)
  const segments = row.segments.map(({ segmentId, since, until }) => {
    const [validFrom, validTo] = [new Date(since), until === null ? null : new Date(until)]
    const times = { validFrom, validTo, recordedAt: validFrom, endRecordedAt: validTo }
    return edge(person, 'in', ref('segment', segmentId), held(byTheHouse, times))
  })
  const properties = given({ ...golden, visitor: row.visitor, ...row.scores })
  return { node: nodeOf(person, label, properties, held(byTheHouse)), edges: segments }
}

export type IdentifierRow = Origin & {
  kind: string
  value: string
  personId: string | null
  organisation: string | null
}

export function identifierChange(row: IdentifierRow): Change {
  const identifier = ref('identifier', row.key)
  const origin = held(row)
  const { personId, organisation } = row
  return {
    node: nodeOf(identifier, row.value, { type: row.kind }, origin),
    edges: [
      ...(personId === null ? [] : [edge(ref('person', personId), 'known-as', identifier, origin)]),
      ...(organisation === null ? [] : [edge(identifier, 'works-at', ref('organisation', organisation), origin)]),
    ],
  }
}

export type OrganisationRow = Origin & { name: string }

export const organisationChange = (row: OrganisationRow): Change => ({
  node: nodeOf(ref('organisation', row.key), row.name, {}, held(row)),
  edges: [],
})

export type SegmentRow = { key: string; name: string; description: string; createdAt: Date; retiredAt: Date | null }

/** A segment is the house's own: it knew of it, and of its end, at once. */
export function segmentChange({ key, name, description, createdAt, retiredAt }: SegmentRow): Change {
  const times = { validFrom: createdAt, validTo: retiredAt, recordedAt: createdAt, endRecordedAt: retiredAt }
  return { node: nodeOf(ref('segment', key), name, { description }, held(byTheHouse, times)), edges: [] }
}

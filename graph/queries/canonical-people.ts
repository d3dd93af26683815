import type { Queryable } from '#kernel/db.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import type { PersonRow, IdentifierRow, OrganisationRow, SegmentRow } from '../changes/people.ts'
import {
  buriedNames,
  buriedRows,
  changed,
  heardBy,
  idAfter,
  isAll,
  rowsOf,
  touched,
  type Found,
  type Page,
} from './canonical.ts'

// Who is who: people, what they are known as, where they work, what they were counted to. `found` is null of a thing
// that nobody speaks of any more.

const peopleOf = (rows: Sql, page: Page): Sql => sql`
  select distinct m.person_id as key from ${rows} m where ${changed(sql`m`, page)} and m.person_id > ${idAfter(page)}`

/** Who somebody was does not matter to a reading of everything, which finds nothing of them elsewhere. */
const memberships = (page: Page): Sql => (isAll(page) ? sql`ingest.people` : sql`ingest.memberships`)

/** People with all their profiles, what the house reckons of them, and the segments they are or were in. */
export const people = (db: Queryable, page: Page): Promise<Found<PersonRow>[]> =>
  db.query<Found<PersonRow>>(sql`
  with ${touched(page, {
    own: [peopleOf(memberships(page), page)],
    drawnIn: [
      sql`select distinct m.person_id as key from ingest.profiles f join ingest.people m using (identifier_id)
        where ${changed(sql`f`, page)} and m.person_id > ${idAfter(page)}`,
      peopleOf(sql`graph.scores`, page),
      peopleOf(sql`graph.segment_members`, page),
      buriedRows('person', page),
    ],
  })}
  select page.key, (count(m.identifier_id) > 0 or null) as found, coalesce(bool_and(i.kind = 'device'), false) as visitor,
    coalesce(jsonb_agg(jsonb_build_object('identifierId', f.identifier_id, 'source', f.source, 'recordId', f.record_id,
      'createdAt', f.created_at, 'updatedAt', f.updated_at, 'values', jsonb_build_object('givenName', f.given_name,
        'familyName', f.family_name, 'city', f.city, 'country', f.country, 'language', f.language, 'zone', f.zone,
        'lifecycle', f.lifecycle, 'channel', f.channel)) order by f.updated_at desc, f.identifier_id)
      filter (where f.identifier_id is not null), '[]') as profiles,
    (select jsonb_build_object('engagement', engagement, 'leadScore', lead_score, 'recency', recency,
      'frequency', frequency, 'monetary', monetary) from graph.scores where person_id = page.key) as scores,
    coalesce((select jsonb_agg(jsonb_build_object('segmentId', segment_id, 'since', since, 'until', until)
      order by segment_id) from graph.segment_members where person_id = page.key), '[]') as segments
  from page
  left join ingest.people m on m.person_id = page.key
  left join ingest.identifiers i on i.id = m.identifier_id
  left join ingest.profiles f on f.identifier_id = m.identifier_id
  group by page.key order by page.key`)

/** What an organisation goes by: its name in small letters. */
const organisationKey = (profile: Sql): Sql => sql`lower(${profile}.organisation) collate "C"`

const identifiersOf = (rows: Sql, page: Page): Sql => sql`
  select distinct t.identifier_id as key from ${rows} t where ${changed(sql`t`, page)} and t.identifier_id > ${idAfter(page)}`

/** Identifiers that are somebody's or have a profile, with their person and where that profile says they work. */
export const identifiers = (db: Queryable, page: Page): Promise<Found<IdentifierRow>[]> =>
  db.query<Found<IdentifierRow>>(sql`
  with ${touched(page, {
    own: [identifiersOf(memberships(page), page), identifiersOf(sql`ingest.profiles`, page)],
    drawnIn: [buriedRows('identifier', page)],
  })}
  select page.key, coalesce(m.identifier_id, f.identifier_id) is not null or null as found, i.kind, i.value, m.person_id as "personId",
    ${organisationKey(sql`f`)} as organisation, f.record_id as "recordId", heard."runId"
  from page left join ingest.identifiers i on i.id = page.key
  left join ingest.people m on m.identifier_id = page.key
  left join ingest.profiles f on f.identifier_id = page.key
  ${heardBy(sql`f.record_id`)}
  order by page.key`)

/** Organisations that a profile names, written as the newest one writes it. */
export const organisations = (db: Queryable, page: Page): Promise<Found<OrganisationRow>[]> =>
  db.query<Found<OrganisationRow>>(sql`
  with ${touched(page, {
    own: [
      sql`select distinct ${organisationKey(sql`f`)} as key from ingest.profiles f
        where f.organisation is not null and ${changed(sql`f`, page)} and ${organisationKey(sql`f`)} > ${page.after}`,
    ],
    drawnIn: [buriedNames('organisation', page)],
  })}
  select page.key, o.found, o.organisation as name, o.record_id as "recordId", heard."runId"
  from page left join lateral (
    select f.organisation, f.record_id, true as found from ingest.profiles f
    where f.organisation is not null and ${organisationKey(sql`f`)} = page.key
    order by f.updated_at desc, f.identifier_id limit 1) o on true
  ${heardBy(sql`o.record_id`)}
  order by page.key`)

export const segments = (db: Queryable, page: Page): Promise<Found<SegmentRow>[]> =>
  db.query<Found<SegmentRow>>(sql`
  with ${touched(page, { own: [rowsOf(sql`graph.segments`, page)], drawnIn: [] })}
  select page.key, true as found, s.name, s.description, s.created_at as "createdAt", s.retired_at as "retiredAt"
  from page join graph.segments s on s.id = page.key order by page.key`)

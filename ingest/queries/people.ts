import { one, type Queryable } from '#kernel/db.ts'
import type { IdentifierId, PersonId, RecordId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'

/**
 * Whoever has a vendor's id, or an e-mail address or phone number that no other person claims, counts as a person; whoever has
 * only devices, as a visitor. An address that others share, and nobody owns, is neither.
 */
export function selectPeopleCount(db: Queryable): Promise<{ people: number; visitors: number }> {
  return one(
    db,
    sql`with ${classes}
    select count(*) filter (where is_person)::int as people, count(*) filter (where is_visitor)::int as visitors from classes`,
  )
}

/** Each person_id with what it is. `foreign_to` are the addresses and numbers that somebody else claims too. */
const classes: Sql = sql`
  claim as (select left_id as id, right_id as by from ingest.links union all select right_id, left_id from ingest.links),
  foreign_to as (
    select distinct claim.id from claim
    join ingest.people mine on mine.identifier_id = claim.id
    join ingest.people other on other.identifier_id = claim.by and other.person_id <> mine.person_id
    join ingest.identifiers i on i.id = claim.by and i.kind not in ('phone', 'device')),
  classes as (
    select p.person_id, bool_and(i.kind = 'device') as is_visitor,
      bool_or(i.kind not in ('email', 'phone', 'device') or (i.kind <> 'device' and foreign_to.id is null)) as is_person
    from ingest.people p join ingest.identifiers i on i.id = p.identifier_id
    left join foreign_to on foreign_to.id = i.id group by p.person_id)`

export type FoundPerson = {
  personId: PersonId
  givenName: string | null
  familyName: string | null
  email: string | null
  identifiers: number
  /** Paid orders, and what they came to in minor units of the business currency, tax included, before refunds. */
  orders: number
  spentMinor: number
  lastOrderAt: Date | null
}

/** People whose name, e-mail address or phone number contains the text (all, without one), best customers first. */
export function searchPeople(
  db: Queryable,
  input: { search: string | null; limit: number; offset: number },
): Promise<FoundPerson[]> {
  const like = input.search === null ? null : `%${input.search.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  return db.query<FoundPerson>(sql`
    with hit as (
      select p.person_id, count(*)::int as identifiers from ingest.people p group by p.person_id
      having bool_or(exists (select from ingest.identifiers i where i.id = p.identifier_id and i.kind <> 'device'))
        and (${like}::text is null or bool_or(
          exists (select from ingest.identifiers i where i.id = p.identifier_id and i.kind in ('email', 'phone') and i.value ilike ${like})
          or exists (select from ingest.profiles f where f.identifier_id = p.identifier_id
            and concat_ws(' ', f.given_name, f.family_name) ilike ${like})))
    ), spend as (
      select p.person_id, count(*)::int as orders, sum(round(o.gross_minor * o.rate_minor))::bigint as spent, max(o.ordered_at) as last
      from ingest.orders o join ingest.people p using (identifier_id) where o.status = 'paid' group by p.person_id
    ), page as (
      select hit.*, coalesce(spend.orders, 0) as orders, coalesce(spend.spent, 0) as spent, spend.last
      from hit left join spend using (person_id) order by coalesce(spend.spent, 0) desc, person_id
      limit ${input.limit} offset ${input.offset}
    )
    select page.person_id as "personId", name.given_name as "givenName", name.family_name as "familyName",
      coalesce(mail.value, name.email) as email, page.identifiers, page.orders, page.spent as "spentMinor", page.last as "lastOrderAt"
    from page
    left join lateral (select f.given_name, f.family_name, f.email from ingest.profiles f join ingest.people p using (identifier_id)
      where p.person_id = page.person_id order by length(coalesce(f.given_name, '')) < 3, f.updated_at desc, f.identifier_id limit 1) name on true
    left join lateral (select i.value from ingest.identifiers i join ingest.people p on p.identifier_id = i.id
      where p.person_id = page.person_id and i.kind = 'email' order by i.first_seen_at desc, i.value limit 1) mail on true
    order by page.spent desc, page.person_id`)
}

export type PersonIdentifier = { id: IdentifierId; kind: string; value: string; since: Date }

/** The identifiers of a person: addresses first, then numbers, then vendors' ids, then devices. */
export function selectIdentifiersOf(db: Queryable, person: PersonId): Promise<PersonIdentifier[]> {
  return db.query<PersonIdentifier>(sql`
    select i.id, i.kind, i.value, m.since from ingest.memberships m join ingest.identifiers i on i.id = m.identifier_id
    where m.person_id = ${person} and m.until is null
    order by case i.kind when 'email' then 0 when 'phone' then 1 when 'device' then 3 else 2 end, i.kind, i.value`)
}

export type ProfileRow = {
  identifierId: IdentifierId
  source: string
  recordId: RecordId
  values: Record<ProfileField, string | null>
  createdAt: Date | null
  updatedAt: Date
}

export const profileFields = [
  'givenName', 'familyName', 'email', 'phone', 'street', 'city', 'postcode', 'country', 'language', 'zone', 'lifecycle',
  'channel', 'campaignRef',
] as const // prettier-ignore
export type ProfileField = (typeof profileFields)[number]

const profileColumns = sql`identifier_id as "identifierId", source, record_id as "recordId", created_at as "createdAt",
  updated_at as "updatedAt", jsonb_build_object('givenName', given_name, 'familyName', family_name, 'email', email,
    'phone', phone, 'street', street, 'city', city, 'postcode', postcode, 'country', country, 'language', language,
    'zone', zone, 'lifecycle', lifecycle, 'channel', channel, 'campaignRef', campaign_ref) as values`

/** What each source says of a person, newest first. */
export function selectProfilesOf(db: Queryable, person: PersonId): Promise<ProfileRow[]> {
  return db.query<ProfileRow>(sql`select ${profileColumns} from ingest.profiles join ingest.people using (identifier_id)
    where person_id = ${person} order by updated_at desc, identifier_id`)
}

/** The same of several people. */
export function selectProfilesOfMany(
  db: Queryable,
  people: readonly PersonId[],
): Promise<(ProfileRow & { personId: PersonId })[]> {
  return db.query<ProfileRow & { personId: PersonId }>(sql`select person_id as "personId", ${profileColumns}
    from ingest.profiles join ingest.people using (identifier_id)
    where person_id = any(${[...people]}::uuid[]) order by updated_at desc, identifier_id`)
}

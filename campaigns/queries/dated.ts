import type { Queryable } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import type { DateOf } from '../definition/coming-in.ts'
import { zoneOfPerson } from './travellers.ts'

/** A date of a person, as `MM-DD` or, where it comes but once, as `YYYY-MM-DD`, and the zone their newest profile names. */
type Dated = { id: PersonId; zone: string | null; day: string }

/** People one of whose dates is one of some days; a day that begins at midnight begins in `zone`. */
export const selectDated = (
  db: Queryable,
  input: { property: DateOf; days: readonly string[]; once: boolean; zone: string },
): Promise<Dated[]> =>
  db.query<Dated>(sql`
    select id, ${zoneOfPerson(sql`id`)} as zone, day from (
      select id, ${input.once ? sql`theirs` : sql`substr(theirs, 6)`} as day from (${datesOf(input.property, input.zone)}) as dates) as days
    where day = any(${[...input.days]}) order by 1`)

const datesOf = (property: DateOf, zone: string): Sql =>
  typeof property === 'string' ? ofProfile(property, zone) : ofEvent(property, zone)

const ofProfile = (property: 'born' | 'customer-since', zone: string): Sql => sql`
  select p.person_id as id, to_char(${
    property === 'born'
      ? sql`(array_agg(r.born order by r.updated_at desc) filter (where r.born is not null))[1]`
      : sql`min(r.created_at) at time zone ${zone}`
  }, 'YYYY-MM-DD') as theirs
  from ingest.people p join ingest.profiles r on r.identifier_id = p.identifier_id group by p.person_id`

/** What the newest event of a kind says: a day, an instant, or seconds since 1970; whatever else it says is no date. */
const ofEvent = ({ event, property }: Exclude<DateOf, string>, zone: string): Sql => sql`
  select distinct on (p.person_id) p.person_id as id, ${property === undefined ? dayOf(sql`v.occurred_at`, zone) : saidDay(sql`v.properties ->> ${property}`, zone)} as theirs
  from ingest.deeds v join ingest.people p on p.identifier_id = v.identifier_id
  where v.kind = ${event} and v.properties ->> 'machine' is null
  order by p.person_id, v.occurred_at desc, v.id desc`

const dayOf = (instant: Sql, zone: string): Sql => sql`to_char(${instant} at time zone ${zone}, 'YYYY-MM-DD')`

const saidDay = (said: Sql, zone: string): Sql => sql`case
  when ${said} ~ '^\\d{9,10}$' then ${dayOf(sql`to_timestamp((${said})::bigint)`, zone)}
  when ${said} ~ ${instant} then ${dayOf(instantOf(said), zone)}
  when ${said} ~ '^\\d{4}-\\d{2}-\\d{2}' then left(${said}, 10) end`

/** ISO 8601 with a time and a zone. */
const instant = '^(?!0000)\\d{4}-(0[1-9]|1[0-2])-\\d\\dT([01]\\d|2[0-3]):[0-5]\\d.*(Z|[+-](0\\d|1[0-4]):[0-5]\\d)$'

/** Reckoned and not read, since a day that no month has must stop nobody else's date. */
const instantOf = (said: Sql): Sql => sql`(make_date(left(${said}, 4)::integer, substr(${said}, 6, 2)::integer, 1)
  + (substr(${said}, 9, 2)::integer - 1) + substr(${said}, 12, 5)::interval
  - case when ${said} like '%Z' then interval '0' else right(${said}, 6)::interval end) at time zone 'UTC'`

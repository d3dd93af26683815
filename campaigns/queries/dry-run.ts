import type { Queryable } from '#kernel/db.ts'
import type { IdentifierId, PersonId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import { addressOfPerson } from './enrolments.ts'
import { countryOfPerson, zoneOfPerson } from './travellers.ts'

/** Somebody a campaign is tried on. `recent`: when messages of any campaign went to them lately. */
export type Rehearsed = {
  personId: PersonId
  identifierId: IdentifierId
  address: string
  drawnBy: string
  zone: string | null
  country: string | null
  recent: Date[]
}

/** People with the address they would be written to; those without one are left out. */
export const selectRehearsed = (db: Queryable, people: readonly PersonId[], weekAgo: Date): Promise<Rehearsed[]> =>
  db.query<Rehearsed>(sql`
    select g."personId", i.id as "identifierId", i.value as address, ${zoneOfPerson(sql`g."personId"`)} as zone,
      ${countryOfPerson(sql`g."personId"`)} as country, coalesce((select m.person_id from ingest.memberships m where m.identifier_id = i.id order by m.seq limit 1),
        g."personId") as "drawnBy",
      array(select d.sent_at from campaigns.deliveries d join ingest.people p on p.identifier_id = d.identifier_id
        where p.person_id = g."personId" and d.sent_at >= ${weekAgo} order by 1) as recent
    from jsonb_to_recordset(${json(people.map((personId) => ({ personId })))}::jsonb) as g ("personId" uuid)
    cross join lateral ${addressOfPerson} as a join ingest.identifiers i on i.id = a.id
    order by g."personId"`)

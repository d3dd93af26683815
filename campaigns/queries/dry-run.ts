import type { Queryable } from '#kernel/db.ts'
import type { IdentifierId, PersonId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Reach } from './channel-addresses.ts'
import { addressFor } from './enrolments.ts'
import { firstPersonOf } from './holdouts.ts'
import { countryOfPerson, zoneOfPerson } from './travellers.ts'

/** Somebody a campaign is tried on. `recent`: when messages of any campaign went to them lately. */
export type Rehearsed = {
  personId: PersonId
  identifierId: IdentifierId
  address: string
  drawnBy: string
  /** What holdouts draw them by. */
  heldBy: string
  zone: string | null
  country: string | null
  recent: Date[]
  /** Where else they may be written to, by the kind of address. */
  others: { kind: string; identifierId: IdentifierId; address: string }[]
}

/** People with the address they would be enrolled by; those without one are left out. */
export const selectRehearsed = (
  db: Queryable,
  people: readonly PersonId[],
  weekAgo: Date,
  reach: readonly Reach[] | null,
): Promise<Rehearsed[]> =>
  db.query<Rehearsed>(sql`
    select g."personId", i.id as "identifierId", i.value as address, ${zoneOfPerson(sql`g."personId"`)} as zone,
      ${countryOfPerson(sql`g."personId"`)} as country, coalesce((select m.person_id from ingest.memberships m where m.identifier_id = i.id order by m.seq limit 1),
        g."personId") as "drawnBy", ${firstPersonOf(sql`g."personId"`, sql`i.id`)} as "heldBy",
      array(select d.sent_at from campaigns.deliveries d join ingest.people p on p.identifier_id = d.identifier_id
        where p.person_id = g."personId" and d.sent_at >= ${weekAgo} order by 1) as recent,
      coalesce((select jsonb_agg(jsonb_build_object('kind', o.kind, 'identifierId', o.id, 'address', o.value) order by o.first_seen_at, o.id)
        from ingest.people p join ingest.identifiers o on o.id = p.identifier_id
        where p.person_id = g."personId" and o.kind = any(${(reach ?? []).map(({ kind }) => kind)}::text[])), '[]') as others
    from jsonb_to_recordset(${json(people.map((personId) => ({ personId })))}::jsonb) as g ("personId" uuid)
    cross join lateral ${addressFor(reach)} as a join ingest.identifiers i on i.id = a.id
    order by g."personId"`)

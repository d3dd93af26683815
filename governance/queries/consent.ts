import type { Queryable } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'

export type Standing = {
  identifierId: IdentifierId
  /** Kind of the identifier: email, phone, device, or a vendor's name. */
  kind: string
  /** Why this address, or the person by another of their identifiers, is suppressed. */
  suppressedFor: string | null
  suppressedElsewhere: boolean
  /** The newest consent given by this very address. */
  state: 'granted' | 'withdrawn' | null
  /** Whether the newest word of another identifier of the same person is a withdrawal. */
  withdrawnElsewhere: boolean
}

/**
 * How each identifier stands on a channel: one statement for the whole batch, over every identifier of each person.
 * A suppression or withdrawal dated after `at` counts already: a wrong clock may not open what somebody closed.
 * Each fact is a look into an index for a row, so that a batch costs the same however many people there are.
 * @param addressFaults reasons that speak of one address, not of the person's wish, and so close only that address
 */
export const selectStandings = (
  db: Queryable,
  ids: readonly IdentifierId[],
  channel: string,
  at: Date,
  addressFaults: readonly string[],
): Promise<Standing[]> =>
  db.query<Standing>(sql`
    select a.id as "identifierId", a.kind, s.reason as "suppressedFor", coalesce(s.elsewhere, false) as "suppressedElsewhere",
      (${newestWord(sql`a.id`, channel, at)}) as state,
      exists (select from ingest.people o where o.person_id = p.person_id and o.identifier_id <> a.id
        and (${newestWord(sql`o.identifier_id`, channel, at)}) = 'withdrawn') as "withdrawnElsewhere"
    from unnest(${[...ids]}::uuid[]) as given (id) join ingest.identifiers a on a.id = given.id
    left join ingest.people p on p.identifier_id = a.id
    left join lateral (
      select s.reason, s.identifier_id <> a.id as elsewhere from ingest.suppressions s
      where s.identifier_id = any(array[a.id] || array(select o.identifier_id from ingest.people o where o.person_id = p.person_id))
        and s.channel in (${channel}, 'all') and (s.lifted_at is null or s.lifted_at > ${at})
        and (s.identifier_id = a.id or s.reason <> all (${[...addressFaults]}::text[]))
      order by elsewhere, s.occurred_at limit 1) s on true`)

/** The newest consent that an identifier gave; of two at one instant the withdrawal. */
const newestWord = (identifier: Sql, channel: string, at: Date): Sql => sql`
  select c.state from ingest.consents c
  where c.identifier_id = ${identifier} and c.channel = ${channel} and (c.occurred_at <= ${at} or c.state = 'withdrawn')
  order by c.occurred_at desc, (c.state = 'withdrawn') desc limit 1`

import type { Queryable } from '#kernel/db.ts'
import type { IdentifierId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

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
    with asked as (
      select i.id, i.kind, p.person_id from unnest(${[...ids]}::uuid[]) as given (id)
      join ingest.identifiers i on i.id = given.id left join ingest.people p on p.identifier_id = i.id),
    voices as (
      select id, id as voice from asked
      union select a.id, p.identifier_id from asked a join ingest.people p on p.person_id = a.person_id),
    suppressed as (
      select distinct on (v.id) v.id, s.reason, v.voice <> v.id as elsewhere
      from voices v join ingest.suppressions s on s.identifier_id = v.voice
      where s.channel in (${channel}, 'all') and (s.lifted_at is null or s.lifted_at > ${at})
        and (v.voice = v.id or s.reason <> all (${[...addressFaults]}::text[]))
      order by v.id, v.voice <> v.id, s.occurred_at),
    words as (
      select distinct on (v.id, v.voice) v.id, v.voice, c.state
      from voices v join ingest.consents c on c.identifier_id = v.voice
      where c.channel = ${channel} and (c.occurred_at <= ${at} or c.state = 'withdrawn')
      order by v.id, v.voice, c.occurred_at desc, (c.state = 'withdrawn') desc)
    select a.id as "identifierId", a.kind, s.reason as "suppressedFor", coalesce(s.elsewhere, false) as "suppressedElsewhere",
      (select w.state from words w where w.id = a.id and w.voice = a.id) as state,
      exists (select from words w where w.id = a.id and w.voice <> a.id and w.state = 'withdrawn') as "withdrawnElsewhere"
    from asked a left join suppressed s on s.id = a.id`)

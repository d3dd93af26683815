import { uuids } from '#kernel/columns.ts'
import { one, type Queryable } from '#kernel/db.ts'
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
 * @param reasons.addressFaults reasons that speak of one address, not of the person's wish, and so close only that address
 * @param reasons.passed reasons that close nothing to what is sent
 */
export const selectStandings = (
  db: Queryable,
  ids: readonly IdentifierId[],
  channel: string,
  at: Date,
  { addressFaults, passed }: { addressFaults: readonly string[]; passed: readonly string[] },
): Promise<Standing[]> =>
  db.query<Standing>(sql`
    select a.id as "identifierId", a.kind, s.reason as "suppressedFor", coalesce(s.elsewhere, false) as "suppressedElsewhere",
      (${newestWord(sql`a.id`, channel, at)}) as state,
      exists (select from ingest.people o where o.person_id = p.person_id and o.identifier_id <> a.id
        and (${newestWord(sql`o.identifier_id`, channel, at)}) = 'withdrawn') as "withdrawnElsewhere"
    from unnest(${uuids(ids)}::uuid[]) as given (id) join ingest.identifiers a on a.id = given.id
    left join ingest.people p on p.identifier_id = a.id
    left join lateral (
      select s.reason, s.identifier_id <> a.id as elsewhere from ingest.suppressions s
      where s.identifier_id = any(array[a.id] || array(select o.identifier_id from ingest.people o where o.person_id = p.person_id))
        and s.channel in (${channel}, 'all') and (s.lifted_at is null or s.lifted_at > ${at})
        and (s.identifier_id = a.id or s.reason <> all (${[...addressFaults]}::text[]))
        and s.reason <> all (${[...passed]}::text[])
      order by elsewhere, s.occurred_at limit 1) s on true`)

/** Identifiers and a channel of which more must be asked than whether everything is plainly well. */
export type Doubtful = { identifierId: IdentifierId; channel: string }

/**
 * Of identifiers and channels those that are not plainly allowed: that are no address of the channel, or whose person has
 * a suppression, or ever withdrew, by any identifier, or where the identifier itself never consented. Cheap, since nothing
 * is put in order: few are left for `selectStandings`.
 * @param channels the kind that an address of each has, or null where any will do
 */
export const selectDoubtful = (
  db: Queryable,
  ids: readonly IdentifierId[],
  channels: readonly { channel: string; kind: string | null }[],
  at: Date,
): Promise<Doubtful[]> =>
  db.query<Doubtful>(sql`
    with asked as materialized (
      select given.id, a.kind, given.id || array(select o.identifier_id from ingest.people p
        join ingest.people o on o.person_id = p.person_id where p.identifier_id = given.id) as ids
      from unnest(${uuids(ids)}::uuid[]) as given (id) left join ingest.identifiers a on a.id = given.id)
    select a.id as "identifierId", w.channel
    from asked a cross join unnest(${channels.map(({ channel }) => channel)}::text[],
      ${channels.map(({ kind }) => kind)}::text[]) as w (channel, kind)
    where a.kind is null or a.kind <> w.kind
      or exists (select from ingest.suppressions s where s.identifier_id = any(a.ids) and s.channel in (w.channel, 'all'))
      or not coalesce((
        select bool_and(c.state = 'granted') and bool_or(c.identifier_id = a.id and c.occurred_at <= ${at})
        from ingest.consents c where c.identifier_id = any(a.ids) and c.channel = w.channel), false)`)

/** How far the house has heard: what is written later, or is not committed yet, bears this number or a greater one. */
export const selectHeard = async (db: Queryable): Promise<string> =>
  (await one<{ heard: string }>(db, sql`select pg_snapshot_xmin(pg_current_snapshot())::text as heard`)).heard

/**
 * Whom something was written about since that consent goes by, at most so many; null where something was taken away. A
 * suppression taken away opens and is no news. What a restored copy holds may bear numbers from beyond all of now: it is old.
 */
export const selectNews = async (db: Queryable, heard: string, limit: number): Promise<(IdentifierId | null)[]> => {
  const since = sql`changed >= ${heard}::xid8 and changed < pg_snapshot_xmax(pg_current_snapshot())`
  const news = await db.query<{ id: IdentifierId | null }>(sql`
    (select identifier_id as id from ingest.consents where ${since} limit ${limit})
    union all (select identifier_id from ingest.suppressions where ${since} limit ${limit})
    union all (select identifier_id from ingest.memberships where ${since} limit ${limit})
    union all (select null from ingest.tombstones where ${since} and kind in ('consent', 'identifier', 'person') limit 1)`)
  return news.map(({ id }) => id)
}

/** Of identifiers those that are among others, or of a person who has one of them. */
export const selectOfSamePeople = async (
  db: Queryable,
  ids: readonly IdentifierId[],
  others: readonly IdentifierId[],
): Promise<IdentifierId[]> => {
  const rows = await db.query<{ id: IdentifierId }>(sql`
    select given.id from unnest(${uuids(ids)}::uuid[]) as given (id)
    where given.id = any(${uuids(others)}::uuid[]) or exists (
      select from ingest.people p join ingest.people o on o.person_id = p.person_id
      where p.identifier_id = given.id and o.identifier_id = any(${uuids(others)}::uuid[]))`)
  return rows.map(({ id }) => id)
}

/** The newest consent that an identifier gave; of two at one instant the withdrawal. */
const newestWord = (identifier: Sql, channel: string, at: Date): Sql => sql`
  select c.state from ingest.consents c
  where c.identifier_id = ${identifier} and c.channel = ${channel} and (c.occurred_at <= ${at} or c.state = 'withdrawn')
  order by c.occurred_at desc, (c.state = 'withdrawn') desc limit 1`

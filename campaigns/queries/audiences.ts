import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash, Id, IdentifierId, PersonId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Platform } from '../audiences/normalise.ts'

export type Address = { personId: PersonId; id: IdentifierId; kind: 'email' | 'phone'; value: string; typed: string[] }

/** Every address of people, with how their profiles spell their e-mail addresses. */
export const selectAddresses = (db: Queryable, people: readonly PersonId[]): Promise<Address[]> =>
  db.query<Address>(sql`
    select p.person_id as "personId", i.id, i.kind, i.value, array(
      select distinct r.email from ingest.people o join ingest.profiles r on r.identifier_id = o.identifier_id
      where o.person_id = p.person_id and r.email is not null order by 1) as typed
    from unnest(${[...people]}::uuid[]) as asked (id) join ingest.people p on p.person_id = asked.id
    join ingest.identifiers i on i.id = p.identifier_id and i.kind in ('email', 'phone')
    order by p.person_id, i.kind, i.first_seen_at, i.id`)

export type Purpose = 'target' | 'suppress'

/** Why people of the segment are not in the file, and how many for each reason. */
export type LeftOut = Readonly<Record<string, number>>

export type AudienceExport = {
  id: Id<'audience-export'>
  segment: string
  segmentHash: Hash
  platform: Platform
  purpose: Purpose
  version: number
  people: number
  rows: number
  leftOut: LeftOut
  fileHash: Hash
  exportedAt: Date
  exportedBy: string
}

const columns = sql`e.id, e.segment, e.segment_hash as "segmentHash", e.platform, e.purpose, e.version, e.people, e.rows,
  e.left_out as "leftOut", e.file_hash as "fileHash", e.exported_at as "exportedAt", e.exported_by as "exportedBy"`

/** Gives it the next version of its segment, platform and purpose. The caller holds the lock of the audit chain. */
export async function insertExport(tx: Tx, one: Omit<AudienceExport, 'version'>): Promise<AudienceExport> {
  const rows = await tx.query<AudienceExport>(sql`
    insert into campaigns.audience_exports as e (id, segment, segment_hash, platform, purpose, version, people, rows,
      left_out, file_hash, exported_at, exported_by)
    select ${one.id}, ${one.segment}, ${one.segmentHash}, ${one.platform}, ${one.purpose},
      coalesce(max(k.version), 0) + 1, ${one.people}, ${one.rows}, ${json(one.leftOut)}::jsonb, ${one.fileHash},
      ${one.exportedAt}, ${one.exportedBy}
    from campaigns.audience_exports k
    where k.segment = ${one.segment} and k.platform = ${one.platform} and k.purpose = ${one.purpose}
    returning ${columns}`)
  return rows[0]!
}

/**
 * The last exports, newest first. `noSince`: addresses that withdrew from ads, or were stopped, since the file was made;
 * of a file that a newer one replaced, null.
 */
export const selectExports = (db: Queryable, limit: number): Promise<(AudienceExport & { noSince: number | null })[]> =>
  db.query(sql`
    select ${columns}, case when not exists (select from campaigns.audience_exports n
        where (n.segment, n.platform, n.purpose) = (e.segment, e.platform, e.purpose) and n.version > e.version)
      then (select count(*) from (
        select identifier_id from ingest.consents
        where channel = 'ads' and state = 'withdrawn' and occurred_at > e.exported_at
        union select identifier_id from ingest.suppressions
        where channel in ('ads', 'all') and lifted_at is null and occurred_at > e.exported_at) as left_since)
      end as "noSince"
    from campaigns.audience_exports e order by e.exported_at desc, e.id desc limit ${limit}`)

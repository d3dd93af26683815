import { instants, texts, uuids } from '#kernel/columns.ts'
import type { Tx } from '#kernel/db.ts'
import type { IdentifierId, RecordId } from '#kernel/ids.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import type { Profile } from '../canon.ts'

export type ProfileRow = { profile: Profile; identifierId: IdentifierId; recordId: RecordId }

type TextField = Exclude<keyof Profile, 'is' | 'of' | 'links' | 'createdAt' | 'updatedAt'>

/** An older version never replaces a newer one. Returns how many rows are new or changed. */
export async function upsertProfiles(tx: Tx, source: string, rows: readonly ProfileRow[]): Promise<number> {
  const [written] = await tx.query<{ count: number }>(sql`
    with written as (${inserted(source, rows)}
    on conflict (identifier_id) do update set source = excluded.source, record_id = excluded.record_id,
      given_name = excluded.given_name, family_name = excluded.family_name, email = excluded.email,
      phone = excluded.phone, street = excluded.street, city = excluded.city, postcode = excluded.postcode,
      country = excluded.country, language = excluded.language, zone = excluded.zone, born = excluded.born,
      organisation = excluded.organisation, lifecycle = excluded.lifecycle,
      channel = excluded.channel, campaign_ref = excluded.campaign_ref, created_at = excluded.created_at,
      updated_at = excluded.updated_at
    where known.updated_at <= excluded.updated_at
    returning 1)
    select count(*) as count from written`)
  return written?.count ?? 0
}

/** For less: profiles of identifiers that cannot have one yet. */
export async function insertProfiles(tx: Tx, source: string, rows: readonly ProfileRow[]): Promise<void> {
  await tx.query(inserted(source, rows))
}

function inserted(source: string, rows: readonly ProfileRow[]): Sql {
  const text = (name: TextField): Sql => sql`${texts(rows.map(({ profile }) => profile[name]))}::text[]`
  return sql`insert into ingest.profiles as known (identifier_id, source, record_id, given_name, family_name, email, phone,
      street, city, postcode, country, language, zone, born, organisation, lifecycle, channel, campaign_ref, created_at, updated_at)
    select identifier_id, ${source}, record_id, given_name, family_name, email, phone, street, city, postcode, country, language,
      zone, born::date, organisation, lifecycle, channel, campaign_ref, created_at, updated_at
    from unnest(${uuids(rows.map((row) => row.identifierId))}::uuid[], ${uuids(rows.map((row) => row.recordId))}::uuid[],
      ${text('givenName')}, ${text('familyName')}, ${text('email')}, ${text('phone')}, ${text('street')}, ${text('city')},
      ${text('postcode')}, ${text('country')}, ${text('language')}, ${text('zone')}, ${text('born')}, ${text('organisation')},
      ${text('lifecycle')}, ${text('channel')}, ${text('campaignRef')}, ${instants(rows.map((row) => row.profile.createdAt))}::timestamptz[],
      ${instants(rows.map((row) => row.profile.updatedAt))}::timestamptz[]) as r (identifier_id, record_id, given_name, family_name,
      email, phone, street, city, postcode, country, language, zone, born, organisation, lifecycle, channel, campaign_ref,
      created_at, updated_at)`
}

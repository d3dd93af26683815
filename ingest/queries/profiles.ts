import type { Tx } from '#kernel/db.ts'
import type { IdentifierId, RecordId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Profile } from '../canon.ts'

export type ProfileRow = Omit<Profile, 'is' | 'of' | 'links'> & {
  identifierId: IdentifierId
  source: string
  recordId: RecordId
}

/** An older version never replaces a newer one. Returns how many rows are new or changed. */
export async function upsertProfiles(tx: Tx, rows: readonly ProfileRow[]): Promise<number> {
  const [written] = await tx.query<{ count: number }>(sql`
    with written as (insert into ingest.profiles as known (identifier_id, source, record_id, given_name, family_name, email, phone, street,
      city, postcode, country, language, zone, born, organisation, lifecycle, channel, campaign_ref, created_at, updated_at)
    select "identifierId", source, "recordId", "givenName", "familyName", email, phone, street, city, postcode, country,
      language, zone, born, organisation, lifecycle, channel, "campaignRef", "createdAt", "updatedAt"
    from json_to_recordset(${json(rows)}::json) as r ("identifierId" uuid, source text, "recordId" uuid, "givenName" text,
      "familyName" text, email text, phone text, street text, city text, postcode text, country text, language text,
      zone text, born date, organisation text, lifecycle text, channel text, "campaignRef" text, "createdAt" timestamptz, "updatedAt" timestamptz)
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

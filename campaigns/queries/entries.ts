import type { Queryable, Tx } from '#kernel/db.ts'
import type { DeliveryId, EnrolmentId, Hash, Id, PersonId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

/** Who an identifier is of; null where nobody is known by it. */
export async function personBy(
  db: Queryable,
  { kind, value }: { kind: string; value: string },
): Promise<PersonId | null> {
  const [row] = await db.query<{ id: PersonId }>(sql`
    select p.person_id as id from ingest.identifiers i join ingest.people p on p.identifier_id = i.id
    where i.kind = ${kind} and i.value = ${value} limit 1`)
  return row?.id ?? null
}

/** The last run of a person through a campaign. */
export type LastRun = { id: EnrolmentId; occurrence: number; askedBy: string | null; endedReason: string | null }

/** The same, also of whoever they were before a merge; null where they were never in it. */
export async function selectLastRun(db: Queryable, campaign: string, personId: PersonId): Promise<LastRun | null> {
  const [row] = await db.query<LastRun>(sql`
    select e.id, e.occurrence, e.asked_by as "askedBy", e.ended_reason as "endedReason"
    from campaigns.enrolments e where e.campaign = ${campaign} and (e.person_id = ${personId}
      or e.identifier_id in (select p.identifier_id from ingest.people p where p.person_id = ${personId}))
    order by e.occurrence desc, e.enrolled_at desc limit 1`)
  return row ?? null
}

/** What was said of the runs that messages belong to, where something was. */
export const selectProperties = (
  db: Queryable,
  ids: readonly DeliveryId[],
): Promise<{ id: DeliveryId; properties: Record<string, string> }[]> =>
  db.query(sql`
    select d.id, e.properties from campaigns.deliveries d join campaigns.enrolments e on e.id = d.enrolment_id
    where d.id = any(${[...ids]}::uuid[]) and e.properties is not null`)

export type TokenId = Id<'token'>

/** What lets a program in. `campaign`: the only one it is for; null: every one that takes people by program. */
export type EntryToken = {
  id: TokenId
  name: string
  campaign: string | null
  madeAt: Date
  madeBy: string
  usedAt: Date | null
  revokedAt: Date | null
  revokedBy: string | null
}

const columns = sql`id, name, campaign, made_at as "madeAt", made_by as "madeBy", used_at as "usedAt",
  revoked_at as "revokedAt", revoked_by as "revokedBy"`

export async function insertToken(
  tx: Tx,
  token: Pick<EntryToken, 'id' | 'name' | 'campaign' | 'madeAt' | 'madeBy'> & { tokenHash: Hash },
): Promise<void> {
  await tx.query(sql`insert into campaigns.entry_tokens (id, name, token_hash, campaign, made_at, made_by)
    values (${token.id}, ${token.name}, ${token.tokenHash}, ${token.campaign}, ${token.madeAt}, ${token.madeBy})`)
}

export const selectTokens = (db: Queryable): Promise<EntryToken[]> =>
  db.query<EntryToken>(sql`select ${columns} from campaigns.entry_tokens order by revoked_at is not null, made_at desc`)

/** The token of a digest, unless it was taken back. That it is used is noted at most once a minute. */
export async function useToken(db: Queryable, tokenHash: Hash, at: Date): Promise<EntryToken | null> {
  const [row] = await db.query<EntryToken>(
    sql`select ${columns} from campaigns.entry_tokens where token_hash = ${tokenHash} and revoked_at is null`,
  )
  if (!row) return null
  await db.query(sql`update campaigns.entry_tokens set used_at = ${at}
    where id = ${row.id} and (used_at is null or used_at < ${new Date(at.getTime() - 60_000)})`)
  return row
}

export async function revokeToken(tx: Tx, id: TokenId, at: Date, by: string): Promise<boolean> {
  const rows = await tx.query(sql`update campaigns.entry_tokens set revoked_at = ${at}, revoked_by = ${by}
    where id = ${id} and revoked_at is null returning id`)
  return rows.length > 0
}

/** What a program was told. */
export type Told = { status: number; answer: Record<string, unknown> }
export type Asked = { tokenId: TokenId; key: string; requestHash: Hash }

/** Notes that something is asked under a key; false where something was asked under it before. */
export async function noteAsked(db: Queryable, { tokenId, key, requestHash }: Asked, at: Date): Promise<boolean> {
  const rows = await db.query(sql`insert into campaigns.entry_requests (token_id, key, request_hash, asked_at)
    values (${tokenId}, ${key}, ${requestHash}, ${at}) on conflict do nothing returning key`)
  return rows.length > 0
}

export async function selectAsked(
  db: Queryable,
  { tokenId, key }: Asked,
): Promise<{ requestHash: Hash; told: Told | null } | null> {
  const [row] = await db.query<{
    requestHash: Hash
    status: number | null
    answer: Record<string, unknown> | null
  }>(sql`
    select request_hash as "requestHash", status, answer from campaigns.entry_requests
    where token_id = ${tokenId} and key = ${key}`)
  if (!row) return null
  const { requestHash, status, answer } = row
  return { requestHash, told: status === null || answer === null ? null : { status, answer } }
}

/** Keeps what was told for good; what is kept already stays. */
export async function keepTold(db: Queryable, { tokenId, key }: Asked, { status, answer }: Told): Promise<void> {
  await db.query(sql`update campaigns.entry_requests set status = ${status}, answer = ${json(answer)}::jsonb
    where token_id = ${tokenId} and key = ${key} and status is null`)
}

/** What was asked so long ago that nobody asks again. Returns how many. */
export async function forgetAsked(db: Queryable, before: Date): Promise<number> {
  const rows = await db.query(sql`delete from campaigns.entry_requests where asked_at < ${before} returning key`)
  return rows.length
}

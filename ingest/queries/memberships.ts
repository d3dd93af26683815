import type { Queryable, Tx } from '#kernel/db.ts'
import type { IdentifierId, PersonId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type MembershipRow = { identifierId: IdentifierId; personId: PersonId }

/** Who everybody is now. */
export function selectMemberships(db: Queryable): Promise<MembershipRow[]> {
  return db.query<MembershipRow>(sql`select identifier_id as "identifierId", person_id as "personId"
    from ingest.memberships where until is null`)
}

/** Who these are now. */
export function selectMembershipsOf(db: Queryable, ids: readonly IdentifierId[]): Promise<MembershipRow[]> {
  return db.query<MembershipRow>(sql`select identifier_id as "identifierId", person_id as "personId"
    from ingest.memberships where until is null and identifier_id = any(${[...ids]}::uuid[])`)
}

/** All current members of the people these identifiers belong to. */
export function selectMembersBeside(db: Queryable, ids: readonly IdentifierId[]): Promise<MembershipRow[]> {
  return db.query<MembershipRow>(sql`select identifier_id as "identifierId", person_id as "personId"
    from ingest.people where person_id in (select person_id from ingest.people where identifier_id = any(${[...ids]}::uuid[]))`)
}

/** The people that identifiers belonged to before, of whom nobody is left. */
export function selectFormerMemberships(db: Queryable, ids: readonly IdentifierId[]): Promise<MembershipRow[]> {
  return db.query<MembershipRow>(sql`
    select distinct identifier_id as "identifierId", person_id as "personId" from ingest.memberships past
    where identifier_id = any(${[...ids]}::uuid[]) and until is not null
      and not exists (select from ingest.people now where now.person_id = past.person_id)`)
}

/** Ends the current memberships of identifiers; the past stays. */
export async function endMemberships(tx: Tx, at: Date, ids: readonly IdentifierId[]): Promise<void> {
  await tx.query(sql`update ingest.memberships set until = ${at}
    where until is null and identifier_id = any(${[...ids]}::uuid[])`)
}

/** Begins memberships of identifiers that have none. */
export async function beginMemberships(
  tx: Tx,
  at: Date,
  reason: string,
  rows: readonly MembershipRow[],
): Promise<void> {
  await tx.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
    select "identifierId", "personId", ${at}, ${reason}
    from json_to_recordset(${json(rows)}::json) as r ("identifierId" uuid, "personId" uuid)`)
}

export type PastMembershipRow = MembershipRow & { since: Date; until: Date | null; reason: string }

/** Everyone the identifiers of a person ever were, oldest first. */
export function selectMembershipHistory(db: Queryable, person: PersonId): Promise<PastMembershipRow[]> {
  return db.query<PastMembershipRow>(sql`
    select identifier_id as "identifierId", person_id as "personId", since, until, reason from ingest.memberships
    where identifier_id in (select identifier_id from ingest.memberships where person_id = ${person}) order by seq`)
}

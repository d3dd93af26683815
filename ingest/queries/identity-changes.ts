import type { Queryable, Tx } from '#kernel/db.ts'
import type { Id, IdentifierId, PersonId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'

export type ChangeId = Id<'identity-change'>
export type Move = { identifierId: IdentifierId; from: PersonId; to: PersonId }

export async function insertChange(
  tx: Tx,
  change: { id: ChangeId; reason: string; by: string; at: Date },
  moves: readonly Move[],
): Promise<void> {
  await tx.query(sql`insert into ingest.identity_changes (id, reason, actor, at, moved)
    values (${change.id}, ${change.reason}, ${change.by}, ${change.at}, ${moves.length})`)
  await tx.query(sql`insert into ingest.identity_moves (change_id, identifier_id, from_person, to_person)
    select ${change.id}, "identifierId", "from", "to"
    from jsonb_to_recordset(${json(moves)}::jsonb) as r ("identifierId" uuid, "from" uuid, "to" uuid)`)
}

export type ChangeRow = { id: ChangeId; reason: string; actor: string; at: Date; moved: number; impact: unknown }

/** Merges and unmerges, newest first, with what they changed in the owner's figures once that is known. */
export const selectChanges = (db: Queryable, limit: number): Promise<ChangeRow[]> =>
  db.query<ChangeRow>(
    sql`select id, reason, actor, at, moved, impact from ingest.identity_changes order by seq desc limit ${limit}`,
  )

/** Changes whose impact nobody has worked out yet, oldest first. */
export const selectPendingChanges = (db: Queryable): Promise<ChangeRow[]> =>
  db.query<ChangeRow>(sql`select id, reason, actor, at, moved, impact from ingest.identity_changes
    where impact is null order by seq`)

/** Notes the impact; changes that have one keep it. Returns the ids it was noted on. */
export const setImpact = (tx: Tx, ids: readonly ChangeId[], impact: unknown): Promise<{ id: ChangeId }[]> =>
  tx.query<{ id: ChangeId }>(sql`update ingest.identity_changes set impact = ${json(impact)}::jsonb
    where id = any(${[...ids]}::uuid[]) and impact is null returning id`)

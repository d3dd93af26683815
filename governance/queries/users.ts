import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash, UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { Role } from '../permissions.ts'

export type User = { id: UserId; email: string; name: string; role: Role; active: boolean; createdAt: Date }

const columns = sql`u.id, u.email, u.name, u.role, u.deactivated_at is null as active, u.created_at as "createdAt"`

/** Null when the address belongs to somebody already. */
export async function insertUser(
  tx: Tx,
  user: { id: UserId; email: string; name: string; role: Role; at: Date },
): Promise<UserId | null> {
  const rows = await tx.query<{ id: UserId }>(sql`
    insert into governance.users (id, email, name, role, created_at)
    values (${user.id}, ${user.email}, ${user.name}, ${user.role}, ${user.at}) on conflict (email) do nothing returning id`)
  return rows[0]?.id ?? null
}

export async function selectUser(db: Queryable, id: UserId): Promise<User | null> {
  return (await db.query<User>(sql`select ${columns} from governance.users u where u.id = ${id}`))[0] ?? null
}

export async function selectUserByEmail(db: Queryable, email: string): Promise<User | null> {
  return (await db.query<User>(sql`select ${columns} from governance.users u where u.email = ${email}`))[0] ?? null
}

export const selectUsers = (db: Queryable): Promise<User[]> =>
  db.query<User>(sql`select ${columns} from governance.users u order by u.created_at, u.id`)

/** The name behind each actor: a user's id, or the policy that a user gave. */
export const selectActorNames = (
  db: Queryable,
  actors: readonly string[],
): Promise<{ actor: string; name: string }[]> =>
  db.query(sql`
    select id::text as actor, name from governance.users where id::text = any(${[...actors]}::text[])
    union
    select 'policy:' || d.hash, u.name from governance.delegations d join governance.users u on u.id = d.given_by
    where 'policy:' || d.hash = any(${[...actors]}::text[])`)

/** Active users of some roles, locked so that two changes at once cannot remove the last of them. */
export const lockActiveUsers = (tx: Tx, roles: readonly Role[]): Promise<{ id: UserId }[]> =>
  tx.query<{ id: UserId }>(sql`
    select id from governance.users where deactivated_at is null and role = any(${[...roles]}) order by id for update`)

export async function countActiveUsers(db: Queryable, roles: readonly Role[]): Promise<number> {
  const rows = await db.query<{ n: number }>(sql`
    select count(*) as n from governance.users where deactivated_at is null and role = any(${[...roles]})`)
  return rows[0]?.n ?? 0
}

export async function updateRole(tx: Tx, id: UserId, role: Role): Promise<void> {
  await tx.query(sql`update governance.users set role = ${role} where id = ${id}`)
}

export async function deactivate(tx: Tx, id: UserId, at: Date): Promise<void> {
  await tx.query(sql`update governance.users set deactivated_at = ${at} where id = ${id} and deactivated_at is null`)
}

export async function insertLink(
  db: Queryable,
  tokenHash: Hash,
  userId: UserId,
  at: Date,
  expires: Date,
): Promise<void> {
  await db.query(sql`insert into governance.sign_in_links (token_hash, user_id, created_at, expires_at)
    values (${tokenHash}, ${userId}, ${at}, ${expires})`)
}

/** Uses a link up: of two requests at once, one gets the user. */
export async function useLink(tx: Tx, tokenHash: Hash, at: Date): Promise<UserId | null> {
  const rows = await tx.query<{ userId: UserId }>(sql`
    update governance.sign_in_links l set used_at = ${at} from governance.users u
    where l.token_hash = ${tokenHash} and l.used_at is null and l.expires_at > ${at}
      and u.id = l.user_id and u.deactivated_at is null
    returning l.user_id as "userId"`)
  return rows[0]?.userId ?? null
}

export async function selectLink(
  db: Queryable,
  tokenHash: Hash,
): Promise<{ expiresAt: Date; usedAt: Date | null } | null> {
  const rows = await db.query<{ expiresAt: Date; usedAt: Date | null }>(sql`
    select expires_at as "expiresAt", used_at as "usedAt" from governance.sign_in_links where token_hash = ${tokenHash}`)
  return rows[0] ?? null
}

export async function insertSession(tx: Tx, tokenHash: Hash, userId: UserId, at: Date, expires: Date): Promise<void> {
  await tx.query(sql`insert into governance.sessions (token_hash, user_id, created_at, expires_at)
    values (${tokenHash}, ${userId}, ${at}, ${expires})`)
}

export async function selectSessionUser(db: Queryable, tokenHash: Hash, at: Date): Promise<User | null> {
  const rows = await db.query<User>(sql`
    select ${columns} from governance.sessions s join governance.users u on u.id = s.user_id
    where s.token_hash = ${tokenHash} and s.revoked_at is null and s.expires_at > ${at} and u.deactivated_at is null`)
  return rows[0] ?? null
}

/** Notes that a session is in use, at most once a minute. */
export async function noteSeen(db: Queryable, tokenHash: Hash, at: Date): Promise<void> {
  await db.query(sql`update governance.sessions set seen_at = ${at}
    where token_hash = ${tokenHash} and (seen_at is null or seen_at < ${new Date(at.getTime() - 60_000)})`)
}

/** Whether a session that still stands was used since a moment. */
export async function wasSeenSince(db: Queryable, since: Date, at: Date): Promise<boolean> {
  const rows = await db.query(sql`select from governance.sessions
    where seen_at >= ${since} and revoked_at is null and expires_at > ${at} limit 1`)
  return rows.length > 0
}

export async function revokeByToken(tx: Tx, tokenHash: Hash, at: Date): Promise<UserId | null> {
  const rows = await tx.query<{ userId: UserId }>(sql`update governance.sessions set revoked_at = ${at}
    where token_hash = ${tokenHash} and revoked_at is null returning user_id as "userId"`)
  return rows[0]?.userId ?? null
}

export async function revokeByUser(tx: Tx, userId: UserId, at: Date): Promise<number> {
  const rows = await tx.query(sql`update governance.sessions set revoked_at = ${at}
    where user_id = ${userId} and revoked_at is null and expires_at > ${at} returning token_hash`)
  return rows.length
}

/** Links that were never used may not outlive their user's access. */
export async function expireLinks(tx: Tx, userId: UserId, at: Date): Promise<void> {
  await tx.query(sql`update governance.sign_in_links set expires_at = ${at}
    where user_id = ${userId} and used_at is null and expires_at > ${at}`)
}

import type { Queryable, Tx } from '#kernel/db.ts'
import type { Hash, UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { Role } from '../permissions.ts'

/** A delegation as it was given, and when it was taken back. `body` is the version of its hash. */
export type DelegationRow = {
  hash: Hash
  agent: string
  body: unknown
  givenAt: Date
  givenBy: UserId
  expiresAt: Date
  reason: string
  /** How many interactions under its versions were reviewed. */
  reviewed: number
  takenBackAt: Date | null
  takenBackBy: string | null
}

const columns = sql`
  d.hash, d.agent, v.body, d.given_at as "givenAt", d.given_by as "givenBy", d.expires_at as "expiresAt", d.reason,
  (select count(*) from governance.agent_reviews r
    where r.agent = d.agent and r.versions_hash = d.versions_hash) as reviewed,
  t.at as "takenBackAt", t.by as "takenBackBy"`

const source = sql`governance.delegations d join kernel.versions v on v.kind = d.kind and v.name = d.agent and v.hash = d.hash
  left join governance.delegations_taken_back t on t.hash = d.hash`

export const selectDelegationsOf = (db: Queryable, hashes: readonly Hash[]): Promise<DelegationRow[]> =>
  db.query<DelegationRow>(sql`select ${columns} from ${source} where d.hash = any(${[...hashes]}::text[])`)

export async function selectDelegation(db: Queryable, hash: Hash): Promise<DelegationRow | null> {
  return (await selectDelegationsOf(db, [hash]))[0] ?? null
}

/** What was ever delegated to an agent: what was not taken back first, the longest to run before the others. */
export const selectDelegations = (db: Queryable, agent: string, limit: number): Promise<DelegationRow[]> =>
  db.query<DelegationRow>(sql`select ${columns} from ${source}
    where d.agent = ${agent} order by t.hash is not null, d.expires_at desc, d.hash limit ${limit}`)

/** What stands at a moment: given, neither ended nor taken back, by somebody who still may; newest first. */
export const selectStanding = (
  db: Queryable,
  agent: string,
  { at, roles }: { at: Date; roles: readonly Role[] },
): Promise<DelegationRow[]> =>
  db.query<DelegationRow>(sql`select ${columns} from ${source} join governance.users u on u.id = d.given_by
    where d.agent = ${agent} and t.hash is null and d.given_at <= ${at} and d.expires_at > ${at}
      and u.deactivated_at is null and u.role = any(${[...roles]})
    order by d.given_at desc, d.hash`)

/** Whether it stood at a moment. One that was taken back at that very moment did. */
export const stoodAt = (given: Pick<DelegationRow, 'givenAt' | 'expiresAt' | 'takenBackAt'>, at: Date): boolean =>
  given.givenAt <= at && at < given.expiresAt && (given.takenBackAt === null || at <= given.takenBackAt)

type Given = {
  hash: Hash
  agent: string
  versionsHash: Hash
  givenAt: Date
  givenBy: UserId
  expiresAt: Date
  reason: string
}

export async function insertDelegation(tx: Tx, given: Given): Promise<void> {
  await tx.query(sql`insert into governance.delegations
      (hash, agent, versions_hash, given_at, given_by, expires_at, reason)
    values (${given.hash}, ${given.agent}, ${given.versionsHash}, ${given.givenAt}, ${given.givenBy},
      ${given.expiresAt}, ${given.reason})`)
}

/** False when it was taken back before. */
export async function insertTakenBack(
  tx: Tx,
  taken: { hash: Hash; at: Date; by: string; reason: string },
): Promise<boolean> {
  const rows = await tx.query(sql`insert into governance.delegations_taken_back (hash, at, by, reason)
    values (${taken.hash}, ${taken.at}, ${taken.by}, ${taken.reason}) on conflict do nothing returning hash`)
  return rows.length === 1
}

import type { Queryable, Tx } from '#kernel/db.ts'
import type { ApprovalId, Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** True when the row is new; false when the same body was made a release before. */
export async function insertRelease(tx: Tx, hash: Hash, name: string, at: Date, by: string): Promise<boolean> {
  const rows = await tx.query(sql`insert into governance.releases (hash, name, created_at, created_by)
    values (${hash}, ${name}, ${at}, ${by}) on conflict do nothing returning hash`)
  return rows.length === 1
}

export async function insertAuthors(tx: Tx, hash: Hash, authors: readonly string[]): Promise<void> {
  await tx.query(sql`insert into governance.release_authors (release_hash, actor)
    select ${hash}, actor from unnest(${[...authors]}::text[]) as given (actor) on conflict do nothing`)
}

export async function selectAuthors(db: Queryable, hash: Hash): Promise<string[]> {
  const rows = await db.query<{ actor: string }>(
    sql`select actor from governance.release_authors where release_hash = ${hash} order by actor`,
  )
  return rows.map((row) => row.actor)
}

/**
 * Locks every release of a name until the commit, so that decisions and pointer moves of one name come one after
 * another, and the order of their rows is the order of their commits. Empty when the name has no release.
 */
export const lockReleases = (tx: Tx, name: string): Promise<{ hash: Hash }[]> =>
  tx.query<{ hash: Hash }>(sql`select hash from governance.releases where name = ${name} order by hash for update`)

export async function releaseName(db: Queryable, hash: Hash): Promise<string | null> {
  const rows = await db.query<{ name: string }>(sql`select name from governance.releases where hash = ${hash}`)
  return rows[0]?.name ?? null
}

export type StoredRelease = {
  name: string
  hash: Hash
  body: unknown
  createdAt: Date
  createdBy: string
}

export async function selectRelease(db: Queryable, hash: Hash): Promise<StoredRelease | null> {
  return (await selectReleasesOf(db, [hash]))[0] ?? null
}

export const selectReleasesOf = (db: Queryable, hashes: readonly Hash[]): Promise<StoredRelease[]> =>
  db.query<StoredRelease>(sql`
    select r.name, r.hash, v.body, r.created_at as "createdAt", r.created_by as "createdBy"
    from governance.releases r join kernel.versions v using (kind, name, hash)
    where r.hash = any(${[...hashes]}::text[])`)

/** `except`: the kind of definition that is left out. */
export const selectReleases = (
  db: Queryable,
  { name, except }: { name: string | null; except: string | null },
): Promise<StoredRelease[]> =>
  db.query<StoredRelease>(sql`
    select r.name, r.hash, v.body, r.created_at as "createdAt", r.created_by as "createdBy"
    from governance.releases r join kernel.versions v using (kind, name, hash)
    where (${name}::text is null or r.name = ${name})
      and (${except}::text is null or v.body -> 'definition' ->> 'kind' is distinct from ${except})
    order by r.created_at desc, r.hash`)

/** The names that contents were released under, of each the first. */
export const selectNamesOfContents = (
  db: Queryable,
  contents: readonly Hash[],
): Promise<{ contentHash: Hash; name: string }[]> =>
  db.query(sql`
    select distinct on (content) content as "contentHash", r.name
    from governance.releases r join kernel.versions v using (kind, name, hash)
    cross join lateral (select v.body -> 'pins' ->> 'contentHash' as content) pins
    where content = any(${[...contents]}::text[]) order by content, r.created_at, r.hash`)

/** The live release of a name: which, since when, and how far it has gone. One statement, so one moment. */
export async function selectLive(
  db: Queryable,
  name: string,
): Promise<{ hash: Hash; releasedAt: Date; percent: number } | null> {
  const rows = await db.query<{ hash: Hash; releasedAt: Date; percent: number }>(sql`
    select p.hash, p.moved_at as "releasedAt", coalesce((
      select o.percent from governance.rollouts o where o.release_hash = p.hash order by o.seq desc limit 1), 0) as percent
    from kernel.pointers p where p.kind = 'campaign' and p.name = ${name} order by p.seq desc limit 1`)
  return rows[0] ?? null
}

export async function insertRollout(
  tx: Tx,
  rollout: { hash: Hash; percent: number; at: Date; by: string; reason: string },
): Promise<void> {
  await tx.query(sql`insert into governance.rollouts (release_hash, percent, set_at, set_by, reason)
    values (${rollout.hash}, ${rollout.percent}, ${rollout.at}, ${rollout.by}, ${rollout.reason})`)
}

export type Decision = {
  id: ApprovalId
  releaseHash: Hash
  decision: 'approved' | 'withdrawn'
  decidedBy: string
  decidedAt: Date
  note: string
}

export async function insertDecision(tx: Tx, decision: Decision): Promise<void> {
  await tx.query(sql`insert into governance.approvals (id, release_hash, decision, decided_by, decided_at, note)
    values (${decision.id}, ${decision.releaseHash}, ${decision.decision}, ${decision.decidedBy}, ${decision.decidedAt},
      ${decision.note})`)
}

const decisionColumns = sql`
  id, release_hash as "releaseHash", decision, decided_by as "decidedBy", decided_at as "decidedAt", note`

/** Every decision on a release, newest first. */
export const selectDecisions = (db: Queryable, hash: Hash): Promise<Decision[]> =>
  db.query<Decision>(
    sql`select ${decisionColumns} from governance.approvals where release_hash = ${hash} order by seq desc`,
  )

/** The newest decision on each of several releases. */
export const selectStandingDecisions = (db: Queryable, hashes: readonly Hash[]): Promise<Decision[]> =>
  db.query<Decision>(sql`select distinct on (release_hash) ${decisionColumns} from governance.approvals
    where release_hash = any(${[...hashes]}::text[]) order by release_hash, seq desc`)

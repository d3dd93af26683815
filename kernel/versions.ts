import type { Clock } from './clock.ts'
import { hashOf } from './crypto.ts'
import type { Queryable, Tx } from './db.ts'
import type { Hash } from './ids.ts'
import { json, sql } from './sql.ts'

/** What can be a version: everything a send or a number depends on. */
export type VersionKind =
  | 'campaign' | 'template' | 'prompt' | 'router' | 'guardrail' | 'identity' | 'segment' | 'metric' | 'consent-text'
  | 'mapping' | 'cleansing' | 'projection' | 'embedder' | 'channel' | 'brand' | 'snapshot' | 'privacy' | 'delegation' | 'schedule' | 'page' | 'holdout' // prettier-ignore

export type Version<Body = unknown> = {
  kind: VersionKind
  name: string
  hash: Hash
  body: Body
  createdAt: Date
  createdBy: string
}
export type PointerMove = { hash: Hash; movedAt: Date; movedBy: string; reason: string }

type Author = { clock: Clock; by: string }

/** Registers a version and returns its content hash; the same body again is the same version. */
export async function register(
  db: Queryable,
  author: Author,
  kind: VersionKind,
  name: string,
  body: unknown,
): Promise<Hash> {
  const hash = hashOf({ kind, name, body })
  await db.query(sql`insert into kernel.versions (kind, name, hash, body, created_at, created_by)
    values (${kind}, ${name}, ${hash}, ${json(body)}, ${author.clock()}, ${author.by}) on conflict do nothing`)
  return hash
}

/** Points a name at one of its versions; a rollback is this, to an older one. Binds whatever reads after the commit. */
export async function pointAt(
  tx: Tx,
  author: Author,
  kind: VersionKind,
  name: string,
  hash: Hash,
  reason: string,
): Promise<void> {
  await tx.query(sql`insert into kernel.pointers (kind, name, hash, moved_at, moved_by, reason)
    values (${kind}, ${name}, ${hash}, ${author.clock()}, ${author.by}, ${reason})`)
}

/** The live version of a name, or null when nothing was ever released. */
export async function liveVersion<Body>(db: Queryable, kind: VersionKind, name: string): Promise<Version<Body> | null> {
  const rows = await db.query<Version<Body>>(sql`
    select v.kind, v.name, v.hash, v.body, v.created_at as "createdAt", v.created_by as "createdBy"
    from kernel.pointers p join kernel.versions v using (kind, name, hash)
    where p.kind = ${kind} and p.name = ${name} order by p.seq desc limit 1`)
  return rows[0] ?? null
}

/** A version by its hash. */
export async function versionOf<Body>(db: Queryable, kind: VersionKind, hash: Hash): Promise<Version<Body> | null> {
  const rows = await db.query<Version<Body>>(sql`
    select kind, name, hash, body, created_at as "createdAt", created_by as "createdBy"
    from kernel.versions where kind = ${kind} and hash = ${hash} limit 1`)
  return rows[0] ?? null
}

/** Every move of a pointer, newest first. */
export async function pointerHistory(db: Queryable, kind: VersionKind, name: string): Promise<PointerMove[]> {
  return db.query<PointerMove>(sql`
    select hash, moved_at as "movedAt", moved_by as "movedBy", reason
    from kernel.pointers where kind = ${kind} and name = ${name} order by seq desc`)
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from './crypto.ts'
import type { Clock } from './clock.ts'
import type { Db, Tx } from './db.ts'
import { codeOf, RefusedError } from './errors.ts'
import { sql, type Sql } from './sql.ts'

type Migration = { id: number; title: string; text: string; hash: string }

/**
 * Brings the schema up to date: every `NNNN-title.sql` of the folders, in the order of their numbers, each in a
 * transaction of its own. Safe to run from several processes at once, and after a kill.
 * Refuses a database that is newer than the code, or whose applied migration was edited.
 */
export async function migrate(db: Db, folders: readonly string[], clock: Clock): Promise<number> {
  await made(db, sql`create schema if not exists kernel`)
  await made(
    db,
    sql`create table if not exists kernel.migrations (
      id integer primary key, title text not null, hash text not null, applied_at timestamptz not null)`,
  )
  const wanted = readMigrations(folders)
  const applied = await db.query<{ id: number; hash: string }>(sql`select id, hash from kernel.migrations order by id`)
  refuseStrangers(wanted, applied)
  const done = new Set(applied.map((row) => row.id))
  const missing = wanted.filter((migration) => !done.has(migration.id))
  for (const migration of missing) await db.transaction((tx) => apply(tx, migration, clock))
  return missing.length
}

/** A schema, a table, a type or their names are there already. */
const madeMeanwhile = new Set(['23505', '42P06', '42P07', '42710'])

/** `if not exists` fails all the same where two ask at once. */
async function made(db: Db, statement: Sql): Promise<void> {
  await db.query(statement).catch((fault: unknown) => {
    if (!madeMeanwhile.has(codeOf(fault) ?? '')) throw fault
  })
}

function readMigrations(folders: readonly string[]): Migration[] {
  const all = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .map((name) => read(folder, name)),
  )
  const sorted = all.toSorted((a, b) => a.id - b.id)
  const twice = sorted.find((migration, index) => sorted[index + 1]?.id === migration.id)
  if (twice) throw new Error(`Two migrations are numbered ${twice.id}: give one the next free number`)
  return sorted
}

function read(folder: string, name: string): Migration {
  const match = /^(\d{4})-(.+)\.sql$/.exec(name)
  if (!match) throw new Error(`${name} is no migration name: write NNNN-title.sql`)
  const text = readFileSync(join(folder, name), 'utf8')
  return { id: Number(match[1]), title: match[2]!, text, hash: sha256(text) }
}

function refuseStrangers(wanted: Migration[], applied: { id: number; hash: string }[]): void {
  const byId = new Map(wanted.map((migration) => [migration.id, migration]))
  for (const { id, hash } of applied) {
    const known = byId.get(id)
    if (!known)
      throw new RefusedError(`The database has migration ${id}, which this version does not know: run a newer Millrace`)
    if (known.hash !== hash)
      throw new RefusedError(`Migration ${id} was edited after it was applied: restore the file and add a new one`)
  }
}

/** The row goes in first: of two processes at once, one waits for the other and then finds it done. */
async function apply(tx: Tx, migration: Migration, clock: Clock): Promise<void> {
  const rows = await tx.query(sql`insert into kernel.migrations (id, title, hash, applied_at)
    values (${migration.id}, ${migration.title}, ${migration.hash}, ${clock()}) on conflict do nothing returning id`)
  if (rows.length > 0) await tx.query(script(migration.text))
}

/** A whole script without parameters, which PostgreSQL runs statement by statement. */
const script = (text: string): Sql => ({ text, values: [] })

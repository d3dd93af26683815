import { readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { openDb, type Connection, type Db } from '#kernel/db.ts'
import { joined, identifier, sql } from '#kernel/sql.ts'
import { withDatabase } from './migrated-snapshot.ts'
import { serveSocket } from './pglite-socket.ts'

type Opened = { connection: Connection; close: () => Promise<void> }

/**
 * A migrated database of the file's own, on the engine of the running project; tables are emptied before each test
 * unless `keep` is set. Use inside `describe` or at the top of a file: `const db = testDatabase()`.
 */
export function testDatabase(options: { keep?: boolean } = {}): Db {
  let opened: Opened | undefined
  let db: Db | undefined
  beforeAll(async () => {
    opened = inject('engine') === 'postgres' ? await cloned() : await embedded()
    db = openDb(opened.connection)
  })
  if (!options.keep) beforeEach(() => emptyTables(present(db)))
  afterAll(async () => {
    await db?.close()
    await opened?.close()
  })
  return {
    kind: 'database',
    query: (statement) => present(db).query(statement),
    transaction: (work, how) => present(db).transaction(work, how),
    get pool() {
      return present(db).pool
    },
    close: () => Promise.resolve(),
  }
}

function present(db: Db | undefined): Db {
  if (!db) throw new Error('The test database opens in beforeAll: use it inside tests and hooks')
  return db
}

async function embedded(): Promise<Opened> {
  const loadDataDir = new Blob([readFileSync(inject('snapshot'))])
  const engine = await PGlite.create({ loadDataDir, extensions: { vector } })
  const served = await serveSocket(engine)
  return {
    connection: served.connection,
    close: async () => {
      await served.stop()
      await engine.close()
    },
  }
}

async function cloned(): Promise<Opened> {
  const server = process.env['TEST_PG_URL'] ?? ''
  const name = `millrace_test_${randomBytes(6).toString('hex')}`
  await administer(server, `create database ${name} template ${inject('template')}`)
  return {
    connection: { options: { connectionString: withDatabase(server, name), max: 8 } },
    close: () => administer(server, `drop database ${name} with (force)`),
  }
}

async function administer(server: string, statement: string): Promise<void> {
  const admin = openDb({ options: { connectionString: server, max: 1 } })
  await admin.query({ text: statement, values: [] })
  await admin.close()
}

/** Empties every table but the migrations; append-only triggers and references are stepped around for the moment. */
async function emptyTables(db: Db): Promise<void> {
  const tables = await db.query<{ schema: string; name: string }>(sql`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
      and not (table_schema = 'kernel' and table_name = 'migrations')`)
  // Most tests fill a few of some two hundred tables: looking is far cheaper than truncating them all.
  const names = tables.map((table) => sql`${identifier(table.schema)}.${identifier(table.name)}`)
  const [filled] = await db.query<{ numbers: number[] }>(sql`
    select array_remove(array[${joined(names.map((name, number) => sql`case when exists (select 1 from ${name}) then ${number}::integer end`))}], null) as numbers`)
  await db.transaction(async (tx) => {
    await tx.query(sql`set local session_replication_role = replica`)
    for (const number of filled?.numbers ?? []) await tx.query(sql`delete from ${names[number]!}`)
    await tx.query(sql`
      select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
      from pg_sequences where last_value is not null`)
  })
}

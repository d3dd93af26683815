import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import type { Clock } from '#kernel/clock.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { migrate } from '#kernel/migrate.ts'
import { PGliteServer } from '#kernel/pglite-server.ts'
import { migrationFolders } from './migrations.ts'

/** A migrated database in memory, for tools on files: it is gone afterwards, and no data directory is opened. */
export async function withMemoryDatabase<T>(clock: Clock, work: (db: Db) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-memory-'))
  const engine = await PGlite.create({ extensions: { vector } })
  const server = new PGliteServer(engine)
  await server.listen(join(folder, '.s.PGSQL.5432'))
  const db = openDb({ options: { host: folder, port: 5432, user: 'postgres', database: 'postgres', max: 2 } })
  try {
    await migrate(db, migrationFolders, clock)
    return await work(db)
  } finally {
    await db.close()
    await server.close()
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  }
}

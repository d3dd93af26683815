import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import type { Connection } from '#kernel/db.ts'

/** Serves a PGlite of this process on a socket in a folder of its own, as the embedded engine does. */
export async function serveSocket(db: PGlite): Promise<{ connection: Connection; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-pg-'))
  const server = new PGLiteSocketServer({ db, path: join(folder, '.s.PGSQL.5432'), maxConnections: 32 })
  await server.start()
  return {
    connection: { options: { host: folder, port: 5432, user: 'postgres', database: 'postgres', max: 4 } },
    stop: async () => {
      await server.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

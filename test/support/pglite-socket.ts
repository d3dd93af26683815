import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import type { Connection } from '#kernel/db.ts'
import { PGliteServer } from '#kernel/pglite-server.ts'

/** Serves a PGlite of this process on a socket in a folder of its own, as the embedded engine does. */
export async function serveSocket(db: PGlite): Promise<{ connection: Connection; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-pg-'))
  const server = new PGliteServer(db)
  await server.listen(join(folder, '.s.PGSQL.5432'))
  return {
    connection: { options: { host: folder, port: 5432, user: 'postgres', database: 'postgres', max: 4 } },
    stop: async () => {
      await server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

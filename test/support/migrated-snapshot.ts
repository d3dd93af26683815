import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import type { TestProject } from 'vitest/node'
import { migrationFolders } from '#app/migrations.ts'
import { systemClock } from '#kernel/clock.ts'
import { openDb } from '#kernel/db.ts'
import { migrate } from '#kernel/migrate.ts'
import { sql } from '#kernel/sql.ts'
import { serveSocket } from './pglite-socket.ts'

declare module 'vitest' {
  interface ProvidedContext {
    engine: 'embedded' | 'postgres'
    snapshot: string
    template: string
  }
}

/** Migrates once for all test files: a snapshot that PGlite loads, and a template that PostgreSQL clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'))
  project.provide('snapshot', await embeddedSnapshot(folder))
  const server = process.env['TEST_PG_URL']
  const template = server ? await serverTemplate(server) : ''
  project.provide('template', template)
  return async () => {
    rmSync(folder, { recursive: true })
    if (server) await dropTemplate(server, template)
  }
}

async function embeddedSnapshot(folder: string): Promise<string> {
  const engine = await PGlite.create({ extensions: { vector } })
  const served = await serveSocket(engine)
  const db = openDb(served.connection)
  await migrate(
    db,
    migrationFolders.filter((path) => existsSync(path)),
    systemClock,
  )
  await db.close()
  await served.stop()
  const path = join(folder, 'snapshot.tar')
  const dump = await engine.dumpDataDir('none')
  writeFileSync(path, Buffer.from(await dump.arrayBuffer()))
  await engine.close()
  return path
}

async function serverTemplate(server: string): Promise<string> {
  const name = `millrace_template_${process.pid}`
  const admin = openDb({ options: { connectionString: server } })
  await admin.query({ text: `create database ${name}`, values: [] })
  await admin.close()
  const db = openDb({ options: { connectionString: withDatabase(server, name) } })
  await migrate(db, migrationFolders, systemClock)
  await db.query(sql`select 1`)
  await db.close()
  return name
}

async function dropTemplate(server: string, name: string): Promise<void> {
  const admin = openDb({ options: { connectionString: server } })
  await admin.query({ text: `drop database if exists ${name} with (force)`, values: [] })
  await admin.close()
}

export function withDatabase(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

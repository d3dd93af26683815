import { globSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { reachesDatabase } from './test/support/reaches-database.ts'

const browser = 'test/browser/**/*.test.ts'
const slow = { testTimeout: 60_000, hookTimeout: 120_000 }

const embedded = {
  extends: true as const,
  test: {
    name: 'embedded',
    include: ['test/**/*.test.ts'],
    exclude: [browser],
    provide: { engine: 'embedded' as const },
    ...slow,
  },
}

const postgres = {
  extends: true as const,
  test: {
    name: 'postgres',
    // Without a database a second engine has nothing to say.
    include: globSync('test/{kernel,ingest,graph,rag,governance,campaigns,contract}/**/*.test.ts').filter(
      reachesDatabase,
    ),
    provide: { engine: 'postgres' as const },
    ...slow,
  },
}

const inBrowser = {
  extends: true as const,
  test: {
    name: 'browser',
    include: [browser],
    provide: { engine: 'embedded' as const },
    testTimeout: 300_000,
    hookTimeout: 180_000,
    // A browser, a shop and a house share the machine with what else it does.
    expect: { poll: { timeout: 30_000 } },
  },
}

if (process.env['TEST_PG_URL'] === undefined)
  process.stderr.write('TEST_PG_URL is not set: the PostgreSQL project is skipped\n')

/** The whole suite on the embedded engine; what touches the database once more on PostgreSQL where TEST_PG_URL names one. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/migrated-snapshot.ts',
    projects: process.env['TEST_PG_URL'] === undefined ? [embedded, inBrowser] : [embedded, postgres, inBrowser],
    maxWorkers: 2,
  },
})

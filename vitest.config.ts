import { defineConfig } from 'vitest/config'

const servers = process.env['TEST_PG_URL'] !== undefined
const browser = 'test/browser/**/*.test.ts'
const slow = { testTimeout: 60_000, hookTimeout: 120_000 }

/** The whole suite on the embedded engine; once more on PostgreSQL where TEST_PG_URL names one. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/migrated-snapshot.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'embedded',
          include: ['test/**/*.test.ts'],
          exclude: [browser],
          provide: { engine: 'embedded' },
          ...slow,
        },
      },
      ...(servers
        ? [
            {
              extends: true as const,
              test: {
                name: 'postgres',
                include: ['test/{kernel,ingest,graph,rag,governance,campaigns,contract}/**/*.test.ts'],
                provide: { engine: 'postgres' as const },
                ...slow,
              },
            },
          ]
        : []),
    ],
    maxWorkers: 2,
    reporters: ['default'],
  },
})

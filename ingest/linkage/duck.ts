import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBAppender, type DuckDBValue } from '@duckdb/node-api'

/** One DuckDB of its own, in memory; what does not fit is spilled to a folder that goes away with it. */
export type Duck = {
  run: (statement: string) => Promise<void>
  /** Columns of a result, in order: whole columns are far cheaper than rows. */
  columns: (query: string) => Promise<DuckDBValue[][]>
  appender: (table: string) => Promise<DuckDBAppender>
  close: () => Promise<void>
}

/** Opens an empty engine. Results are the same to the bit whatever the number of threads: order is never relied on. */
export async function openDuck(settings: { threads?: number; memory?: string } = {}): Promise<Duck> {
  const spill = await mkdtemp(join(tmpdir(), 'millrace-linkage-'))
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: settings.memory ?? '2200MB',
    temp_directory: spill,
    preserve_insertion_order: 'false',
    ...(settings.threads === undefined ? {} : { threads: String(settings.threads) }),
  })
  const connection = await instance.connect()
  return {
    run: async (statement) => void (await connection.run(statement)),
    columns: async (query) => {
      const reader = await connection.runAndReadAll(query)
      // Of a result without rows the engine gives no columns at all.
      return reader.currentRowCount === 0 ? reader.columnNames().map(() => []) : reader.getColumns()
    },
    appender: (table) => connection.createAppender(table),
    close: async () => {
      connection.closeSync()
      instance.closeSync()
      await rm(spill, { recursive: true, force: true })
    },
  }
}

/** A name as SQL reads it. */
export const named = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text as SQL reads it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

import { randomBytes } from 'node:crypto'
import { migrationFolders } from '#app/migrations.ts'
import { postgresGraph } from '#graph/adapters/postgres.ts'
import type { GraphStore } from '#graph/port.ts'
import { systemClock } from '#kernel/clock.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { migrate } from '#kernel/migrate.ts'
import { identifier, sql } from '#kernel/sql.ts'
import { contextBySql } from './by-hand-sql.ts'
import type { ByHand } from './reading.ts'

/** A store to be measured, what it is compared with, and how it is taken away again. */
export type Bench = { name: 'postgres' | 'neo4j'; store: GraphStore; byHand: ByHand; close: () => Promise<void> }

/** A database of its own on a server; `close` drops it. */
export async function freshDatabase(url: string): Promise<{ db: Db; close: () => Promise<void> }> {
  const name = `bench_graph_${randomBytes(4).toString('hex')}`
  const admin = openDb({ options: { connectionString: url, max: 1 } })
  await admin.query(sql`create database ${identifier(name)}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  const db = openDb({ options: { connectionString: own.href } })
  await migrate(db, migrationFolders, systemClock)
  const close = async (): Promise<void> => {
    await db.close()
    await admin.query(sql`drop database ${identifier(name)} with (force)`)
    await admin.close()
  }
  return { db, close }
}

/** The graph beside the canonical tables; these go with the database. */
export const inDatabase = (db: Db): Bench => ({ name: 'postgres', store: postgresGraph(db), byHand: contextBySql(db), close: () => Promise.resolve() }) // prettier-ignore

export async function postgresBench(url: string): Promise<Bench> {
  const { db, close } = await freshDatabase(url)
  return { ...inDatabase(db), close }
}

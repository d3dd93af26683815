import pg from 'pg'
import { sha256 } from './crypto.ts'
import { codeOf } from './errors.ts'
import type { Sql } from './sql.ts'
import { asTextArray } from './text-array.ts'

/** What can run a statement: the database, or one open transaction. Rows are typed by their query function. */
export type Queryable = { query: <Row = Record<string, unknown>>(statement: Sql) => Promise<Row[]> }

/**
 * One open transaction. Keep it short: the embedded engine runs one at a time. Statements are sent when they are given and run
 * in that order: those that do not need each other's answers are best given at once. After one that failed none has an effect.
 */
export type Tx = Queryable & { readonly kind: 'transaction' }

/**
 * `plans: 'kept'`: a connection that has a session of its own plans each statement of the transaction the first time it is
 * given, and not again for other values. For the same few statements over and over, under the same settings of the planner,
 * and for work that may begin anew; one whose text is ever new would stay with the connection, too.
 */
export type How = { plans?: 'kept' }

/** The canonical store, PostgreSQL or the embedded engine: both are spoken to by `pg`. */
export type Db = Queryable & {
  readonly kind: 'database'
  transaction: <T>(work: (tx: Tx) => Promise<T>, how?: How) => Promise<T>
  /** For the libraries that bring their own statements (the agent's checkpointer). */
  readonly pool: pg.Pool
  close: () => Promise<void>
}

/** Where to connect, and what to do when nothing listens there (the embedded engine is started). */
export type Connection = { options: pg.PoolConfig; revive?: () => Promise<void> }

const oid = { int8: 20, date: 1082 }

/** int8 as a number (refused beyond 2^53, where it would lose its last digits); date as `YYYY-MM-DD`. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text' | 'binary') => {
    if (id === oid.int8) return exactNumber
    if (id === oid.date) return (text: string) => text
    return pg.types.getTypeParser(id, format) as (text: string) => unknown
  }) as typeof pg.types.getTypeParser,
}

function exactNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`The database returned ${text}, too large to be exact`)
  return value
}

const nobodyListens = new Set(['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE'])

/** What a kept statement gave is of another type since a migration: its connection is of no use any more. */
const changedResult = '0A000'
/**
 * Codes of a statement that another connection prepared, or ours in another session: connections share sessions, as those of
 * the embedded engine and of poolers do. Nothing is kept from then on.
 */
const othersStatement = ['42P05', '26000']
const notKept = new Set([changedResult, ...othersStatement])

/** A connection is opened anew after so long, and what it planned by what the tables held is planned by what they hold now. */
const maxLifetimeSeconds = 600

/** Opens a pool. Nothing is connected until the first statement. */
export function openDb(connection: Connection): Db {
  const pool = new pg.Pool({ max: 8, types, pipeline: true, maxLifetimeSeconds, ...connection.options })
  // An idle connection that breaks (the engine was killed) is dropped by the pool; the next one revives the engine.
  pool.on('error', () => {})
  // One that breaks in use rejects its statement; the event beside it would end the process.
  pool.on('connect', (client) => void client.on('error', () => {}))
  const client = (): Promise<pg.PoolClient> => connected(pool, connection.revive)
  const sessions = { own: true }
  return {
    kind: 'database',
    pool,
    query: async <Row>(statement: Sql) => {
      const held = await client()
      try {
        return await run<Row>(held, statement)
      } finally {
        held.release()
      }
    },
    transaction: async (work, how) => {
      if (!how || !sessions.own) return inTransaction(client, work)
      try {
        return await inTransaction(client, work, how)
      } catch (fault) {
        const code = codeOf(fault) ?? ''
        if (!notKept.has(code)) throw fault
        if (code !== changedResult) sessions.own = false
        return inTransaction(client, work)
      }
    },
    close: () => pool.end(),
  }
}

async function connected(pool: pg.Pool, revive?: () => Promise<void>): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (fault) {
    if (!revive || !nobodyListens.has(codeOf(fault) ?? '')) throw fault
    await revive()
    return pool.connect()
  }
}

async function run<Row>(client: pg.PoolClient, { text, values }: Sql, { plans }: How = {}): Promise<Row[]> {
  const name = plans === 'kept' ? nameOf(text) : undefined
  const result: unknown = await client.query({ ...(name && { name }), text, values: values.map(asTextArray) })
  // Several statements in one text give one result each: the last is the answer.
  const last = (Array.isArray(result) ? result.at(-1) : result) as pg.QueryResult | undefined
  return (last?.rows ?? []) as Row[]
}

const names = new Map<string, string>()

/** What a statement that is kept goes by. */
function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = sha256(text).slice(0, 32)
  names.set(text, name)
  return name
}

const beginToKeep = 'begin; set local plan_cache_mode = force_generic_plan'

async function inTransaction<T>(
  client: () => Promise<pg.PoolClient>,
  work: (tx: Tx) => Promise<T>,
  how?: How,
): Promise<T> {
  const held = await client()
  const statements = statementsOf(held, how)
  let broken: Error | undefined
  try {
    await held.query(how?.plans === 'kept' ? beginToKeep : 'begin')
    const result = await work({ kind: 'transaction', query: statements.query })
    statements.end()
    const done = await held.query('commit')
    if (done.command !== 'COMMIT')
      throw new Error('The transaction was rolled back: a statement of it failed and was passed over')
    return result
  } catch (fault) {
    statements.end()
    // A connection that cannot even roll back is not returned to the pool, nor one that lost what it kept.
    if (how && notKept.has(codeOf(fault) ?? '')) broken = fault as Error
    await held.query('rollback').catch((second: unknown) => {
      broken = second instanceof Error ? second : new Error(String(second))
    })
    throw fault
  } finally {
    held.release(broken)
  }
}

/**
 * The statements of one transaction, sent as they are given. After one that failed all fail as it did: those that were on
 * their way, which PostgreSQL refuses for being behind it, and later ones, which are not sent. Nothing is sent after the end.
 */
function statementsOf(held: pg.PoolClient, how?: How) {
  let over: { fault: unknown } | null = null
  return {
    end: (): void => {
      over ??= { fault: new Error('A statement was given to a transaction that is over') }
    },
    query: async <Row>(statement: Sql): Promise<Row[]> => {
      if (over) throw over.fault
      try {
        return await run<Row>(held, statement, how)
      } catch (fault) {
        over ??= { fault }
        throw over.fault
      }
    },
  }
}

/** Runs a statement that must give exactly one row. */
export async function one<Row>(db: Queryable, statement: Sql): Promise<Row> {
  const rows = await db.query<Row>(statement)
  if (rows.length !== 1) throw new Error(`Expected one row, got ${rows.length}`)
  return rows[0]!
}

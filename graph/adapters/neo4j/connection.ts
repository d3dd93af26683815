import neo4j, { Neo4jError, type Driver, type EagerResult, type ManagedTransaction } from 'neo4j-driver'
import type { Stored } from './rows.ts'

export type Settings = {
  /** `bolt://` for one server, `neo4j://` for a cluster; `+s` for TLS. Neo4j 5.26 or newer. */
  uri: string
  user?: string | undefined
  /** None for a server that asks for none. */
  password?: string | undefined
  /** The server's default database when left out. */
  database?: string | undefined
  /** Keeps several graphs apart in one database. */
  space?: string | undefined
}

/** Runs a statement; rows as plain objects. */
export type Run = <Row extends Record<string, unknown>>(cypher: string, parameters?: Stored) => Promise<Row[]>

/**
 * How the adapter speaks to Neo4j. Everything but `alone` is a managed transaction: the driver repeats what failed
 * for a passing reason (a deadlock, a new leader). Reads go to any member of a cluster and see what was written here.
 */
export type Connection = {
  space: string
  read: Run
  /** Several reading statements in one transaction. */
  reading: <T>(work: (run: Run) => Promise<T>) => Promise<T>
  writing: <T>(work: (run: Run) => Promise<T>) => Promise<T>
  /** For CALL … IN TRANSACTIONS, which opens its own: what it runs must be safe to repeat. */
  alone: Run
  close: () => Promise<void>
}

/** Longer, and the server stops the answer. A generation that stepped down is kept for longer than this. */
export const readTimeoutMs = 60_000

const limits = {
  connectionTimeout: 10_000,
  connectionAcquisitionTimeout: 30_000,
  maxConnectionLifetime: 3_600_000,
  maxTransactionRetryTime: 30_000,
}

export function connect(settings: Settings): Connection {
  const auth = settings.password ? neo4j.auth.basic(settings.user ?? 'neo4j', settings.password) : undefined
  // Counts and money are far below 2^53, and written as integers: as plain numbers they lose nothing.
  const driver = neo4j.driver(settings.uri, auth, { ...limits, disableLosslessIntegers: true })
  const database = settings.database === undefined ? {} : { database: settings.database }
  const space = settings.space ?? 'millrace'
  if (!/^[\w-]+$/.test(space))
    throw new Error(`A space of the graph is named by letters, digits and hyphens, not "${space}"`)
  // Asked once, and not repeated as transactions are: who is not there, or too old, is told at once.
  let met: Promise<void> | undefined
  const meet = async (): Promise<void> => refuseOld((await driver.getServerInfo(database)).agent ?? 'an unnamed server')
  const said = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      met ??= meet()
      await met.catch((error: unknown) => {
        met = undefined
        throw error
      })
      return await work()
    } catch (error) {
      return fail(error, settings)
    }
  }
  const session = (defaultAccessMode: 'READ' | 'WRITE') =>
    driver.session({ ...database, defaultAccessMode, bookmarkManager: driver.executeQueryBookmarkManager })
  const within = <T>(mode: 'READ' | 'WRITE', work: (open: ReturnType<Driver['session']>) => Promise<T>): Promise<T> =>
    said(async () => {
      const open = session(mode)
      try {
        return await work(open)
      } finally {
        await open.close()
      }
    })
  return {
    space,
    read: <Row extends Record<string, unknown>>(cypher: string, parameters: Stored = {}) =>
      said(async () => {
        const { records } = await driver.executeQuery<EagerResult<Row>>(
          cypher,
          { space, ...parameters },
          { ...database, routing: neo4j.routing.READ, transactionConfig: { timeout: readTimeoutMs } },
        )
        return records.map((record) => record.toObject())
      }),
    reading: (work) =>
      within('READ', (open) => open.executeRead((tx) => work(runner(tx, space)), { timeout: readTimeoutMs })),
    writing: (work) => within('WRITE', (open) => open.executeWrite((tx) => work(runner(tx, space)))),
    alone: (cypher, parameters) => within('WRITE', (open) => runner(open, space)(cypher, parameters)),
    close: () => driver.close(),
  }
}

const runner =
  (on: Pick<ManagedTransaction, 'run'>, space: string): Run =>
  async <Row extends Record<string, unknown>>(cypher: string, parameters: Stored = {}) => {
    const { records } = await on.run<Row>(cypher, { space, ...parameters })
    return records.map((record) => record.toObject())
  }

/** Calendar versions (2025.01) come after 5. */
function refuseOld(agent: string): void {
  const [, major = '0', minor = '0'] = /^Neo4j\/(\d+)\.(\d+)/.exec(agent) ?? []
  if (Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 26)) return
  throw new Error(`The graph needs Neo4j 5.26 or newer, and this is ${agent}: upgrade it, or leave NEO4J_URI empty`)
}

/** Says what to do where the code of the error tells it. Neither address nor message carries a password. */
function fail(error: unknown, settings: Settings): never {
  if (!(error instanceof Neo4jError)) throw error
  const todo = advice(error.code, settings)
  throw todo === null ? error : new Error(todo, { cause: error })
}

function advice(code: string, { uri, user, database }: Settings): string | null {
  const at = URL.canParse(uri) ? new URL(uri).host : 'the address in NEO4J_URI'
  switch (code) {
    case 'ServiceUnavailable':
    case 'SessionExpired':
      return `Neo4j does not answer at ${at}: start it, or correct NEO4J_URI. The graph is a projection: nothing is lost`
    case 'Neo.ClientError.Security.Unauthorized':
    case 'Neo.ClientError.Security.CredentialsExpired':
      return `Neo4j at ${at} refuses the user ${user ?? 'neo4j'}: correct NEO4J_USER and NEO4J_PASSWORD`
    case 'Neo.ClientError.Security.AuthenticationRateLimit':
      return `Neo4j at ${at} refused the user ${user ?? 'neo4j'} too often: correct NEO4J_PASSWORD, wait a few seconds and try again`
    case 'Neo.ClientError.Security.Forbidden':
      return `Neo4j does not let the user ${user ?? 'neo4j'} do that: grant what docs/neo4j.md lists`
    case 'Neo.ClientError.Database.DatabaseNotFound':
      return `Neo4j at ${at} has no database ${database ?? 'of that name'}: create it, or leave it out for the default one`
    case 'Neo.ClientError.Transaction.TransactionTimedOut':
    case 'Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration':
      return `Neo4j took longer than ${readTimeoutMs / 1000} s over an answer and stopped: ask for less, or give the server more memory (docs/neo4j.md)`
    case 'Neo.TransientError.General.MemoryPoolOutOfMemoryError':
    case 'Neo.TransientError.General.OutOfMemoryError':
      return 'Neo4j has too little memory for this: raise server.memory.heap.max_size (docs/neo4j.md)'
    default:
      return null
  }
}

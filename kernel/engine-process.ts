import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { codeOf, messageOf } from './errors.ts'
import { prepareSocket } from './engine.ts'
import { PGliteServer } from './pglite-server.ts'

/**
 * The owner of an embedded data directory: takes the lock, opens PGlite, serves its socket, and ends when
 * nobody has been connected for a while. Run as `node engine-process.ts HOME`; never imported.
 */
const idleMs = 3_000
const home = process.argv[2]
if (home === undefined) throw new Error('The engine needs its data directory as its argument')

const lock = takeLock(join(home, 'lock'))
if (lock) await serve(home)

/** An exclusive transaction on a SQLite file: the operating system frees it at any death of its holder. */
function takeLock(path: string): DatabaseSync | null {
  const file = new DatabaseSync(path)
  try {
    file.exec('pragma busy_timeout = 0; begin exclusive')
    return file
  } catch (fault) {
    if (codeOf(fault) === 'ERR_SQLITE_ERROR') return null
    throw fault
  }
}

async function serve(folder: string): Promise<void> {
  const engine = await PGlite.create(join(folder, 'data'), { extensions: { vector } })
  const server = new PGliteServer(engine, (fault) => void process.stderr.write(`${messageOf(fault)}\n`))
  await server.listen(prepareSocket(folder))
  const stopping = new AbortController()
  process.once('SIGTERM', () => stopping.abort())
  process.once('SIGINT', () => stopping.abort())
  let idleSince = performance.now()
  while (!stopping.signal.aborted && (server.clientCount > 0 || performance.now() - idleSince < idleMs)) {
    if (server.clientCount > 0) idleSince = performance.now()
    await pause(100)
  }
  await server.close()
  await engine.close()
}

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Connection } from './db.ts'

/** PostgreSQL clients find a Unix socket by folder and port. */
const socketName = '.s.PGSQL.5432'
const longestSocketPath = 100
const patienceMs = 60_000

/** The folder of the engine's socket: the data directory, or a short one where that path would be too long. */
export function socketFolder(home: string): string {
  if (join(home, socketName).length <= longestSocketPath) return home
  return join(tmpdir(), `millrace-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`)
}

export const socketPath = (home: string): string => join(socketFolder(home), socketName)

/**
 * The embedded engine of a data directory: joined when it runs, started when it does not.
 * It is a process of its own that ends when nobody is connected, so a verb that ends early, or is killed,
 * takes no other verb's database with it (docs/decisions/001-engine-process.md).
 */
export async function embeddedConnection(home: string): Promise<Connection> {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  await ensureEngine(home)
  return {
    options: { host: socketFolder(home), port: 5432, user: 'postgres', database: 'postgres', max: 4 },
    revive: () => ensureEngine(home),
  }
}

async function ensureEngine(home: string): Promise<void> {
  const path = socketPath(home)
  const deadline = performance.now() + patienceMs
  let started = 0
  while (performance.now() < deadline) {
    if (await answers(path)) return
    // Several starts do no harm: the lock admits one, the others leave. Starting again heals a killed one.
    if (performance.now() - started > 5_000 || started === 0) {
      start(home)
      started = performance.now()
    }
    await pause(50)
  }
  throw new Error(
    `The embedded engine of ${home} did not answer within ${patienceMs / 1000} s; see ${join(home, 'engine.log')}`,
  )
}

function start(home: string): void {
  const log = openSync(join(home, 'engine.log'), 'a', 0o600)
  const program = fileURLToPath(new URL('./engine-process.ts', import.meta.url))
  const child = spawn(process.execPath, [program, home], { detached: true, stdio: ['ignore', log, log] })
  child.unref()
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path)
    socket.once('connect', () => resolve(socket.destroy() && true))
    socket.once('error', () => resolve(false))
  })
}

/** Makes room for the socket: the file of a dead owner is removed. Only for the holder of the lock. */
export function prepareSocket(home: string): string {
  const path = socketPath(home)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (existsSync(path)) rmSync(path)
  return path
}

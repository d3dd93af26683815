import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect } from 'vitest'
import { openDb, type Db } from '#kernel/db.ts'
import { embeddedConnection } from '#kernel/engine.ts'
import { root } from '#test/support/source-files.ts'

/** How a verb ended. */
export type Ended = { code: number | null; stdout: string; stderr: string }

export type Place = {
  /** Its data directory. */
  home: string
  /** Where the user stands. */
  from?: string
  env?: Readonly<Record<string, string>>
  /** Whether the verb leads a process group of its own, to be killed with all that is in it. */
  ownGroup?: boolean
}

/** A verb that runs: what it has printed so far, and its end. */
export type Running = { child: ChildProcess; stdout: () => string; ended: Promise<Ended> }

const program = ['--disable-warning=ExperimentalWarning', join(root, 'app/cli.ts')]

const running = new Set<ChildProcess>()

/** Starts a verb as the launcher does: the settings are those given here and no others. */
export function startMillrace(place: Place, ...args: string[]): Running {
  const env = {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
    MILLRACE_HOME: place.home,
    INIT_CWD: place.from ?? root,
    ...place.env,
  }
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: root,
    env,
    detached: place.ownGroup === true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }))
  return { child, stdout: () => stdout, ended }
}

/** Runs a verb to its end. */
export const millrace = (place: Place, ...args: string[]): Promise<Ended> => startMillrace(place, ...args).ended

/** Runs a verb that must succeed, and reads its JSON. */
export async function millraceJson<T>(place: Place, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await millrace(place, ...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as T
}

/** Waits for the first line of a verb that goes on; fails with what it said when it ended instead. */
export async function firstLine(verb: Running): Promise<string> {
  for (;;) {
    const line = /^(.*)\n/.exec(verb.stdout())?.[1]
    if (line !== undefined) return line
    const ended = await Promise.race([verb.ended, pause(20)])
    if (ended) throw new Error(`It ended with ${ended.code} instead of going on: ${ended.stderr}`)
  }
}

/** Process ids of the engine of a data directory. */
export function enginesOf(home: string): number[] {
  try {
    const found = execFileSync('pgrep', ['-f', `engine-process.ts ${home}$`], { encoding: 'utf8' })
    return found.trim().split('\n').map(Number)
  } catch {
    return []
  }
}

/** A data directory for the tests of a file; it is gone after them, as is every verb they left running. */
export function testHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'millrace-app-'))
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL')
    for (const engine of enginesOf(home)) endProcess(engine, 'SIGTERM')
    for (let tries = 0; enginesOf(home).length > 0 && tries < 100; tries++) await pause(100)
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  })
  return home
}

/** Ends a process that may have ended already. */
export function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It was faster.
  }
}

/** Keeps the engine of a data directory running during the tests of a file, so that it starts once. */
export function heldDatabase(home: string): () => Db {
  let db: Db | undefined
  let release = (): void => {}
  beforeAll(async () => {
    db = openDb(await embeddedConnection(home))
    const client = await db.pool.connect()
    release = () => client.release()
  })
  afterAll(async () => {
    release()
    await db?.close()
  })
  return () => {
    if (!db) throw new Error('The database opens in beforeAll: use it inside tests')
    return db
  }
}

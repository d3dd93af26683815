import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { paceSetting } from './pace.ts'

const program = fileURLToPath(new URL('../../app/cli.ts', import.meta.url))
const clock = pathToFileURL(fileURLToPath(new URL('hurried-clock.ts', import.meta.url))).href
const restMs = 300

/** A process that is started again whenever it ends, as a supervisor of services does. */
export type Kept = {
  /** The process that sends for it, if it has one now. */
  sender: () => Promise<number | null>
  /** Kills it with all its children, as a machine dies; resolves when it is gone. */
  kill: () => Promise<void>
  /** Its last words whenever it ended and nobody had killed it. */
  ownEnds: readonly string[]
  stop: () => Promise<void>
}

type Place = { verb: 'start' | 'worker'; env: Readonly<Record<string, string>>; pace: string; folder: string }

/** Starts `millrace start` or `worker` as a user would, with the storm's clock, and keeps it going. */
export function keepGoing({ verb, env, pace, folder }: Place): Kept {
  let child: ChildProcess
  const stopping = new AbortController()
  let killed = false
  const ownEnds: string[] = []
  const words = join(folder, `${verb}.log`)
  const log = openSync(words, 'a')
  process.once('exit', () => child.pid !== undefined && endProcess(-child.pid, 'SIGKILL'))
  const going = (async () => {
    while (!stopping.signal.aborted) {
      killed = false
      child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, verb], {
        env: { PATH: process.env['PATH'], ...env, [paceSetting]: pace, NODE_OPTIONS: `--import=${clock}` },
        stdio: ['ignore', 'ignore', log],
        detached: true,
      })
      await once(child, 'exit')
      if (stopping.signal.aborted) return
      if (!killed) ownEnds.push(`${verb}: ${readFileSync(words, 'utf8').trimEnd().slice(-1_200)}`)
      await pause(restMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  const end = async (signal: NodeJS.Signals, whole: boolean): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    const gone = once(child, 'exit')
    endProcess(whole ? -child.pid : child.pid, signal)
    await gone
  }
  return {
    sender: async () => (await pidsOf('-P', String(child.pid), '-f', 'sending-process.ts'))[0] ?? null,
    kill: () => {
      killed = true
      return end('SIGKILL', true)
    },
    ownEnds,
    stop: async () => {
      stopping.abort()
      const impatience = setTimeout(() => void end('SIGKILL', true), 20_000)
      await end('SIGTERM', false)
      await going
      clearTimeout(impatience)
    },
  }
}

/** Ids of the processes that `pgrep` finds. */
export async function pidsOf(...words: string[]): Promise<number[]> {
  const found = await promisify(execFile)('pgrep', words).catch(() => ({ stdout: '' }))
  return found.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(Number)
}

/** Ends a process, or with a negative id a group of them, that may have ended already. */
export function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It was faster.
  }
}

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { House } from './wire.ts'

const program = fileURLToPath(new URL('sending-process.ts', import.meta.url))
/** A process that only sends has little to remember; a small heap is swept more often, which costs less than it saves. */
const heap = ['--max-old-space-size=256', '--max-semi-space-size=16']
/** What Node runs to send. */
export const sendingCommand: readonly string[] = ['--disable-warning=ExperimentalWarning', ...heap, program]
const restMs = 1_000

/**
 * Sends what is due, until stopped, in a process of its own: pages stay quick while a campaign leaves, and sending stays
 * small. One that dies is started again. The groups that are leaving are finished before the stop.
 */
export function startSending(house: House, publicUrl: string): () => Promise<void> {
  if (!house.channel && house.texts.length === 0) return () => Promise.resolve()
  const stopping = new AbortController()
  let child: ChildProcess
  const keepGoing = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      child = started(house, publicUrl)
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
      if (stopping.signal.aborted) return
      house.log.error({ code, signal }, 'the process that sends ended; it is started again')
      await pause(restMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const ended = keepGoing()
  return () => {
    stopping.abort()
    child.stdin?.end()
    return ended
  }
}

function started({ config }: House, publicUrl: string): ChildProcess {
  const child = spawn(process.execPath, sendingCommand, {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  // A process that is gone before it has read is started again.
  child.stdin.on('error', () => {})
  child.stdin.write(`${JSON.stringify({ config, publicUrl })}\n`)
  return child
}

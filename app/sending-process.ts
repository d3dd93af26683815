import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { runWorker } from '#campaigns/delivery/worker.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Config } from '#kernel/config.ts'
import { openWorkers } from './wire-mail.ts'

// Sends what is due, for a house open in the process that started this one: its first line on stdin says which. Ends,
// behind the groups that are leaving, at the end of stdin, so that it never outlives that process, or at a signal.
const stopping = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
const input = createInterface({ input: process.stdin }).once('close', () => stopping.abort())
const [line] = (await once(input, 'line')) as [string]
const { config, publicUrl } = JSON.parse(line) as { config: Config; publicUrl: string }
const { workers, close } = await openWorkers(config, systemClock, publicUrl)
await Promise.all(workers.map((settings) => runWorker(settings, stopping.signal)))
await close()
process.exit(0)

import { Worker } from 'node:worker_threads'
import type { Clock } from './clock.ts'
import { sealedColumns, sealPayload, type SealedColumns } from './keys.ts'

/** Below this many, asking another thread takes longer than doing it here. */
const fewest = 200

/**
 * Seals many payloads, as `sealPayload` does each, into columns that go to the database as they are. By the hundred they are
 * sealed in a thread beside this one, which meanwhile goes on; that thread starts with the first of them and keeps nothing
 * alive.
 */
export async function sealAll(
  houseKey: Uint8Array,
  clock: Clock,
  payloads: readonly Uint8Array[],
): Promise<SealedColumns> {
  const asked = { houseKey, at: clock(), sizes: payloads.map(({ length }) => length), bytes: Buffer.concat(payloads) }
  return payloads.length < fewest ? sealedHere(asked) : sealedBeside(asked)
}

/** Payloads one behind the other, with their lengths, and when their keys are made. */
export type Asked = { houseKey: Uint8Array; at: Date; sizes: readonly number[]; bytes: Uint8Array }

export function sealedHere({ houseKey, at, sizes, bytes }: Asked): SealedColumns {
  let from = 0
  return sealedColumns(sizes.map((size) => sealPayload(houseKey, () => at, bytes.subarray(from, (from += size)))))
}

type Waiting = { resolve: (sealed: SealedColumns) => void; reject: (fault: Error) => void }
let beside: { worker: Worker; waiting: Waiting[] } | null = null

/** Asks the thread beside this one, which answers in the order it was asked. */
function sealedBeside(asked: Asked): Promise<SealedColumns> {
  const { worker, waiting } = (beside ??= started())
  return new Promise((resolve, reject) => {
    worker.postMessage(asked, [])
    worker.ref()
    waiting.push({ resolve, reject })
  })
}

function started(): { worker: Worker; waiting: Waiting[] } {
  const worker = new Worker(new URL('sealing-worker.ts', import.meta.url))
  const waiting: Waiting[] = []
  worker.on('message', (sealed: SealedColumns) => {
    waiting.shift()?.resolve(sealed)
    if (waiting.length === 0) worker.unref()
  })
  const gone = (fault: Error): void => {
    if (beside?.worker === worker) beside = null
    for (const { reject } of waiting.splice(0)) reject(fault)
  }
  worker.on('error', gone)
  worker.on('messageerror', gone)
  worker.on('exit', () => gone(new Error('The thread that seals records ended')))
  return { worker, waiting }
}

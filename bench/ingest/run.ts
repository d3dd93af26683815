import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseMapping } from '#ingest/mapping.ts'
import { batchesOf, itemsOf } from '#ingest/run.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { systemClock } from '#kernel/clock.ts'
import { ordersMapping, writeOrders } from './write-orders.ts'

const here = fileURLToPath(import.meta.url)
const cli = fileURLToPath(new URL('../../app/cli.ts', import.meta.url))
const megabyte = 1_000_000

type Measured = { rows: number; seconds: number; peakMb: number; engineMb: number }

/** Takes in two files, a small one and a large one, each into a house of its own, and prints speed and memory of both. */
async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      megabytes: { type: 'string', default: '200' },
      baseline: { type: 'string', default: '20' },
      'row-bytes': { type: 'string', default: '250' },
      'read-only': { type: 'boolean' },
      read: { type: 'string' },
    },
  })
  if (values.read !== undefined) return readThrough(values.read)
  const folder = mkdtempSync(join(tmpdir(), 'ingest-bench-'))
  try {
    for (const size of [Number(values.baseline), Number(values.megabytes)]) {
      const file = join(folder, `orders-${size}.csv`)
      const rows = await writeOrders(file, size * megabyte, Number(values['row-bytes']))
      const program = values['read-only'] === true ? [here, '--read', file] : [cli, 'ingest', 'orders', file, '--map', ordersMapping, '--json'] // prettier-ignore
      const { seconds, peakMb, engineMb } = await measured(program, join(folder, `house-${size}`))
      process.stdout.write(`${lineOf(file, { rows, seconds, peakMb, engineMb })}\n`)
      rmSync(file)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 })
  }
}

function lineOf(file: string, { rows, seconds, peakMb, engineMb }: Measured): string {
  const megabytes = Math.round(statSync(file).size / megabyte)
  const speed = `${Math.round(rows / seconds)} rows/s, ${(megabytes / seconds).toFixed(1)} MB/s`
  const engine = engineMb > 0 ? `, engine ${engineMb} MB` : ''
  return `${basename(file)}: ${rows} rows, ${megabytes} MB in ${seconds.toFixed(1)} s, ${speed}, peak ${peakMb} MB${engine}`
}

/** Reads and understands every row, and writes nothing: what is left when there is no database. */
async function readThrough(path: string): Promise<void> {
  const reached = { done: 0, total: 0 }
  const setting = { clock: systemClock, zone: 'Europe/Amsterdam', currency: 'EUR', country: 'NL' }
  const files = [{ name: basename(path), path }]
  let rows = 0
  for await (const batch of batchesOf(itemsOf(files, ordersCsv(parseMapping(ordersMapping)), setting, reached)))
    rows += batch.filter((item) => item.is === 'row' || item.is === 'rejected').length
  process.stdout.write(`${JSON.stringify({ rows })}\n`)
}

/** Runs a program in a process of its own, and watches the clock and the memory of it and of the house's engine. */
async function measured(program: readonly string[], home: string): Promise<Omit<Measured, 'rows'>> {
  const from = performance.now()
  const env = { ...process.env, MILLRACE_HOME: home, BUSINESS_CURRENCY: 'EUR' }
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...program], { env, stdio: ['ignore', 'ignore', 'inherit'] }) // prettier-ignore
  let [peakMb, engineMb] = [0, 0]
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid))
    engineMb = Math.max(engineMb, ...enginesOf(home).map(peakOf))
  }, 250)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(watch)
  // Exit code 3: some rows are quarantined, as they should be.
  if (code !== 0 && code !== 3) throw new Error(`${program.join(' ')} ended with ${code}`)
  return { seconds: (performance.now() - from) / 1000, peakMb, engineMb }
}

/** The most memory a process has ever held, in megabytes, as Linux counts it; 0 elsewhere, or when it is gone. */
function peakOf(pid: number | undefined): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}

function enginesOf(home: string): number[] {
  return processes().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(home)
    } catch {
      return false
    }
  })
}

function processes(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter((pid) => pid > 0) // prettier-ignore
  } catch {
    return []
  }
}

await main(process.argv.slice(2))

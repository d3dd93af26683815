import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const program = fileURLToPath(new URL('../../app/cli.ts', import.meta.url))

/** What the tool says of its work, where it says it; unknown keys are left alone. */
const reportShape = z.object({
  pairs: z.number().optional(),
  phases: z.array(z.object({ name: z.string(), seconds: z.number() })).optional(),
  warnings: z.array(z.unknown()).optional(),
})
export type ToolReport = z.infer<typeof reportShape>

export type Measured = { code: number | null; seconds: number; peakMb: number | null; report: ToolReport; said: string }

/** Runs `millrace VERB… --json` in a process of its own, and watches the clock and its memory. */
export async function measure(args: readonly string[], echo: boolean): Promise<Measured> {
  const from = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args, '--json'], {
    env: { ...process.env, INIT_CWD: process.cwd() },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, said, peakMb] = ['', '', null as number | null]
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (echo) process.stderr.write(text)
  })
  const watch = setInterval(() => (peakMb = peakOf(child.pid) ?? peakMb), 20)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(watch)
  const seconds = (performance.now() - from) / 1000
  return { code, seconds, peakMb, report: code === 0 ? reportOf(stdout) : {}, said }
}

/** The most memory a process has ever held, as Linux counts it; null elsewhere, or when it is gone. */
function peakOf(pid: number | undefined): number | null {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return found ? Math.round(Number(found[1]) / 1024) : null
  } catch {
    return null
  }
}

function reportOf(stdout: string): ToolReport {
  try {
    const parsed = reportShape.safeParse(JSON.parse(stdout))
    return parsed.success ? parsed.data : {}
  } catch {
    return {}
  }
}

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What a sink says of itself since it was last reset. */
export type Counts = { count: number; first: string | null; per_second: number; distinct: number; duplicates: number; rejected: number; connections_peak: number } // prettier-ignore

export const countsOf = async (url: string): Promise<Counts> => (await (await fetch(`${url}/stats`)).json()) as Counts
export const reset = async (url: string): Promise<void> => void (await fetch(`${url}/reset`, { method: 'POST' }))

const ticksPerSecond = 100

/** CPU seconds a process took so far, with its children that ended; 0 where the system does not say. */
export function cpuSeconds(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / ticksPerSecond
  } catch {
    return 0
  }
}

/** The same of a process and all that it started. */
export function treeSeconds(pid: number | undefined): number {
  if (pid === undefined) return 0
  let children: string[] = []
  try {
    children = execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')
  } catch {
    // None.
  }
  return children.reduce((sum, child) => sum + treeSeconds(Number(child)), cpuSeconds(pid))
}

/** The most memory a process ever held, in MB. */
export function peakMb(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

export const loadNow = (): string => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 2).join(' ')

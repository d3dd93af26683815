import { performance } from 'node:perf_hooks'

export const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Milliseconds that something takes. */
export async function took<T>(work: () => Promise<T>): Promise<{ ms: number; answer: T }> {
  const start = performance.now()
  const answer = await work()
  return { ms: performance.now() - start, answer }
}

/** One call after another. */
export async function each<T>(list: readonly T[], work: (one: T) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (const one of list) times.push((await took(() => work(one))).ms)
  return times
}

export const share = (times: readonly number[], of: number): number => times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * of))] ?? 0 // prettier-ignore

/** A line of a table: what, of which store, and figures. */
export function line(what: string, store: string, figures: Readonly<Record<string, string | number>>): void {
  const words = Object.entries(figures).map(([name, value]) => `${name} ${typeof value === 'number' ? shown(value) : value}`) // prettier-ignore
  process.stdout.write(`${what.padEnd(34)}${store.padEnd(10)}${words.join('  ')}\n`)
}

const shown = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en-GB') : value.toFixed(1))

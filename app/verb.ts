import type { ParseArgsOptionsConfig } from 'node:util'
import { resolve } from 'node:path'
import type { Config } from '#kernel/config.ts'
import type { Log } from '#kernel/log.ts'
import { stopOnSignal } from '#kernel/shutdown.ts'

/** What a verb ends with; programs and timetables read it. */
export const exit = { done: 0, fault: 1, usage: 2, quarantined: 3, refused: 4 } as const

/** One call of a verb. stdout is the answer (`print`, `printJson`); everything else goes to stderr (`say`). */
export type Call = {
  config: Config
  /** Where the user stands: relative paths start here. */
  from: string
  positionals: readonly string[]
  json: boolean
  text: (option: string) => string | undefined
  flag: (option: string) => boolean
  print: (line: string) => void
  printJson: (value: unknown) => void
  say: (line: string) => void
}

export type Verb = {
  name: string
  about: string
  usage: readonly string[]
  /** How many words it takes besides options; none unless told. */
  takes?: number
  options: ParseArgsOptionsConfig
  /** What `--help` says of each option. */
  explains: Readonly<Record<string, string>>
  run: (call: Call) => Promise<number>
}

/** A path the user gave, from where the user stands. */
export const pathOf = (call: Call, path: string): string => resolve(call.from, path)

/** Prints an answer as JSON where a program asked for it, else in words. */
export function answer(call: Call, value: unknown, words: readonly string[]): void {
  if (call.json) call.printJson(value)
  else for (const line of words) call.print(line)
}

export type Stop = () => Promise<void>

/**
 * For verbs that go on until SIGTERM or SIGINT: `open` adds to `stops` what it opens, as it opens it. Where opening
 * fails, what is open already is closed, so that the process can end.
 */
export async function untilStopped(stops: Stop[], open: () => Promise<{ log: Log }>): Promise<void> {
  const { log } = await open().catch(async (fault: unknown) => {
    await closeAll(stops)
    throw fault
  })
  await stopOnSignal(log, stops)
}

/** Closes what was opened, newest first; one that cannot be closed does not keep the others open. */
export async function closeAll(stops: readonly Stop[]): Promise<void> {
  for (const stop of stops.toReversed()) await stop().catch(() => {})
}

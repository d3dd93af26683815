import type { ParseArgsOptionsConfig } from 'node:util'
import { resolve } from 'node:path'
import type { Config } from '#kernel/config.ts'

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

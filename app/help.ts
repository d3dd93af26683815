import type { Verb } from './verb.ts'
import { allVerbs } from './verbs.ts'

/** Every verb in a line, and what commands end with. */
export async function overview(): Promise<string> {
  const verbs = await allVerbs()
  const width = Math.max(...verbs.map((verb) => verb.name.length)) + 2
  const lines = verbs.map((verb) => `  ${verb.name.padEnd(width)}${verb.about}`)
  return `Millrace: from raw data to an approved, sent and accounted campaign.\n\nUsage: npm run -s millrace -- VERB …\n\n${lines.join('\n')}\n\nEvery verb explains itself with --help. --json prints the answer for programs.\nExit codes: 0 done, 1 fault, 2 usage, 3 some rows quarantined, 4 refused.\n`
}

/** What a verb says of itself: what it is for, how it is called, and every option. */
export function helpOf(verb: Verb): string {
  const options = { ...verb.explains, json: 'print the answer as JSON', help: 'this page' }
  const width = Math.max(...Object.keys(options).map((name) => name.length)) + 4
  const lines = Object.entries(options).map(([name, about]) => `  ${`--${name}`.padEnd(width)}${about}`)
  return `${verb.about}\n\n${verb.usage.map((line) => `Usage: millrace ${line}`).join('\n')}\n\n${lines.join('\n')}\n`
}

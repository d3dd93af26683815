import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { readConfig } from '#kernel/config.ts'
import { codeOf, messageOf, RefusedError, UsageError } from '#kernel/errors.ts'
import { helpOf, overview } from './help.ts'
import { exit, type Call, type Verb } from './verb.ts'
import { loadVerb, verbNames } from './verbs.ts'

const shared = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
} as const satisfies ParseArgsOptionsConfig

function leftEarly(fault: Error): void {
  if (codeOf(fault) !== 'EPIPE') throw fault
}

async function main(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args)
  } catch (fault) {
    return explain(fault)
  }
}

async function dispatch([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined) throw new UsageError((await overview()).trimEnd())
  if (name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(await overview())
    return exit.done
  }
  const verb = await loadVerb(name)
  if (!verb) throw new UsageError(`There is no verb "${name}". Verbs: ${verbNames.join(', ')}`)
  const { values, positionals } = parse(verb, rest)
  if (values['help'] === true) {
    process.stdout.write(helpOf(verb))
    return exit.done
  }
  const spare = positionals[verb.takes ?? 0]
  if (spare !== undefined) throw new UsageError(`"${spare}" is one word too many.\n${tryHelp(verb)}`)
  return verb.run(callOf(values, positionals))
}

function parse(verb: Verb, args: readonly string[]): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options: { ...shared, ...verb.options }, allowPositionals: true, strict: true })
  } catch (fault) {
    const [problem] = messageOf(fault).split('. ')
    throw new UsageError(`${problem}.\n${tryHelp(verb)}`, { cause: fault })
  }
}

const tryHelp = (verb: Verb): string => `Try: millrace ${verb.name} --help`

function callOf(values: Record<string, unknown>, positionals: readonly string[]): Call {
  const config = readConfig()
  const text = (option: string): string | undefined => (typeof values[option] === 'string' ? values[option] : undefined)
  return {
    config,
    from: config.from,
    positionals,
    json: values['json'] === true,
    text,
    flag: (option) => values[option] === true,
    print: (line) => void process.stdout.write(`${line}\n`),
    printJson: (value) => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    say: (line) => void process.stderr.write(`${line}\n`),
  }
}

/** Faults of the surroundings, by their codes: what to look at. */
const surroundings: readonly { codes: readonly string[]; look: string }[] = [
  {
    codes: ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', '28P01', '28000', '3D000'],
    look: 'Does the server run, and is its address in the settings (DATABASE_URL, NEO4J_URI) right?',
  },
  {
    codes: ['EPIPE', 'ECONNRESET', '57P01', '57P02', '57P03'],
    look: 'The database went away. What was committed is kept: run the same command again.',
  },
  {
    codes: ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENOSPC'],
    look: 'Is the path right, may you read and write there, and is there room?',
  },
]

/** An error in the words of its kind: what is wrong and what to do, and a stack only where it is our own fault. */
function explain(fault: unknown): number {
  if (fault instanceof UsageError) {
    process.stderr.write(`${fault.message}\n`)
    return exit.usage
  }
  if (fault instanceof RefusedError) {
    process.stderr.write(`Refused: ${fault.message}\n`)
    return exit.refused
  }
  const code = codeOf(fault) ?? ''
  const known = surroundings.find(({ codes }) => codes.includes(code))
  if (known) {
    process.stderr.write(`${messageOf(fault) || code}\n${known.look}\n`)
    return exit.fault
  }
  process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`)
  return exit.fault
}

// Whoever reads the answer may leave early (`| head`): the work is finished all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', leftEarly)

process.exitCode = await main(process.argv.slice(2))

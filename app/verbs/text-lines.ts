import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { linesOf, type Line } from '#ingest/reading/lines.ts'
import { UsageError } from '#kernel/errors.ts'
import { pathOf, type Call } from '../verb.ts'

const textLine = z.object({ id: z.union([z.string(), z.number()]), text: z.string() })

/** One text of a JSON-lines file; what else its line holds is passed over. */
export type TextLine = z.infer<typeof textLine>

/** The path of a file that is to be read. Throws `UsageError` where there is none. */
export function inputFile(call: Call, name: string): string {
  const path = pathOf(call, name)
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path
  throw new UsageError(`There is no file ${name}. Paths start where you stand: ${call.from}`)
}

/** The path of a file that is to be written: told before the work begins, and never one that is read. */
export function outputFile(call: Call, name: string, read: readonly string[]): string {
  const path = pathOf(call, name)
  if (read.includes(path)) throw new UsageError(`--out ${name} would overwrite the file that is read`)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--out ${name} is a folder: name a file in it`)
  if (!existsSync(dirname(path)))
    throw new UsageError(`There is no folder ${dirname(name)} for --out ${name}: make it first`)
  return path
}

/** The texts of a file of `{id, text}` lines, one at a time. */
export const textLines = (path: string, bad: Bad): AsyncGenerator<TextLine> =>
  jsonLines(path, { schema: textLine, shape: '{"id", "text"}, both of them given' }, bad)

type Bad = (line: number, why: string) => void
type Form<T> = { schema: z.ZodType<T>; shape: string }

/** The values of a file of JSON lines, one at a time. A line of another form is told with its number and why. */
export async function* jsonLines<T>(path: string, form: Form<T>, bad: Bad): AsyncGenerator<T> {
  for await (const line of linesOf(createReadStream(path))) {
    const read = valueOf(line, form)
    if (typeof read === 'string') bad(line.line, read)
    else if (read !== null) yield read.value
  }
}

/** A line's value, what is wrong with it, or null for an empty line. */
function valueOf<T>({ bytes }: Line, { schema, shape }: Form<T>): { value: T } | string | null {
  if (bytes === null) return 'longer than 1 MB'
  let json: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (text.trim() === '') return null
    json = JSON.parse(text)
  } catch {
    return 'no JSON in UTF-8'
  }
  const parsed = schema.safeParse(json)
  return parsed.success ? { value: parsed.data } : `no ${shape}`
}

/** Writes one line of JSON for each value. The file is there when it is whole, and not before. */
export async function writeJsonLines(path: string, values: AsyncIterable<unknown>): Promise<void> {
  const part = `${path}.part`
  try {
    await pipeline(Readable.from(linesFrom(values)), createWriteStream(part))
    await rename(part, path)
  } catch (fault) {
    await rm(part, { force: true })
    throw fault
  }
}

async function* linesFrom(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`
}

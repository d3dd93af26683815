import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { canonicalJson } from '#kernel/crypto.ts'
import { codeOf, UsageError } from '#kernel/errors.ts'
import type { Hash } from '#kernel/ids.ts'
import type { Source } from '../source.ts'
import { asUtf8, notText } from './encoding.ts'

/** A file to read; `name` is what people call it: its name, or its path below the folder that was given. */
export type InputFile = { name: string; path: string }

/**
 * The file, or the files of a folder that have one of the endings, in order of their names. Throws a UsageError for what is
 * missing, and for what is empty or no text unless any bytes will do: before anything is written.
 */
export async function inputFiles(
  path: string,
  { endings, anyBytes }: Pick<Source, 'endings' | 'anyBytes'>,
): Promise<InputFile[]> {
  const folder = await isFolder(path)
  const files = folder ? await below(path, endings) : [{ name: basename(path), path }]
  if (files.length === 0) throw new UsageError(`${path} has no ${endings.join(' or ')} files: name another folder`)
  if (!anyBytes) for (const file of files) await checkFile(file)
  return files
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (fault) {
    if (codeOf(fault) !== 'ENOENT') throw fault
    throw new UsageError(`There is no file ${path}: check the path, which starts where you stand`, { cause: fault })
  }
}

async function below(folder: string, endings: readonly string[]): Promise<InputFile[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.toLowerCase().endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => ({ name: path.slice(folder.length).replace(/^[/\\]+/, '').replaceAll('\\', '/'), path })) // prettier-ignore
}

async function checkFile({ name, path }: InputFile): Promise<void> {
  const handle = await open(path)
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(4096), 0, 4096, 0)
    if (bytesRead === 0) throw new UsageError(`${name} is empty: export it again, it should at least have a header`)
    const why = notText(buffer.subarray(0, bytesRead))
    if (why) throw new UsageError(`${name} ${why}`)
  } finally {
    await handle.close()
  }
}

/** The bytes of a file; text in UTF-16, which says so by its first two, comes as UTF-8. */
export const bytesOf = (file: InputFile): AsyncIterable<Uint8Array> =>
  asUtf8(createReadStream(file.path, { highWaterMark: 262_144 }))

/** How many bytes the files hold. */
export async function sizeOf(files: readonly InputFile[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file.path)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** The hash of all bytes of the input and of how they are read: the same input is known again, wherever it lies. */
export async function fingerprintOf(files: readonly InputFile[], reading: unknown): Promise<Hash> {
  const digest = createHash('sha256').update(canonicalJson(reading ?? null))
  for (const file of files) {
    digest.update(`\n${file.name}\n`)
    for await (const chunk of bytesOf(file)) digest.update(chunk)
  }
  return digest.digest('hex') as Hash
}

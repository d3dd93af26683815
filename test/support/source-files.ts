import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export type SourceFile = { path: string; room: string; text: string; imports: string[] }

/** Every TypeScript and SQL file below the given folders, with the paths (from the root) of what it imports. */
export function sourceFiles(folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|sql)$/.test(entry.name))
      .map((entry) => readSource(join(entry.parentPath, entry.name))),
  )
}

function readSource(absolute: string): SourceFile {
  const path = relative(root, absolute).replaceAll('\\', '/')
  const text = readFileSync(absolute, 'utf8')
  return { path, room: path.split('/')[0] ?? '', text, imports: importsOf(absolute, text) }
}

const specifier = /(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g

function importsOf(absolute: string, text: string): string[] {
  return [...text.matchAll(specifier)].map(([, name]) => {
    const target = name ?? ''
    if (target.startsWith('#')) return target.slice(1)
    if (target.startsWith('.')) return relative(root, resolve(dirname(absolute), target)).replaceAll('\\', '/')
    return target
  })
}

/** The file without its comments, so that words in them break no rule. */
export const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')

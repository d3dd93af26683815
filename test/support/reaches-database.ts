import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const reaching = new Map<string, boolean>([['test/support/database.ts', true]])

/** Whether a file of tests opens a test database, by itself or through what it imports of `test/`. */
export function reachesDatabase(file: string): boolean {
  const known = reaching.get(file)
  if (known !== undefined) return known
  reaching.set(file, false)
  const imports = [...readFileSync(file, 'utf8').matchAll(/from '((?:\.{1,2}|#test)\/[^']+\.ts)'/g)].map(
    (match) => match[1]!,
  )
  const reaches = imports.some((path) =>
    reachesDatabase(path.startsWith('#') ? path.slice(1) : join(dirname(file), path)),
  )
  reaching.set(file, reaches)
  return reaches
}

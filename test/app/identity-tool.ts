import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { resolveFiles } from '#app/verbs/identity-resolve.ts'
import type { Call } from '#app/verb.ts'
import { readConfig } from '#kernel/config.ts'
import { testFolder } from '#test/ingest/ingest-support.ts'

/** What the verb printed, said and wrote. */
export type Resolved = {
  words: string[]
  said: string[]
  json: { records: number; clusters: number; columns: { column: string; field: string }[]; warnings: string[] }
  /** Of each record, by id: its cluster. In the order of the file. */
  clusters: Map<string, string>
}

/** A folder and the verb in it: `resolve('people.csv', {map: 'map.json'})` runs it as the command line does. */
export function identityTool() {
  const folder = testFolder()
  const read = (name: string): string => readFileSync(join(folder.path, name), 'utf8')
  async function resolve(files: string | readonly string[], options: Record<string, string> = {}): Promise<Resolved> {
    const [words, said]: [string[], string[]] = [[], []]
    let json: unknown
    const told: Record<string, string> = { out: 'clusters.csv', ...options }
    const call = (asJson: boolean): Call => ({
      config: readConfig({}, folder.path),
      from: folder.path,
      positionals: ['resolve', ...[files].flat()],
      json: asJson,
      text: (option) => told[option],
      flag: () => false,
      print: (line) => void words.push(line),
      printJson: (value) => void (json = value),
      say: (line) => void said.push(line),
    })
    await resolveFiles(call(false))
    await resolveFiles({ ...call(true), say: () => {} })
    const rows = read(told['out']!).trimEnd().split('\n').slice(1).map((line) => line.split(',')) // prettier-ignore
    return { words, said, json: json as Resolved['json'], clusters: new Map(rows.map(([id, cluster]) => [id!, cluster!])) } // prettier-ignore
  }
  return { ...folder, read, resolve }
}

const given = 'Anna Bruno Carla David Elena Felix Greta Hugo Irene Jonas Klara Lukas Marta Nils Olga Paul Rosa Stefan Tina Ulrich Vera Walter Yara Zoe'.split(' ') // prettier-ignore
const family = 'Becker Conti Dubois Eriksen Fischer Garcia Horvat Ivanov Jansen Keller Lopez Moreau Novak Olsen Petrov Quint Rossi Schmidt Tanaka Urban Vogel Weber Young Zimmer'.split(' ') // prettier-ignore

export const header = ['id', 'first_name', 'last_name', 'birth_date', 'email', 'phone'] as const

/** Sixty people, half of them twice, the second time with a slip in the name: `r0a` and `r0b` are one. */
export const people: readonly (readonly string[])[] = Array.from({ length: 60 }, (_, n) => {
  const [first, last] = [given[n % 24]!, family[(n * 7 + Math.floor(n / 24)) % 24]!]
  const born = `${1950 + (n % 45)}-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + ((n * 5) % 28)).padStart(2, '0')}`
  const rest = [born, `${first}.${last}${n}@mail.example`.toLowerCase(), `020${7_000_000 + n * 7919}`]
  const slip = `${last.slice(0, -1)}x`
  return n % 2 === 0 ? [[`r${n}a`, first, last, ...rest], [`r${n}b`, first, slip, ...rest]] : [[`r${n}a`, first, last, ...rest]] // prettier-ignore
}).flat()

/** The rows as text. */
export const table = (rows: readonly (readonly string[])[], mark = ',', end = '\n'): string =>
  rows.map((row) => row.join(mark) + end).join('')

/** Whether exactly the sixty people were found. */
export const isTruth = (clusters: ReadonlyMap<string, string>): boolean =>
  new Set(clusters.values()).size === 60 &&
  people.every(([id]) => clusters.get(id!) === clusters.get(`${id!.slice(0, -1)}a`))

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root, sourceFiles, withoutComments, type SourceFile } from './support/source-files.ts'

/** Data and imports run one way: a room may import itself and the rooms before it. */
const rooms = ['kernel', 'ingest', 'graph', 'rag', 'governance', 'campaigns', 'dashboards', 'app']
const vendorFolders = /^(graph\/adapters|ingest\/sources|rag\/models|rag\/embedders|campaigns\/channels)\//
const forbiddenNames = /(^|\/)(index|utils?|helpers?|manager|service|common|types)\.ts$/

const files = sourceFiles(rooms)
const code = files.filter((file) => file.path.endsWith('.ts'))

const offenders = (list: readonly SourceFile[], breaks: (file: SourceFile) => string[]): string[] =>
  list.flatMap((file) => breaks(file).map((what) => `${file.path}: ${what}`))

describe('the architecture', () => {
  it('is read from a house that has files in every room', () => {
    for (const room of rooms) expect(code.filter((file) => file.room === room).length, room).toBeGreaterThan(0)
    expect(code.flatMap((file) => file.imports).length).toBeGreaterThan(100)
  })

  it('lets a room import only itself and the rooms to its left', () => {
    const broken = offenders(code, ({ room, imports }) =>
      imports.filter((path) => rooms.indexOf(path.split('/')[0] ?? '') > rooms.indexOf(room)),
    )
    expect(broken).toEqual([])
  })

  it('imports nothing of the benchmarks and the tests', () => {
    const broken = offenders(code, ({ imports }) => imports.filter((path) => /^(bench|test)\//.test(path)))
    expect(broken).toEqual([])
  })

  it('resolves every import of the house to a file that exists', () => {
    const broken = offenders(code, ({ imports }) =>
      imports.filter(
        (path) => rooms.includes(path.split('/')[0] ?? '') && path.includes('/') && !existsSync(join(root, path)),
      ),
    )
    expect(broken).toEqual([])
  })

  it('lets only app/wire.ts, its parts that send, and tests import adapters, sources, models, embedders and channels', () => {
    const broken = offenders(code, (file) => {
      if (/^app\/wire(-\w+)?\.ts$/.test(file.path)) return []
      return file.imports.filter((path) => {
        const folder = vendorFolders.exec(path)?.[1]
        return folder !== undefined && !file.path.startsWith(`${folder}/`)
      })
    })
    expect(broken).toEqual([])
  })

  it('reads the environment in kernel/config.ts alone', () => {
    const broken = offenders(code, ({ path, text }) =>
      path !== 'kernel/config.ts' && withoutComments(text).includes('process.env') ? ['process.env'] : [],
    )
    expect(broken).toEqual([])
  })

  it('asks a passed clock for the time, never the machine', () => {
    const broken = offenders(code, ({ path, text }) => {
      if (path === 'kernel/clock.ts') return []
      return [...withoutComments(text).matchAll(/new Date\(\)|Date\.now\(\)/g)].map(([what]) => what)
    })
    expect(broken).toEqual([])
  })

  it('passes the time to SQL as a parameter', () => {
    const broken = offenders(files, ({ path, text }) => {
      if (!path.endsWith('.sql') && !path.includes('/queries/')) return []
      return [
        ...text.replace(/--.*$/gm, '').matchAll(/\bnow\(\)|current_timestamp|current_date|clock_timestamp\(\)/gi),
      ].map(([what]) => what)
    })
    expect(broken).toEqual([])
  })
})

describe('the database', () => {
  const schemas = rooms.slice(0, 6)
  const statements = files.filter((file) => file.path.endsWith('.sql') || file.path.includes('/queries/'))
  const named = /\b(kernel|ingest|graph|rag|governance|campaigns)\.[a-z_]+/g
  const written =
    /\b(?:insert\s+into|update|delete\s+from|truncate|alter\s+table|create\s+table)\s+(?:only\s+)?(kernel|ingest|graph|rag|governance|campaigns)\./gi

  it('keeps SQL in the queries folder of its room', () => {
    const broken = offenders(code, ({ path, room, text }) =>
      room !== 'kernel' && !path.includes('/queries/') && /\bsql`/.test(withoutComments(text))
        ? ['sql outside queries/']
        : [],
    )
    expect(broken).toEqual([])
  })

  it('is written by a room only in its own schema', () => {
    const broken = offenders(statements, ({ room, text }) =>
      [...text.matchAll(written)].filter(([, schema]) => schema?.toLowerCase() !== room).map(([what]) => what),
    )
    expect(broken).toEqual([])
  })

  it('is read by a room only in its own schema and those to its left', () => {
    const broken = offenders(statements, ({ room, text }) =>
      [...text.replace(/^import .*$/gm, '').matchAll(named)]
        .filter(([, schema]) => schemas.indexOf(schema ?? '') > schemas.indexOf(room))
        .map(([what]) => what),
    )
    expect(broken).toEqual([])
  })
})

describe('the house', () => {
  it('mints approvals in governance alone', () => {
    const broken = offenders(code, ({ room, text }) =>
      room !== 'governance' && /\bas Approved\b/.test(text) ? ['as Approved'] : [],
    )
    expect(broken).toEqual([])
  })

  it('has no barrels and no names that say nothing', () => {
    expect(files.filter((file) => forbiddenNames.test(file.path)).map((file) => file.path)).toEqual([])
  })

  it('has a README of at most 40 lines in every room, and beside the benchmarks', () => {
    for (const room of [...rooms, 'bench']) {
      const path = join(root, room, 'README.md')
      expect(existsSync(path), `${room}/README.md`).toBe(true)
      expect(readFileSync(path, 'utf8').trimEnd().split('\n').length, `${room}/README.md`).toBeLessThanOrEqual(40)
    }
  })
})

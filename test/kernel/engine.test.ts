import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { openDb } from '#kernel/db.ts'
import { embeddedConnection } from '#kernel/engine.ts'
import { sql } from '#kernel/sql.ts'

const home = mkdtempSync(join(tmpdir(), 'millrace-engine-'))
afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }))

const kill = () => execFileSync('pkill', ['-9', '-f', `engine-process.ts ${home}$`])
const owners = () => execFileSync('pgrep', ['-f', '-c', `engine-process.ts ${home}$`], { encoding: 'utf8' }).trim()

describe.skipIf(inject('engine') !== 'embedded')('the embedded engine', () => {
  it('has one owner, however many processes open the data directory at once', async () => {
    const opened = await Promise.all([1, 2, 3].map(async () => openDb(await embeddedConnection(home))))
    const [first] = opened
    await first?.query(sql`create table t (n integer primary key)`)
    await Promise.all(opened.map((db, n) => db.query(sql`insert into t values (${n})`)))
    expect(await first?.query(sql`select count(*) as n from t`)).toEqual([{ n: 3 }])
    expect(owners()).toBe('1')
    await Promise.all(opened.map((db) => db.close()))
  })

  it('keeps every acknowledged row when it is killed, and comes back for whoever asks next', async () => {
    const db = openDb(await embeddedConnection(home))
    let acknowledged = 2
    for (const n of [3, 4, 5]) {
      await db.query(sql`insert into t values (${n})`)
      acknowledged = n
      kill()
      const [row] = await db
        .query<{ top: number }>(sql`select max(n) as top from t`)
        .catch(() => db.query<{ top: number }>(sql`select max(n) as top from t`))
      expect(row?.top).toBe(acknowledged)
    }
    await db.close()
  })

  it('leaves other connections untouched when a client dies inside a transaction', async () => {
    const connection = await embeddedConnection(home)
    const [careless, careful] = [openDb(connection), openDb(connection)]
    const held = await careless.pool.connect()
    held.on('error', () => {})
    await held.query('begin')
    await held.query('insert into t values (99)')
    held.release(new Error('the client dies'))
    expect(await careful.query(sql`select count(*) as n from t where n = 99`)).toEqual([{ n: 0 }])
    await Promise.all([careless.close(), careful.close()])
  })
})

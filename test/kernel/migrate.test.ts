import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { migrationFolders } from '#app/migrations.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { migrate } from '#kernel/migrate.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-01-02T03:04:05Z'))

describe('migrations', () => {
  let folder = ''
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-migrations-'))
    await db.query(sql`drop table if exists public.made`)
    await db.query(sql`delete from kernel.migrations where id >= 9000`)
  })
  const run = () => migrate(db, [...migrationFolders, folder], clock)

  it('run once each, also when several processes start together', async () => {
    writeFileSync(
      join(folder, '9001-made.sql'),
      'create table public.made (n integer); insert into public.made values (1);',
    )
    await Promise.all([run(), run(), run()])
    expect(await db.query(sql`select n from public.made`)).toEqual([{ n: 1 }])
    expect(await run()).toBe(0)
  })

  it('run once each on a database that nobody has begun, whoever is first', async () => {
    await db.query(sql`alter table kernel.migrations rename to set_aside`)
    await Promise.all([1, 2, 3, 4].map(() => migrate(db, [folder], clock)))
    expect(await db.query(sql`select count(*) as n from kernel.migrations`)).toEqual([{ n: 0 }])
    await db.query(sql`drop table kernel.migrations`)
    await db.query(sql`alter table kernel.set_aside rename to migrations`)
  })

  it('leave nothing of a migration that fails', async () => {
    writeFileSync(join(folder, '9001-made.sql'), 'create table public.made (n integer); select 1/0;')
    await expect(run()).rejects.toThrow('division by zero')
    expect(await db.query(sql`select to_regclass('public.made') as t`)).toEqual([{ t: null }])
  })

  it('refuse a file that was edited after it ran, and a database from the future', async () => {
    writeFileSync(join(folder, '9001-made.sql'), 'create table public.made (n integer)')
    await run()
    writeFileSync(join(folder, '9001-made.sql'), 'create table public.made (n bigint)')
    await expect(run()).rejects.toThrow('Migration 9001 was edited')
    await expect(migrate(db, migrationFolders, clock)).rejects.toThrow('run a newer Millrace')
  })

  it('refuse two files with one number', async () => {
    for (const name of ['9001-a.sql', '9001-b.sql']) writeFileSync(join(folder, name), 'select 1')
    await expect(run()).rejects.toThrow('numbered 9001')
  })
})

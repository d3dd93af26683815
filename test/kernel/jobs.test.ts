import { describe, expect, it } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { startJobs } from '#kernel/jobs.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase({ keep: true })

describe('background jobs', () => {
  it('run on the house’s own database, and again after a failure', async () => {
    const seen: unknown[] = []
    const jobs = await startJobs(
      { db, clock: systemClock, log: silentLog },
      {
        greet: (data) => {
          seen.push(data)
          return seen.length === 1 ? Promise.reject(new Error('first try fails')) : Promise.resolve()
        },
      },
    )
    await jobs.enqueue('greet', { name: 'a' })
    await expect.poll(() => seen.length, { timeout: 30_000 }).toBe(2)
    expect(seen).toEqual([{ name: 'a' }, { name: 'a' }])
    await jobs.stop()
  })

  it('start where several processes make their tables at once', async () => {
    await db.query(sql`drop schema if exists pgboss cascade`)
    const started = await Promise.all([1, 2, 3].map(() => startJobs({ db, clock: systemClock, log: silentLog }, {})))
    await Promise.all(started.map((jobs) => jobs.stop()))
    expect(started).toHaveLength(3)
  })
})

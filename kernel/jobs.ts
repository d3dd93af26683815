import { PgBoss } from 'pg-boss'
import type { Db } from './db.ts'
import { messageOf } from './errors.ts'
import type { Log } from './log.ts'

/** Background work by name; a job that throws is tried again, later each time. */
export type JobHandlers = Readonly<Record<string, (data: unknown) => Promise<void>>>

export type Jobs = { enqueue: (name: string, data?: object) => Promise<void>; stop: () => Promise<void> }

const retries = { retryLimit: 5, retryDelay: 2, retryBackoff: true }

/** Starts pg-boss on the house's database (its schema is `pgboss`) and one worker for each handler. */
export async function startJobs(deps: { db: Db; log: Log }, handlers: JobHandlers): Promise<Jobs> {
  const boss = new PgBoss({ db: { executeSql: (text, values) => executeSql(deps.db, text, values) }, schedule: false })
  boss.on('error', (fault) => deps.log.error({ fault: messageOf(fault) }, 'background jobs'))
  await boss.start()
  for (const [name, handle] of Object.entries(handlers)) {
    await boss.createQueue(name)
    await boss.work(name, async (jobs) => {
      for (const job of jobs) await handle(job.data)
    })
  }
  return {
    enqueue: async (name, data = {}) => void (await boss.send(name, data, retries)),
    stop: () => boss.stop({ graceful: true, timeout: 10_000 }),
  }
}

/** pg-boss sends several statements at once; PostgreSQL then answers with the rows of the last. */
async function executeSql(db: Db, text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }> {
  return { rows: await db.query({ text, values: values ?? [] }) }
}

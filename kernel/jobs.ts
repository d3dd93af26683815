import { setTimeout as pause } from 'node:timers/promises'
import { PgBoss } from 'pg-boss'
import type { Clock } from './clock.ts'
import type { Db } from './db.ts'
import { messageOf } from './errors.ts'
import { releaseLease, takeLease } from './leases.ts'
import type { Log } from './log.ts'

/** Background work by name; a job that throws is tried again, later each time. */
export type JobHandlers = Readonly<Record<string, (data: unknown) => Promise<void>>>

export type Jobs = { enqueue: (name: string, data?: object) => Promise<void>; stop: () => Promise<void> }

type Deps = { db: Db; clock: Clock; log: Log }

/** How long others wait for a process that was killed while it made the tables. */
const turnMs = 20_000

const retries = { retryLimit: 5, retryDelay: 2, retryBackoff: true }

/** Starts pg-boss on the house's database (its schema is `pgboss`) and one worker for each handler. */
export async function startJobs(deps: Deps, handlers: JobHandlers): Promise<Jobs> {
  const boss = await inTurn(deps, () => started(deps))
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

/** Of two processes that make the tables at once one fails, and leaves its session in a broken transaction. */
async function inTurn<T>({ db, clock }: Pick<Deps, 'db' | 'clock'>, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const lease = await takeLease(db, clock, 'jobs-tables', turnMs)
    if (!lease) {
      await pause(turnMs / 100)
      continue
    }
    try {
      return await work()
    } finally {
      await releaseLease(db, clock, lease)
    }
  }
}

async function started({ db, log }: Pick<Deps, 'db' | 'log'>): Promise<PgBoss> {
  const boss = new PgBoss({ db: { executeSql: (text, values) => executeSql(db, text, values) }, schedule: false })
  boss.on('error', (fault) => log.error({ fault: messageOf(fault) }, 'background jobs'))
  return boss.start()
}

/** pg-boss sends several statements at once; PostgreSQL then answers with the rows of the last. */
async function executeSql(db: Db, text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }> {
  return { rows: await db.query({ text, values: values ?? [] }) }
}

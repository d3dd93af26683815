import { systemClock } from '#kernel/clock.ts'
import { openDb } from '#kernel/db.ts'
import { embeddedConnection } from '#kernel/engine.ts'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { runWorker, tick } from '#campaigns/delivery/worker.ts'
import { claimSize, states, workerOver } from '../campaigns/world.ts'

/** A worker to be killed: `node send-worker.ts HOME SMTP_URL CLOCK_OFFSET_MS [drain]`. `drain` ends when all is settled. */
const [home = '', url = '', offset = '0', drain] = process.argv.slice(2)
const db = openDb(await embeddedConnection(home))
const clock = () => new Date(systemClock().getTime() + Number(offset))
const channel = smtpChannel({ url, clock, connections: 5 })
const worker = workerOver(db, channel, clock, { worker: `process ${process.pid}`, claimSize, restMs: 20 })

if (drain === undefined) await runWorker(worker, new AbortController().signal)
for (let open = 1; open > 0;) {
  await tick(worker)
  const { planned = 0, claimed = 0, sending = 0 } = await states(db)
  open = planned + claimed + sending
}
await channel.close()
await db.close()

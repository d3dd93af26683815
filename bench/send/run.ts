import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { migrationFolders } from '#app/migrations.ts'
import { sendingCommand } from '#app/sending.ts'
import { systemClock } from '#kernel/clock.ts'
import { readConfig, type Config } from '#kernel/config.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { embeddedConnection } from '#kernel/engine.ts'
import { migrate } from '#kernel/migrate.ts'
import { identifier, sql } from '#kernel/sql.ts'
import { baseline } from './baseline.ts'
import { anOwner, launch } from './campaign.ts'
import { countsOf, loadNow, peakMb, reset, treeSeconds } from './measure.ts'
import { writePeople } from './people.ts'

const { values } = parseArgs({
  options: {
    recipients: { type: 'string', default: '10000' },
    workers: { type: 'string', default: '1' },
    body: { type: 'string' },
    engine: { type: 'string', default: 'postgres' },
    'pg-url': { type: 'string' },
    // Of the server at --pg-url, for what it costs.
    'pg-pid': { type: 'string' },
    smtp: { type: 'string' },
    counts: { type: 'string' },
    'latency-ms': { type: 'string', default: '0' },
    fail: { type: 'string', default: '0' },
    minutes: { type: 'string', default: '60' },
  },
})
const sinkProgram = fileURLToPath(new URL('sink.ts', import.meta.url))
const postgresServer = fileURLToPath(new URL('../../test/support/postgres-server.mjs', import.meta.url))
const standardBody = fileURLToPath(new URL('body.html', import.meta.url))
const say = (text: string): void => void process.stdout.write(`${text}\n`)
const since = (from: number): number => (performance.now() - from) / 1000

/** A sink that was named, with the counts of whoever runs it; else the bench's own. */
async function sinkOf(): Promise<{ smtp: string; counts: string; child: ChildProcess | null }> {
  if (values.smtp !== undefined && values.counts !== undefined) return { smtp: values.smtp, counts: values.counts, child: null } // prettier-ignore
  const options = ['--latency-ms', values['latency-ms'], '--fail', values.fail]
  const child = spawn(process.execPath, [sinkProgram, ...options], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const [smtp = '', counts = ''] = line.toString().trim().split(' ')
  return { smtp, counts, child }
}

/** A PostgreSQL as it comes, of this run's own. */
async function aServer(): Promise<{ url: string; pid: number | undefined; stop: () => void }> {
  const child = spawn(process.execPath, [postgresServer, '--durable'], { stdio: ['pipe', 'pipe', 'inherit'] }) // prettier-ignore
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { url: line.toString().trim(), pid: child.pid, stop: () => child.stdin.end() }
}

type Place = { config: Config; db: Db; close: () => Promise<void> }

/** A new, empty house: a database of its own on a server, or a data directory with the embedded engine. */
async function aHouse(server: string | null, smtp: string): Promise<Place> {
  const home = mkdtempSync(join(tmpdir(), 'millrace-send-'))
  const env = { MILLRACE_HOME: home, SMTP_URL: smtp, MAIL_FROM: 'Alder & Ash <hello@example.test>', SECRET_KEY: 'bench'.repeat(9) } // prettier-ignore
  const clean = () => rmSync(home, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 })
  if (server === null) {
    const config = readConfig(env)
    const db = openDb(await embeddedConnection(home))
    return {
      config,
      db,
      close: () =>
        db
          .close()
          .then(() => pause(1_000))
          .then(clean),
    }
  }
  const admin = openDb({ options: { connectionString: server, max: 1 } })
  const name = `millrace_send_${randomBytes(4).toString('hex')}`
  await admin.query(sql`create database ${identifier(name)}`)
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  const db = openDb({ options: { connectionString: url } })
  const close = async (): Promise<void> => {
    await db.close()
    await admin.query(sql`drop database ${identifier(name)} with (force)`)
    await admin.close()
    clean()
  }
  return { config: readConfig({ ...env, DATABASE_URL: url }), db, close }
}

const startWorker = ({ config }: Place): ChildProcess => {
  const child = spawn(process.execPath, sendingCommand, { stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin?.write(`${JSON.stringify({ config, publicUrl: 'https://mail.example.test' })}\n`)
  return child
}

/** Waits until so many were taken, or the patience ends. */
async function until(counts: string, count: number): Promise<void> {
  const from = performance.now()
  while ((await countsOf(counts)).count < count && since(from) < Number(values.minutes) * 60) await pause(100)
}

/** Everything at one size; prints its line of the table. */
async function measure(server: { url: string; pid: number | undefined } | null, people: number): Promise<void> {
  const sink = await sinkOf()
  const html = readFileSync(values.body ?? standardBody, 'utf8')
  const place = await aHouse(server?.url ?? null, sink.smtp)
  const { db } = place
  await migrate(db, migrationFolders, systemClock)
  const members = await writePeople(db, people)
  const owner = await anOwner(db)
  const load = loadNow()
  const before = await baseline({ ...sink, html, messages: Math.min(people, 10_000) })
  await reset(sink.counts)
  let from = performance.now()
  await launch(db, owner, { name: 'autumn', html, people: members })
  const enrolment = since(from)
  const cpu = { engine: treeSeconds(server?.pid), sink: treeSeconds(sink.child?.pid) }
  const workers = Array.from({ length: Number(values.workers) }, () => startWorker(place))
  await until(sink.counts, people)
  const done = await countsOf(sink.counts)
  const share = (seconds: number): string => `${Math.round((seconds / Math.max(1, done.count)) * 1e6)}`
  const split = [treeSeconds(server?.pid) - cpu.engine, treeSeconds(sink.child?.pid) - cpu.sink, workers.reduce((sum, { pid }) => sum + treeSeconds(pid), 0)] // prettier-ignore
  from = performance.now()
  const untold = sql`select count(*) as n from campaigns.outbox`
  while ((await db.query<{ n: number }>(untold))[0]!.n > 0 && since(from) < 300) await pause(100)
  const told = since(from)
  const states = await db.query<{ state: string; n: number }>(sql`select state, count(*) as n from campaigns.deliveries group by 1 order by 1`) // prettier-ignore
  await reset(sink.counts)
  const some = members.slice(0, 1_000)
  from = performance.now()
  const launched = Date.now()
  await launch(db, owner, { name: 'winter', html, people: some })
  await until(sink.counts, 1)
  const firstAfter = (Date.parse((await countsOf(sink.counts)).first ?? '') - launched) / 1000
  const person = sql`select state, sent_at from campaigns.deliveries where person_id = ${members[people >> 1]} and campaign = 'autumn'` // prettier-ignore
  from = performance.now()
  for (let n = 0; n < 100; n++) await db.query(person)
  const query = since(from) * 10
  const peaks = workers.map(({ pid }) => Math.round(peakMb(pid)))
  say(
    [people, Math.round(done.per_second), Math.round(before), `${(done.per_second / before).toFixed(1)}×`, people - done.distinct, done.duplicates,
      done.rejected, done.connections_peak, peaks.join('+'), firstAfter.toFixed(1), enrolment.toFixed(1), told.toFixed(1), query.toFixed(1), split.map(share).join('/'), load].join(' | '),
  ) // prettier-ignore
  say(`  ledger: ${states.map(({ state, n }) => `${state} ${n}`).join(', ')}`)
  for (const child of workers) child.stdin?.end()
  await Promise.all(workers.filter((child) => child.exitCode === null).map((child) => once(child, 'exit')))
  await place.close()
  sink.child?.stdin?.end()
}

const started = values.engine === 'embedded' || values['pg-url'] !== undefined ? null : await aServer()
const url = values['pg-url'] ?? started?.url
const pgPid = values['pg-pid'] === undefined ? undefined : Number(values['pg-pid'])
say(
  `engine ${values.engine}, ${values.workers} worker(s), latency ${values['latency-ms']} ms, 451s ${values.fail}; load in front`,
)
say('people | messages/s | nodemailer/s | ratio | lost | doubled | put off | connections | RSS MB | first after s | enrolment s | told after s | person ms | CPU us engine/sink/workers | load') // prettier-ignore
for (const size of values.recipients.split(','))
  await measure(url === undefined ? null : { url, pid: started?.pid ?? pgPid }, Number(size))
started?.stop()

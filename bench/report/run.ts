import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { migrationFolders } from '#app/migrations.ts'
import { ownerReport } from '#governance/metrics/owner-report.ts'
import { selectDoubts, selectGroups } from '#governance/queries/report.ts'
import { readWhole, valuation } from '#governance/queries/valuation.ts'
import { sha256 } from '#kernel/crypto.ts'
import { stoppedClock, systemClock } from '#kernel/clock.ts'
import { one, openDb, type Db } from '#kernel/db.ts'
import { migrate } from '#kernel/migrate.ts'
import { identifier, sql, type Sql } from '#kernel/sql.ts'
import { loadNow, treeSeconds } from '../send/measure.ts'

const clock = stoppedClock(new Date('2026-10-01T08:00:00Z'))
const period = { from: '2023-01-01', to: '2026-10-01', zone: 'Europe/Amsterdam', currency: 'EUR' }
const say = (text: string): void => void process.stdout.write(`${text}\n`)

/**
 * The owner's report over so many orders, a third of them people, with refunds, visits and costs: seconds of CPU of the
 * server (which must run on this machine) and of the program, and a hash of the answer, beside the sum of one column.
 */
async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { url: { type: 'string' }, orders: { type: 'string', default: '1000000' }, at: { type: 'string' }, explain: { type: 'boolean' }, keep: { type: 'boolean' } },
  }) // prettier-ignore
  if (values.url === undefined) throw new Error('Say where: --url postgres://…; a database of its own is made there')
  const name = values.at ?? `millrace_report_${randomBytes(4).toString('hex')}`
  const admin = openDb({ options: { connectionString: values.url, max: 1 } })
  if (values.at === undefined) await admin.query(sql`create database ${identifier(name)}`)
  const db = openDb({ options: { connectionString: Object.assign(new URL(values.url), { pathname: `/${name}` }).href } }) // prettier-ignore
  try {
    if (values.at === undefined) {
      await migrate(db, migrationFolders, systemClock)
      await fill(db, Number(values.orders))
    }
    const server = await postmasterOf(db)
    await measured('sum of one column', server, () => db.query(sql`select sum(gross_minor)::text from ingest.orders`))
    for (const nth of [1, 2, 3]) await measured(`the report, ${nth}`, server, () => ownerReport({ db, clock }, period))
    const reading = { ...period, asOf: clock(), touchWindowDays: 90 }
    await measured('groups', server, () => readWhole(db, (tx) => selectGroups(tx, reading)))
    await measured('doubts', server, () => readWhole(db, (tx) => selectDoubts(tx, reading)))
    await measured('valued alone', server, () => readWhole(db, (tx) => tx.query(sql`with ${valuation(reading)} select count(*), sum(net)::text from valued`))) // prettier-ignore
    if (values.explain === true) await explained(db, (tx) => selectGroups(tx, reading))
  } finally {
    await db.close()
    if (values.keep !== true) await admin.query(sql`drop database ${identifier(name)} with (force)`)
    else say(name)
    await admin.close()
  }
}

async function explained(db: Db, work: (tx: { query: Db['query'] }) => Promise<unknown>): Promise<void> {
  const plan = await readWhole(db, async (tx) => {
    let lines: { 'QUERY PLAN': string }[] = []
    await work({
      query: async <Row>(statement: Sql) => {
        lines = await tx.query(sql`explain (analyze, buffers, costs off) ${statement}`)
        return [] as Row[]
      },
    })
    return lines
  })
  for (const line of plan) say(line['QUERY PLAN'])
}

async function postmasterOf(db: Db): Promise<number> {
  const { pid } = await one<{ pid: number }>(db, sql`select pg_backend_pid() as pid`)
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1])
}

async function measured(what: string, server: number, work: () => Promise<unknown>): Promise<void> {
  const [from, before, own] = [performance.now(), treeSeconds(server), process.cpuUsage()]
  const done = await work()
  const mine = process.cpuUsage(own)
  const [seconds, theirs] = [(performance.now() - from) / 1000, treeSeconds(server) - before]
  const answer = sha256(JSON.stringify(Array.isArray(done) ? done.map((row) => JSON.stringify(row)).toSorted() : done)).slice(0, 12) // prettier-ignore
  say(`${what}: ${seconds.toFixed(1)} s at load ${loadNow()}; CPU ${theirs.toFixed(2)} s of PostgreSQL, ${((mine.user + mine.system) / 1e6).toFixed(2)} s of the program; ${answer}`) // prettier-ignore
}

/** Ids that count up, so that rows can be made of numbers alone. */
const id = (kind: number, nth: Sql): Sql =>
  sql`(lpad(to_hex(${kind}::integer), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(${nth}), 12, '0'))::uuid`

const channels = sql`array['google-ads', 'meta-ads', 'organic', 'direct', 'email', 'referral']`

async function fill(db: Db, orders: number): Promise<void> {
  const people = Math.max(1, Math.floor(orders / 3))
  const each = sql`generate_series(1, ${people}::integer) n`
  await db.query(sql`insert into ingest.identifiers (id, kind, value, first_seen_at)
    select ${id(1, sql`n`)}, 'email', 'person' || n || '@example.test', '2023-01-01' from ${each}`)
  await db.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
    select ${id(1, sql`n`)}, ${id(2, sql`n - n % 10 / 9`)}, '2023-01-01', 'bench' from ${each}`)
  await db.query(sql`insert into ingest.profiles (identifier_id, source, record_id, given_name, channel, updated_at)
    select ${id(1, sql`n`)}, 'bench', ${id(9, sql`1`)}, 'Anna', case when n % 4 = 0 then 'organic' end, '2023-01-01' from ${each}`)
  await db.query(sql`insert into ingest.orders (id, source, external_id, kind, identifier_id, ordered_at, status, currency,
      gross_minor, tax_minor, rate_minor, record_id)
    select ${id(4, sql`n`)}, 'bench', n::text, 'order', ${id(1, sql`1 + (n::bigint * 7919 % ${people}::integer)::integer`)},
      '2023-01-01Z'::timestamptz + n::bigint * 104729 % 116000000 * interval '1 second', case when n % 50 = 0 then 'failed' else 'paid' end,
      case when n % 20 = 0 then 'USD' else 'EUR' end, 1000 + n % 5000, (1000 + n % 5000) / 6, case when n % 20 = 0 then 0.9213 else 1 end, ${id(9, sql`1`)}
    from generate_series(1, ${orders}::integer) n`)
  await db.query(sql`insert into ingest.adjustments (id, source, external_id, kind, order_external_id, occurred_at, status, currency, amount_minor, record_id)
    select ${id(5, sql`n`)}, 'bench', n::text, (array['refund', 'fee', 'dispute', 'refund'])[1 + n % 4], (n * 17 % ${orders}::integer)::text, '2026-01-01', 'settled', 'EUR',
      100 + n % 900, ${id(9, sql`1`)} from generate_series(1, ${Math.floor(orders / 20)}::integer) n`) // prettier-ignore
  await db.query(sql`insert into ingest.events (id, source, external_id, kind, identifier_id, occurred_at, recorded_at, channel)
    select ${id(3, sql`n`)}, 'bench', n::text, (array['visit', 'message_opened', 'visit', 'page'])[1 + n % 4], ${id(1, sql`1 + (n::bigint * 104729 % ${people}::integer)::integer`)},
      '2023-01-01Z'::timestamptz + n::bigint * 7919 % 116000000 * interval '1 second', '2023-01-01', (${channels})[1 + n % 6]
    from generate_series(1, ${orders}::integer) n`) // prettier-ignore
  await db.query(sql`insert into ingest.costs (id, source, external_id, kind, channel, day, currency, amount_minor, rate_minor, record_id)
    select ${id(6, sql`n`)}, 'bench', n::text, case when n % 10 = 0 then 'tools' else 'ads' end, (array['google-ads', 'meta-ads'])[1 + n % 2],
      '2023-01-01'::date + n % 1360, 'EUR', 5000, 1, ${id(9, sql`1`)} from generate_series(1, 4000) n`)
  await db.query(sql`vacuum analyze`)
}

await main(process.argv.slice(2))

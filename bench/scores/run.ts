import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { migrationFolders } from '#app/migrations.ts'
import { computeScores } from '#graph/scores/compute.ts'
import { systemClock } from '#kernel/clock.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { migrate } from '#kernel/migrate.ts'
import { identifier, sql, type Sql } from '#kernel/sql.ts'

/** Scores of so many people with ten events and, of one in three, three orders each, on a server: wall time of each step. */
async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { url: { type: 'string' }, people: { type: 'string', default: '100000' } },
  })
  if (values.url === undefined) throw new Error('Say where: --url postgres://…; a database of its own is made there')
  const people = Number(values.people)
  const name = `millrace_scores_${randomBytes(4).toString('hex')}`
  const admin = openDb({ options: { connectionString: values.url, max: 1 } })
  await admin.query(sql`create database ${identifier(name)}`)
  const db = openDb({
    options: { connectionString: Object.assign(new URL(values.url), { pathname: `/${name}` }).href },
  })
  try {
    await migrate(db, migrationFolders, systemClock)
    await measured(`${people} people written`, () => fill(db, people))
    await measured('everybody, from nothing', () => computeScores({ db, clock: systemClock }))
    await measured('everybody again', () => computeScores({ db, clock: systemClock }, { full: true }))
    await db.query(moreEvents(1000))
    await measured('after news of 1,000 people', () => computeScores({ db, clock: systemClock }))
    await measured('after no news', () => computeScores({ db, clock: systemClock }))
  } finally {
    await db.close()
    await admin.query(sql`drop database ${identifier(name)} with (force)`)
    await admin.close()
  }
}

async function measured(what: string, work: () => Promise<unknown>): Promise<void> {
  const from = performance.now()
  const done = await work()
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  process.stdout.write(`${what}: ${seconds} s${done === undefined ? '' : ` ${JSON.stringify(done)}`}\n`)
}

/** Ids that count up, so that rows can be made of numbers alone. */
const id = (kind: number, nth: Sql): Sql =>
  sql`(lpad(to_hex(${kind}::integer), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(${nth}), 12, '0'))::uuid`

async function fill(db: Db, people: number): Promise<void> {
  const one = sql`generate_series(1, ${people}::integer) n`
  await db.query(sql`insert into ingest.identifiers (id, kind, value, first_seen_at)
    select ${id(1, sql`n`)}, 'email', 'person' || n || '@example.test', '2026-01-01' from ${one}`)
  await db.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
    select ${id(1, sql`n`)}, ${id(2, sql`n`)}, '2026-01-01', 'bench' from ${one}`)
  await db.query(sql`insert into ingest.profiles (identifier_id, source, record_id, given_name, family_name, city, updated_at)
    select ${id(1, sql`n`)}, 'bench', ${id(9, sql`1`)}, 'Anna', 'Berg', 'Utrecht', '2026-01-01' from ${one}`)
  await db.query(sql`insert into ingest.consents (id, source, external_id, identifier_id, channel, state, basis, occurred_at)
    select ${id(5, sql`n`)}, 'bench', n::text, ${id(1, sql`n`)}, 'email', case when n % 9 = 0 then 'withdrawn' else 'granted' end,
      'form', '2026-01-01' from ${one}`)
  await db.query(events(sql`n as nth, n % ${people}::integer + 1 as person`, people * 10))
  const orders = sql`generate_series(1, ${people}::integer) n`
  await db.query(sql`insert into ingest.orders (id, source, external_id, kind, identifier_id, ordered_at, status, currency,
      gross_minor, rate_minor, record_id)
    select ${id(4, sql`n`)}, 'bench', n::text, 'order', ${id(1, sql`1 + (n % (${people}::integer / 3 + 1))`)},
      now() - n % 700 * interval '1 day', 'paid', 'EUR', 1000 + n % 5000, 1, ${id(9, sql`1`)} from ${orders}`)
  await db.query(sql`insert into ingest.order_lines (order_id, line, sku, title, quantity, amount_minor)
    select ${id(4, sql`n`)}, line, 'SKU-' || (n * (7 + line * line) + n / 91) % 500, 'Something', 1, 500
    from ${orders}, generate_series(1, 2) line`)
  await db.query(sql`analyze`)
}

/** Events of every kind in turn, over the last 200 days. */
const events = (which: Sql, count: number, from = 0): Sql => sql`
  insert into ingest.events (id, source, external_id, kind, identifier_id, occurred_at, recorded_at)
  select ${id(3, sql`nth`)}, 'bench', nth::text,
    (array['page', 'product', 'page', 'message_opened', 'page', 'message_clicked', 'checkout'])[1 + nth % 7],
    ${id(1, sql`person`)}, now() - nth % 200 * interval '1 day', now()
  from (select ${which} from generate_series(${from + 1}::integer, ${from + count}::integer) n) made`

const moreEvents = (count: number): Sql => events(sql`n as nth, n % 1000 + 1 as person`, count, 1_000_000_000)

await main(process.argv.slice(2))

import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { migrationFolders } from '#app/migrations.ts'
import { whyPerson } from '#campaigns/why.ts'
import { selectPersonCampaigns, selectPersonRows } from '#campaigns/queries/progress.ts'
import { systemClock } from '#kernel/clock.ts'
import { openDb, type Db } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { migrate } from '#kernel/migrate.ts'
import { identifier, sql, type Sql } from '#kernel/sql.ts'
import { writePeople } from './people.ts'

// What one person got, asked of a long ledger: `--pg-url postgres://…`, in a database of its own that is dropped.
// Prints how long it takes (median and slowest of 200 people) and how PostgreSQL finds the rows. Which rows are theirs is
// to be told by `Index Only Scan` with `Heap Fetches: 0`; what became of them is read from those rows.
const { values } = parseArgs({
  options: {
    'pg-url': { type: 'string' },
    people: { type: 'string', default: '100000' },
    campaigns: { type: 'string', default: '100' },
  },
})
const [people, campaigns] = [Number(values.people), Number(values.campaigns)]
const asked = 200
const say = (text: string): void => void process.stdout.write(`${text}\n`)

const id = (kind: number, nth: Sql): Sql =>
  sql`(lpad(to_hex(${kind}::integer), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(${nth}), 12, '0'))::uuid`

/** Fills a table by straight SQL, everybody in every campaign up to one. Its indexes are made when it is full. */
async function fill(db: Db, table: string, last: number, columns: Sql, made: Sql): Promise<void> {
  const whole = sql`campaigns.${identifier(table)}`
  const indexes = await db.query<{ name: string; text: string }>(sql`
    select indexname as name, indexdef as text from pg_indexes where schemaname = 'campaigns' and tablename = ${table}
      and indexname not in (select conname from pg_constraint)`)
  for (const { name } of indexes) await db.query(sql`drop index campaigns.${identifier(name)}`)
  // Written once: no room is kept for changes, so that ten million rows fit a small disk.
  await db.query(sql`alter table ${whole} set (fillfactor = 100)`)
  await db.transaction(async (tx) => {
    // Only here: the rows are made by rule, and none of them is looked at by a trigger.
    await tx.query(sql`set local session_replication_role = replica`)
    await tx.query(sql`
      with one as (select c, m.person_id, m.identifier_id, row_number() over () as n
        from generate_series(1, ${last}::integer) c cross join ingest.memberships m)
      insert into ${whole} (${columns}) select ${made}
      from one cross join lateral (select timestamptz '2026-01-01' + c * interval '1 day' as at) as t`)
  })
  for (const { text } of indexes) await db.query({ text, values: [] })
  await db.query(sql`vacuum analyze ${whole}`)
}

const writeLedger = (db: Db): Promise<void> =>
  fill(
    db,
    'deliveries',
    campaigns,
    sql`id, enrolment_id, campaign, person_id, step_key, occurrence, identifier_id, channel, bucket, state, planned_for, due_at,
      attempts, release_hash, claim_id, batch_key, sender, provider_id, sending_at, sent_at, settled_at`,
    sql`${id(7, sql`n`)}, ${id(8, sql`n`)}, 'campaign-' || c, person_id, 'mail-1', 1, identifier_id, 'email', n % 100, 'sent', at, at,
      1, repeat('0', 64), ${id(3, sql`c`)}, 'batch', 'smtp', null, at, at, at`,
  )

/** A tenth of as many: the question is the same. */
const writeEnrolments = (db: Db): Promise<void> =>
  fill(
    db,
    'enrolments',
    Math.ceil(campaigns / 10),
    sql`id, campaign, person_id, identifier_id, occurrence, release_hash, step_key, ended_reason, enrolled_at`,
    sql`${id(8, sql`n`)}, 'campaign-' || c, person_id, identifier_id, 1, repeat('0', 64), 'mail-1', 'completed', at`,
  )

async function timed(work: (person: PersonId) => Promise<unknown>, from: readonly PersonId[]): Promise<string> {
  const times: number[] = []
  for (const person of from) {
    const start = performance.now()
    await work(person)
    times.push(performance.now() - start)
  }
  const sorted = times.toSorted((a, b) => a - b)
  return `median ${sorted[sorted.length >> 1]!.toFixed(2)} ms, slowest ${sorted.at(-1)!.toFixed(2)} ms`
}

const server = values['pg-url'] ?? ''
const name = `millrace_ledger_${randomBytes(4).toString('hex')}`
const admin = openDb({ options: { connectionString: server, max: 1 } })
await admin.query(sql`create database ${identifier(name)}`)
const db = openDb({
  options: { connectionString: Object.assign(new URL(server), { pathname: `/${name}` }).href, max: 1 },
})
try {
  await migrate(db, migrationFolders, systemClock)
  const ids = await writePeople(db, people)
  const start = performance.now()
  await writeLedger(db)
  await writeEnrolments(db)
  say(`${people * campaigns} rows, made in ${((performance.now() - start) / 1000).toFixed(0)} s`)
  const some = Array.from({ length: asked }, (_, n) => ids[(n * 7919) % ids.length]!)
  const explaining: Db = {
    ...db,
    query: async ({ text, values: given }) => {
      const plan = await db.query<{ 'QUERY PLAN': string }>({ text: `explain (analyze, buffers, costs off) ${text}`, values: given }) // prettier-ignore
      say(plan.map((line) => line['QUERY PLAN']).join('\n'))
      return []
    },
  }
  say(`what somebody got of a campaign: ${await timed((person) => selectPersonRows(db, 'campaign-7', person), some)}`)
  await selectPersonRows(explaining, 'campaign-7', some[0]!)
  say(`what campaigns they were in: ${await timed((person) => selectPersonCampaigns(db, person), some)}`)
  await selectPersonCampaigns(explaining, some[0]!)
  say(
    `the whole story of somebody in a campaign: ${await timed((person) => whyPerson(db, 'campaign-7', person), some)}`,
  )
} finally {
  await db.close()
  await admin.query(sql`drop database ${identifier(name)} with (force)`)
  await admin.close()
}

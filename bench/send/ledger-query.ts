import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { migrationFolders } from '#app/migrations.ts'
import { selectPersonCampaigns, selectPersonRows } from '#campaigns/queries/progress.ts'
import { systemClock } from '#kernel/clock.ts'
import { openDb, type Db } from '#kernel/db.ts'
import type { PersonId } from '#kernel/ids.ts'
import { migrate } from '#kernel/migrate.ts'
import { identifier, sql, type Sql } from '#kernel/sql.ts'
import { writePeople } from './people.ts'

// What one person got, asked of a long ledger: `--pg-url postgres://…`, in a database of its own that is dropped.
// Prints how long it takes (median and slowest of 200 people) and how PostgreSQL finds the rows.
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

/** A ledger of straight SQL, everybody in every campaign. Its indexes are made when it is full. */
async function writeLedger(db: Db): Promise<void> {
  const indexes = await db.query<{ name: string; made: string }>(sql`
    select indexname as name, indexdef as made from pg_indexes where schemaname = 'campaigns' and tablename = 'deliveries'
      and indexname not in (select conname from pg_constraint)`)
  for (const { name } of indexes) await db.query(sql`drop index campaigns.${identifier(name)}`)
  // Written once: no room is kept for changes, so that ten million rows fit a small disk.
  await db.query(sql`alter table campaigns.deliveries set (fillfactor = 100)`)
  await db.transaction(async (tx) => {
    // Only here: the rows are made by rule, and none of them is looked at by a trigger.
    await tx.query(sql`set local session_replication_role = replica`)
    await tx.query(sql`
      with campaigns_of as (select c from generate_series(1, ${campaigns}::integer) c),
      one as (select c, m.person_id, m.identifier_id, row_number() over () as n
        from campaigns_of cross join ingest.memberships m)
      insert into campaigns.deliveries (id, enrolment_id, campaign, person_id, step_key, occurrence, identifier_id, channel,
        bucket, state, planned_for, due_at, attempts, release_hash, claim_id, batch_key, sender, provider_id, sending_at,
        sent_at, settled_at)
      select ${id(7, sql`n`)}, ${id(8, sql`n`)}, 'campaign-' || c, person_id, 'mail-1', 1, identifier_id, 'email', n % 100, 'sent',
        at, at, 1, repeat('0', 64), ${id(3, sql`c`)}, 'batch', 'smtp', null, at, at, at
      from one cross join lateral (select timestamptz '2026-01-01' + c * interval '1 day' as at) as t`)
  })
  for (const { made } of indexes) await db.query({ text: made, values: [] })
  await db.query(sql`vacuum analyze campaigns.deliveries`)
}

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
  say(`${people * campaigns} rows, made in ${((performance.now() - start) / 1000).toFixed(0)} s`)
  const some = Array.from({ length: asked }, (_, n) => ids[(n * 7919) % ids.length]!)
  say(`what somebody got of a campaign: ${await timed((person) => selectPersonRows(db, 'campaign-7', person), some)}`)
  say(`what campaigns they were in: ${await timed((person) => selectPersonCampaigns(db, person), some)}`)
  const explained: Db = { ...db, query: (statement) => db.query({ ...statement, text: `explain (analyze, buffers, costs off) ${statement.text}` }) } // prettier-ignore
  const plan = (await selectPersonRows(explained, 'campaign-7', some[0]!)) as unknown as Record<string, string>[]
  say(plan.map((line) => line['QUERY PLAN']).join('\n'))
} finally {
  await db.close()
  await admin.query(sql`drop database ${identifier(name)} with (force)`)
  await admin.close()
}

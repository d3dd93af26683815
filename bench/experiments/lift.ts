import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { migrationFolders } from '#app/migrations.ts'
import { keepLifts, readHouseLift, readLifts, type Lift } from '#campaigns/experiments/lift.ts'
import { systemClock } from '#kernel/clock.ts'
import { openDb, type Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { migrate } from '#kernel/migrate.ts'
import { pointAt, register } from '#kernel/versions.ts'
import { identifier, sql, type Sql } from '#kernel/sql.ts'

// What sending brings, read for everybody who came into a campaign: `--url postgres://…`, in a database of its own that is
// dropped. Prints how long each readout takes and what it says; one person in twenty is held out, one in ten buys.
const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    people: { type: 'string', default: '1000000' },
    keep: { type: 'boolean', default: false },
  },
})
const people = Number(values.people)
const say = (text: string): void => void process.stdout.write(`${text}\n`)
const release = '0'.repeat(64) as Hash
const start = new Date('2026-01-01T00:00:00Z')

const id = (kind: number, nth: Sql): Sql =>
  sql`(lpad(to_hex(${kind}::integer), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(${nth}), 12, '0'))::uuid`

/** People who came in over a month, one in twenty held out; one in ten bought before, and one in ten after (of those who were sent to, an eighth more). */
async function writeBusiness(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    // Only here: the rows are made by rule, and none of them is looked at by a trigger.
    await tx.query(sql`set local session_replication_role = replica`)
    const each = sql`generate_series(1, ${people}::integer) as n`
    await tx.query(sql`insert into ingest.identifiers (id, kind, value, first_seen_at)
      select ${id(1, sql`n`)}, 'email', 'r' || n || '@example.com', ${start} from ${each}`)
    await tx.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
      select ${id(1, sql`n`)}, ${id(2, sql`n`)}, ${start}, 'bench' from ${each}`)
    await tx.query(sql`insert into campaigns.enrolments (id, campaign, person_id, identifier_id, occurrence, release_hash, step_key, next_due_at, ended_reason, enrolled_at)
      select ${id(3, sql`n`)}, 'spring', ${id(2, sql`n`)}, ${id(1, sql`n`)}, 1, ${release}, 'mail-1', null, case when n % 20 = 0 then 'holdout' else 'finished' end,
        ${start}::timestamptz + (n % 43200) * interval '1 minute' from ${each}`)
    await tx.query(sql`insert into campaigns.holdouts (enrolment_id, campaign, scope, share)
      select ${id(3, sql`n`)}, 'spring', case when n % 40 = 0 then 'global' else 'campaign' end, 0.025 from ${each} where n % 20 = 0`)
    const orders = (which: number, days: number, share: Sql): Sql => sql`insert into ingest.orders
      (id, source, external_id, kind, identifier_id, ordered_at, status, currency, gross_minor, rate_minor, record_id)
      select ${id(which, sql`n`)}, 'shop', ${`${which}-`}::text || n, 'order', ${id(1, sql`n`)}, ${start}::timestamptz + (n % 43200) * interval '1 minute' + ${days}::integer * interval '1 day',
        'paid', 'EUR', 1000 + n % 5000, 1, ${id(5, sql`n`)} from ${each} where ('x' || substr(md5(${`${which}`} || n::text), 1, 6))::bit(24)::integer % 1000 < ${share}`
    await tx.query(orders(6, -20, sql`100`))
    await tx.query(orders(7, 5, sql`case when n % 20 = 0 then 80 else 90 end`))
    await tx.query(sql`insert into ingest.events (id, source, external_id, kind, identifier_id, occurred_at, recorded_at, properties)
      select ${id(8, sql`n`)}, 'web', 'v' || n, 'page_viewed', ${id(1, sql`n`)}, ${start}::timestamptz + (n % 43200) * interval '1 minute' + interval '2 days', ${start}, '{}' from ${each}`)
    const author = { clock: () => start, by: 'bench' }
    await pointAt(
      tx,
      author,
      'holdout',
      'global',
      await register(tx, author, 'holdout', 'global', { share: 0.025 }),
      'bench',
    )
  })
  for (const table of [
    'ingest.identifiers',
    'ingest.memberships',
    'ingest.orders',
    'ingest.events',
    'campaigns.enrolments',
    'campaigns.holdouts',
  ])
    await db.query({ text: `vacuum analyze ${table}`, values: [] })
}

const armsOf = (lift: Lift | null | undefined) => lift?.readout.arms.map(({ people: n, converted }) => `${converted} of ${n}`) // prettier-ignore

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const begun = performance.now()
  const said = await work()
  say(`${what}: ${((performance.now() - begun) / 1_000).toFixed(2)} s  ${JSON.stringify(said)}`)
}

if (values.url === undefined)
  throw new Error('--url postgres://… is needed: node test/support/postgres-server.mjs prints one')
const name = `lift_${randomBytes(4).toString('hex')}`
const server = openDb({ options: { connectionString: values.url } })
await server.query(sql`create database ${identifier(name)}`)
if (values.keep) say(name)
const own = new URL(values.url)
own.pathname = `/${name}`
const db = openDb({ options: { connectionString: own.href } })
try {
  await migrate(db, migrationFolders, systemClock)
  await writeBusiness(db)
  say(`${people} people in one campaign`)
  const deps = { db, clock: systemClock }
  const asked = { definition: { name: 'spring', holdout: { share: 0.025 } }, releases: [release] }
  const ofCampaign = async () => (await readLifts(deps, asked)).map(armsOf)
  const ofAll = async () => armsOf(await readHouseLift(deps))
  await timed('counted at once, of the campaign and of the house in it', ofCampaign)
  await timed('counted at once, of all campaigns', ofAll)
  await timed(
    'counted in the background, and kept',
    async () => (await keepLifts(deps, asked)) + (await keepLifts(deps, null)),
  )
  await timed('read as kept, of the campaign and of the house in it', ofCampaign)
  await timed('read as kept, of all campaigns', ofAll)
} finally {
  await db.close()
  if (!values.keep) await server.query(sql`drop database ${identifier(name)}`)
  await server.close()
}

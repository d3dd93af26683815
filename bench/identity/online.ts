/**
 * One record resolved among a million people: fills a PostgreSQL server, trains a model of linkage, and times arrivals.
 * `node bench/identity/online.ts --url postgres://… [--people 1000000] [--arrivals 900]`, the url of a server as
 * `node test/support/postgres-server.mjs` prints it. A database of its own is made there and dropped afterwards.
 */
import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { createRandom, type Random } from '#examples/roastery/random.ts'
import { migrationFolders } from '#app/migrations.ts'
import type { Profile } from '#ingest/canon.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { alikeEverywhere } from '#ingest/identity/alike-everywhere.ts'
import { liveLinkage } from '#ingest/identity/linkage.ts'
import { liveModel } from '#ingest/identity/model.ts'
import { resolveNew } from '#ingest/identity/resolve-new.ts'
import { trainLinkage } from '#ingest/identity/train.ts'
import { insertLinks } from '#ingest/queries/links.ts'
import { upsertProfiles } from '#ingest/queries/profiles.ts'
import { setIdentityState, selectBeginning } from '#ingest/queries/identity-state.ts'
import { systemClock } from '#kernel/clock.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { newId } from '#kernel/ids.ts'
import { migrate } from '#kernel/migrate.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { slip } from './corrupt.ts'
import { fill, fillEdges, type Row } from './fill.ts'

const clock = systemClock
const say = (text: string): void => void process.stderr.write(`${text}\n`)

type Arrival = { name: string; make: (random: Random, sample: readonly Row[]) => Omit<Row, 'id'> }

const arrivals: readonly Arrival[] = [
  {
    name: 'a stranger',
    make: (random, sample) => {
      const [a, b, c] = [random.pick(sample), random.pick(sample), random.pick(sample)]
      return { ...a, family: b.family, street: c.street, city: c.city, postcode: c.postcode, email: `${random.text(9, 'abcdefgh')}@new.example`, phone: null } // prettier-ignore
    },
  },
  {
    name: 'a known address',
    make: (random, sample) => ({ ...random.pick(sample), street: '', city: '', postcode: '' }),
  },
  {
    name: 'alike, with slips',
    make: (random, sample) => {
      const one = random.pick(sample)
      return { ...one, given: slip(one.given, random), email: `${random.text(9, 'abcdefgh')}@new.example` }
    },
  },
]

async function arrive(db: Db, row: Omit<Row, 'id'>, number: string): Promise<void> {
  const refs = [
    { kind: 'shopify', value: number },
    ...(row.email ? [{ kind: 'email', value: row.email }] : []),
    ...(row.phone ? [{ kind: 'phone', value: row.phone }] : []),
  ]
  await db.transaction(async (tx) => {
    const [own, ...others] = await identifierIds(tx, clock, refs)
    const recordId = newId<'record'>(clock)
    const text = (value: string | null): string | undefined => (value === null || value === '' ? undefined : value)
    const profile: Profile = { is: 'profile', of: refs[0]!, links: refs.slice(1), createdAt: clock(), updatedAt: clock(), givenName: row.given, familyName: row.family, email: text(row.email), phone: text(row.phone), street: text(row.street), city: text(row.city), postcode: text(row.postcode), country: 'GB' } // prettier-ignore
    await upsertProfiles(tx, 'shopify', [{ profile, identifierId: own!, recordId }]) // prettier-ignore
    await insertLinks(tx, 'shopify', others.map((right) => ({ leftId: own!, rightId: right, kind: 'profile' as const, recordId, at: clock() }))) // prettier-ignore
  })
}

/** The database with its statements counted and timed. */
function counting(db: Db): {
  db: Db
  slowest: ReadonlyMap<string, number[]>
  taken: () => { statements: number; ms: number }
} {
  const slowest = new Map<string, number[]>()
  let statements = 0
  let ms = 0
  const timed = async <T>(statement: Sql, work: () => Promise<T>): Promise<T> => {
    const start = performance.now()
    try {
      return await work()
    } finally {
      const took = performance.now() - start
      statements += 1
      ms += took
      const name = statement.text.replaceAll(/\s+/g, ' ').trim().slice(0, 70)
      slowest.set(name, [...(slowest.get(name) ?? []), took])
    }
  }
  return {
    db: {
      ...db,
      query: (statement) => timed(statement, () => db.query(statement)),
      transaction: (work) =>
        db.transaction((tx) => work({ ...tx, query: (statement) => timed(statement, () => tx.query(statement)) })),
    },
    slowest,
    taken: () => {
      const taken = { statements, ms }
      statements = 0
      ms = 0
      return taken
    },
  }
}

const at = (values: readonly number[], share: number): string =>
  (values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0).toFixed(1)

async function timeArrivals(plain: Db, sample: readonly Row[], count: number): Promise<void> {
  const random = createRandom('arrivals')
  const { db, slowest, taken } = counting(plain)
  const times = new Map(arrivals.map(({ name }) => [name, { total: [] as number[], database: [] as number[], statements: 0, edges: 0 }])) // prettier-ignore
  for (let index = 0; index < count; index += 1) {
    const { name, make } = arrivals[index % arrivals.length]!
    await arrive(plain, make(random, sample), `new_${index}`)
    taken()
    const start = performance.now()
    const done = await resolveNew({ db, clock }, { by: 'bench' })
    const total = performance.now() - start
    if (done.kind !== 'new') throw new Error(`An arrival was resolved as "${done.kind}"`)
    const { statements, ms } = taken()
    const of = times.get(name)!
    of.total.push(total)
    of.database.push(ms)
    of.statements += statements
    of.edges += done.written.edges
  }
  process.stdout.write('arrival              p50     p95     max  in the database p50   statements   ties\n')
  const all = [...times.values()].flatMap((of) => of.total)
  for (const [name, of] of times) {
    process.stdout.write(`${name.padEnd(18)} ${at(of.total, 0.5).padStart(5)} ms ${at(of.total, 0.95).padStart(5)} ${at(of.total, 1).padStart(7)} ${at(of.database, 0.5).padStart(12)} ${(of.statements / of.total.length).toFixed(1).padStart(15)} ${(of.edges / of.total.length).toFixed(2).padStart(8)}\n`) // prettier-ignore
  }
  say('statements, by their 95th percentile:')
  const ranked = [...slowest].toSorted(([, x], [, y]) => Number(at(y, 0.95)) - Number(at(x, 0.95)))
  for (const [name, took] of ranked.slice(0, 12)) say(`  ${at(took, 0.5).padStart(6)} ${at(took, 0.95).padStart(6)} ms  ${took.length} × ${name}`) // prettier-ignore
  process.stdout.write(
    `all                ${at(all, 0.5).padStart(5)} ms ${at(all, 0.95).padStart(5)} ${at(all, 1).padStart(7)}\n`,
  )
}

/** What one round trip costs here: on a busy machine most of a resolution is waiting for its turn. */
async function roundTrips(db: Db): Promise<void> {
  const took: number[] = []
  for (let index = 0; index < 1000; index += 1) {
    const start = performance.now()
    await db.query(sql`select 1`)
    took.push(performance.now() - start)
  }
  say(`an empty statement: p50 ${at(took, 0.5)} ms, p95 ${at(took, 0.95)} ms, p99 ${at(took, 0.99)} ms`)
}

async function phase<T>(name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  say(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`)
  return result
}

async function run(url: string, people: number, count: number): Promise<void> {
  const name = `millrace_bench_${randomBytes(4).toString('hex')}`
  const admin = openDb({ options: { connectionString: url, max: 1 } })
  await admin.query({ text: `create database ${name}`, values: [] })
  const target = new URL(url)
  target.pathname = `/${name}`
  const db = openDb({ options: { connectionString: target.href, max: 8 } })
  try {
    await migrate(db, migrationFolders, clock)
    const sample: Row[] = []
    await phase(`filled with ${people} people`, () => fill(db, people, sample))
    const rules = await liveModel({ db, clock }, 'bench')
    await phase('ties', () => db.query(fillEdges(rules.hash, clock())))
    await phase('statistics', () => db.query(sql`analyze`))
    const trained = await phase('trained', () => trainLinkage({ db, clock }, { by: 'bench' }))
    say(JSON.stringify(trained))
    const linkage = await liveLinkage(db)
    const alike = await phase('compared everywhere', () => alikeEverywhere({ db, clock }, linkage, null))
    say(`${alike.length} pairs worth a look`)
    await phase('statistics', () => db.query(sql`analyze`))
    const { now } = await selectBeginning(db)
    await db.transaction((tx) => setIdentityState(tx, { watermark: now, rulesHash: rules.hash, linkageHash: linkage?.hash ?? null })) // prettier-ignore
    await roundTrips(db)
    await timeArrivals(db, sample, count)
  } finally {
    await db.close()
    await admin.query({ text: `drop database ${name} with (force)`, values: [] })
    await admin.close()
  }
}

const { values } = parseArgs({ options: { people: { type: 'string', default: '1000000' }, arrivals: { type: 'string', default: '900' }, url: { type: 'string' } } }) // prettier-ignore
if (values.url === undefined) throw new Error('Say where: --url postgres://…, as node test/support/postgres-server.mjs prints it') // prettier-ignore
await run(values.url, Number(values.people), Number(values.arrivals))

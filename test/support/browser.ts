import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'

const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const found = places.find((path) => path !== undefined && existsSync(path))

/** True where these tests cannot run: they are skipped, visibly, unless everything is required. */
export const noBrowser = found === undefined && process.env['MILLRACE_REQUIRE_ALL'] === undefined

const quiet = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
] // prettier-ignore

export function openBrowser(): Promise<Browser> {
  if (found === undefined) throw new Error('No browser is there: install chromium, or name one in CHROMIUM')
  return chromium.launch({ executablePath: found, args: quiet })
}

/** A demo in a folder and at a port of its own, as a person starts it. */
export type Demo = { marketer: string; owner: string; origin: string; stop: () => Promise<void> }

const patienceMs = 170_000
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Starts the demo and waits for the sign-in links it prints. */
export async function startDemo(): Promise<Demo> {
  const home = mkdtempSync(join(tmpdir(), 'millrace-demo-'))
  const env = { PATH: process.env['PATH'], HOME: home, MILLRACE_HOME: home, PORT: '0' }
  const child = spawn(process.execPath, ['app/launch.mjs', 'app/cli.ts', 'demo'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = async (): Promise<void> => {
    await ended(child)
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 })
  }
  try {
    const [marketer = '', owner = ''] = await links(child)
    return { marketer, owner, origin: new URL(marketer).origin, stop }
  } catch (fault) {
    await stop()
    throw fault
  }
}

function links(child: ChildProcess): Promise<string[]> {
  let said = ''
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`The demo printed no link in ${patienceMs / 1000} s:\n${said}`)),
      patienceMs,
    )
    const listen = (bytes: Buffer): void => {
      said += bytes.toString()
      const urls = [...said.matchAll(/http:\S+\/sign-in\?token=[\w-]{43}/g)].map(([url]) => url)
      if (urls.length < 2) return
      clearTimeout(late)
      resolve(urls)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`The demo ended with ${code}:\n${said}`))
    })
  })
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const stuck = setTimeout(() => child.kill('SIGKILL'), 20_000)
    child.once('exit', () => {
      clearTimeout(stuck)
      resolve()
    })
    child.kill('SIGTERM')
  })
}

/** A person at a browser, with everything the console complained of. */
export type Person = { page: Page; context: BrowserContext; complaints: string[] }

/** Opens a browser as somebody: the state of who signed in, and how their screen is. */
export async function personAt(browser: Browser, options: BrowserContextOptions = {}): Promise<Person> {
  const context = await browser.newContext(options)
  const complaints: string[] = []
  const listen = (page: Page): void => {
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()}`)
    })
    page.on('pageerror', (fault) => complaints.push(`${page.url()}: ${fault.message}`))
  }
  context.on('page', listen)
  return { page: await context.newPage(), context, complaints }
}

/** Signs in by a one-time link and returns the session, to be used in other contexts. */
export async function signedIn(
  browser: Browser,
  link: string,
): Promise<NonNullable<BrowserContextOptions['storageState']>> {
  const { page, context } = await personAt(browser)
  await page.goto(link)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/desk')
  const state = await context.storageState()
  await context.close()
  return state
}

/** Moves by Tab alone until something has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, selector: string, most = 200): Promise<void> {
  for (let pressed = 0; pressed < most; pressed += 1) {
    await page.keyboard.press('Tab')
    if ((await page.locator(`${selector}:focus`).count()) > 0) return
  }
  throw new Error(`Tab never reached ${selector} on ${page.url()}`)
}

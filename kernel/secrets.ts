import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hkdfSync } from 'node:crypto'
import type { Config } from './config.ts'
import { randomToken } from './crypto.ts'

/** One key for each use, derived from the house's secret (HKDF, RFC 5869), so that none serves two purposes. */
export type Secrets = {
  readonly records: Uint8Array
  readonly links: Uint8Array
  readonly sessions: Uint8Array
  readonly signUps: Uint8Array
}

/** The secrets: from SECRET_KEY in server mode, else generated once into `<home>/secrets` (mode 0600). */
export function loadSecrets(config: Pick<Config, 'SECRET_KEY' | 'MILLRACE_HOME'>): Secrets {
  const root = Buffer.from(config.SECRET_KEY ?? generated(config.MILLRACE_HOME), 'base64url')
  if (root.length < 32) throw new Error('SECRET_KEY must be at least 32 bytes in base64url')
  const derive = (use: string): Uint8Array => new Uint8Array(hkdfSync('sha256', root, '', `millrace/${use}`, 32))
  return {
    records: derive('records'),
    links: derive('links'),
    sessions: derive('sessions'),
    signUps: derive('sign-ups'),
  }
}

function generated(home: string): string {
  const folder = join(home, 'secrets')
  const path = join(folder, 'key')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!existsSync(path)) createOnce(path)
  return readFileSync(path, 'utf8').trim()
}

function createOnce(path: string): void {
  try {
    writeFileSync(path, `${randomToken(32)}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(path, 0o600)
  } catch (fault) {
    // Another process made it first: its key is the key.
    if (!existsSync(path)) throw fault
  }
}

import {
  createCipheriv, createDecipheriv, createHash, createHmac, createSecretKey, hash, randomBytes, randomFillSync,
  timingSafeEqual, type KeyObject,
} from 'node:crypto' // prettier-ignore
import type { Hash } from './ids.ts'

/** SHA-256 of bytes or UTF-8 text, in hex. */
export const sha256 = (data: string | Uint8Array): Hash => hash('sha256', data, 'hex') as Hash

/** The content hash of a JSON value: keys sorted, so that equal values have equal hashes. */
export const hashOf = (value: unknown): Hash => sha256(canonicalJson(value))

/** JSON with sorted keys and no spaces (the shape of RFC 8785 for the values the house stores). */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (value instanceof Date) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
}

/** HMAC (RFC 2104) with SHA-256 unless told, base64url. */
export const hmac = (key: Uint8Array, data: string, algorithm: 'sha256' | 'sha512' = 'sha256'): string =>
  createHmac(algorithm, lasting(key)).update(data).digest('base64url')

/** A key that is used again and again, made ready once: raw bytes cost more each time than a signature or a seal. */
export function lasting(key: Uint8Array): KeyObject {
  const known = readyKeys.get(key)
  if (known) return known
  const ready = createSecretKey(key)
  readyKeys.set(key, ready)
  return ready
}

const readyKeys = new WeakMap<Uint8Array, KeyObject>()

/** Compares two strings in constant time. */
export function sameSecret(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest()
  const right = createHash('sha256').update(b).digest()
  return timingSafeEqual(left, right)
}

/** A random string safe in URLs; 32 bytes unless told. */
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url')

export const newKey = (): Uint8Array => new Uint8Array(freshBytes(32))

// Asking the system for random bytes costs more than a seal: those of many keys at a time. None is given out twice, and
// none stays behind in the pool.
const pool = Buffer.alloc(8192)
let taken = pool.length

/** Random bytes that nobody else gets. */
function freshBytes(count: number): Buffer {
  if (taken + count > pool.length) {
    randomFillSync(pool)
    taken = 0
  }
  const bytes = Buffer.from(pool.subarray(taken, taken + count))
  pool.fill(0, taken, (taken += count))
  return bytes
}

const ready = (key: Uint8Array | KeyObject): KeyObject => (key instanceof Uint8Array ? createSecretKey(key) : key)

/** AES-256-GCM: 12 bytes nonce, 16 bytes tag, then the ciphertext. `about` is authenticated, not hidden. */
export function seal(key: Uint8Array | KeyObject, plain: Uint8Array, about: string): Buffer {
  const nonce = freshBytes(12)
  const cipher = createCipheriv('aes-256-gcm', ready(key), nonce).setAAD(Buffer.from(about))
  const body = cipher.update(plain)
  const rest = cipher.final()
  return Buffer.concat([nonce, cipher.getAuthTag(), body, rest])
}

/** Opens what `seal` closed; throws when the key, the bytes or `about` differ. */
export function open(key: Uint8Array | KeyObject, sealed: Uint8Array, about: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', ready(key), sealed.subarray(0, 12)).setAAD(Buffer.from(about))
  decipher.setAuthTag(sealed.subarray(12, 28))
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
}

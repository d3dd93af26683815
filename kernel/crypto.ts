import {
  createCipheriv, createDecipheriv, createHash, createHmac, createSecretKey, hash, randomBytes, timingSafeEqual,
  type KeyObject,
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

/** HMAC-SHA-256 (RFC 2104), base64url. A key is made ready once: that costs more than a signature. */
export function hmac(key: Uint8Array, data: string): string {
  const ready = readyKeys.get(key) ?? createSecretKey(key)
  readyKeys.set(key, ready)
  return createHmac('sha256', ready).update(data).digest('base64url')
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

export const newKey = (): Uint8Array => new Uint8Array(randomBytes(32))

/** AES-256-GCM: 12 bytes nonce, 16 bytes tag, then the ciphertext. `about` is authenticated, not hidden. */
export function seal(key: Uint8Array, plain: Uint8Array, about: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

/** Opens what `seal` closed; throws when the key, the bytes or `about` differ. */
export function open(key: Uint8Array, sealed: Uint8Array, about: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from(about))
  decipher.setAuthTag(sealed.subarray(12, 28))
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
}

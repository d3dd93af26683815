import { randomFillSync } from 'node:crypto'
import type { Clock } from './clock.ts'

/** A string that cannot be mistaken for another kind of string: `Id<'person'>`. */
export type Id<Kind extends string> = string & { readonly __id: Kind }

export type RunId = Id<'run'>
export type RecordId = Id<'record'>
export type IdentifierId = Id<'identifier'>
export type PersonId = Id<'person'>
export type DocumentId = Id<'document'>
export type ChunkId = Id<'chunk'>
export type FactId = Id<'fact'>
export type DraftId = Id<'draft'>
export type ApprovalId = Id<'approval'>
export type UserId = Id<'user'>
export type EnrolmentId = Id<'enrolment'>
export type DeliveryId = Id<'delivery'>

/** A content hash: 64 lower-case hex digits of SHA-256. */
export type Hash = string & { readonly __hash: true }

/**
 * UUIDv7 (RFC 9562 § 5.7): 48 bits of milliseconds, a count of 26 bits that begins anywhere with each millisecond (§ 6.2,
 * method 1), then random bits. Ids sort by their birth, and an index only ever grows at its end.
 */
export function newId<Kind extends string>(clock: Clock): Id<Kind> {
  const bytes = randomBytes16()
  const ms = clock().getTime()
  nth = ms === latestMs ? nth + 1 : bytes.readUInt32BE(6) >>> 7
  latestMs = ms
  bytes.writeUIntBE(ms, 0, 6)
  bytes.writeUInt16BE(0x7000 | ((nth >>> 14) & 0xfff), 6)
  bytes.writeUInt16BE(0x8000 | (nth & 0x3fff), 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Id<Kind>
}

let latestMs = -1
let nth = 0

// Asking the system for random bytes costs more than making an id of them: many ids' worth at a time.
const random = Buffer.alloc(16 * 256)
let used = random.length

/** Sixteen random bytes that nobody else gets; good until the next call. */
function randomBytes16(): Buffer {
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  return random.subarray(used, (used += 16))
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Reads an id that came from outside (a URL, a form); null when it is no UUID. */
export function parseId<Kind extends string>(text: string | undefined): Id<Kind> | null {
  return text !== undefined && uuid.test(text) ? (text as Id<Kind>) : null
}

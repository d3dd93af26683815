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

/** UUIDv7 (RFC 9562 § 5.7): 48 bits of milliseconds, then random bits, so that ids sort by time of birth. */
export function newId<Kind extends string>(clock: Clock): Id<Kind> {
  const bytes = randomBytes16()
  bytes.writeUIntBE(clock().getTime(), 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Id<Kind>
}

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

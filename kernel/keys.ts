import type { Clock } from './clock.ts'
import { byteas, uuids, type Column } from './columns.ts'
import { lasting, newKey, open, seal } from './crypto.ts'
import type { Queryable } from './db.ts'
import { newId, type Id } from './ids.ts'
import { sql } from './sql.ts'

export type KeyId = Id<'key'>

/** A payload under a key of its own: both go to the database together, by `storeKeys` and the owner of the payload. */
export type Sealed = { keyId: KeyId; wrapped: Buffer; payload: Buffer }

/** Seals a payload under a fresh key, itself wrapped by the house's key. Nothing is stored yet. */
export function sealPayload(houseKey: Uint8Array, clock: Clock, payload: Uint8Array): Sealed {
  const keyId = newId<'key'>(clock)
  const key = newKey()
  return { keyId, wrapped: seal(lasting(houseKey), key, keyId), payload: seal(key, payload, keyId) }
}

/** Opens a sealed payload. Throws when it was altered or belongs to another house's key. */
export function openPayload(houseKey: Uint8Array, sealed: Sealed): Buffer {
  return open(open(lasting(houseKey), sealed.wrapped, sealed.keyId), sealed.payload, sealed.keyId)
}

/** Sealed payloads as the columns of a statement. */
export type SealedColumns = { count: number; keyIds: Column; wrapped: Column; payloads: Column }

export const sealedColumns = (sealed: readonly Sealed[]): SealedColumns => ({
  count: sealed.length,
  keyIds: uuids(sealed.map((one) => one.keyId)),
  wrapped: byteas(sealed.map((one) => one.wrapped)),
  payloads: byteas(sealed.map((one) => one.payload)),
})

/** Stores the wrapped keys of a batch of sealed payloads. */
export async function storeKeys(db: Queryable, clock: Clock, { count, keyIds, wrapped }: SealedColumns): Promise<void> {
  if (count === 0) return
  await db.query(sql`insert into kernel.keys (id, wrapped, created_at) select id, wrapped, ${clock()}
    from unnest(${keyIds}::uuid[], ${wrapped}::bytea[]) as given (id, wrapped)`)
}

/** Destroys keys, and with them everything sealed under them, for ever. Returns how many were still alive. */
export async function destroyKeys(db: Queryable, clock: Clock, ids: readonly KeyId[]): Promise<number> {
  const rows = await db.query(sql`update kernel.keys set wrapped = null, destroyed_at = ${clock()}
    where id = any(${[...ids]}::uuid[]) and destroyed_at is null returning id`)
  return rows.length
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { newKey } from '#kernel/crypto.ts'
import { destroyKeys, openPayload, sealedColumns, sealPayload, storeKeys, type KeyId } from '#kernel/keys.ts'
import { sealAll } from '#kernel/sealing.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-01-02T03:04:05Z'))
const house = newKey()

const wrapped = async (id: string) =>
  (await db.query<{ wrapped: Buffer | null }>(sql`select wrapped from kernel.keys where id = ${id}`))[0]?.wrapped

describe('the keys of payloads', () => {
  it('open what they closed after a way through the database', async () => {
    const sealed = sealPayload(house, clock, Buffer.from('a record'))
    await storeKeys(db, clock, sealedColumns([sealed]))
    const kept = await wrapped(sealed.keyId)
    expect(openPayload(house, { ...sealed, wrapped: kept ?? Buffer.alloc(0) }).toString()).toBe('a record')
  })

  it('open what was sealed by the hundred in another thread, in the order given', async () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 400 })
    await fc.assert(
      fc.asyncProperty(payloads, async (given) => {
        const sealed = await sealAll(house, clock, given)
        const back = await db.query<{ keyId: KeyId; wrapped: Buffer; payload: Buffer }>(sql`
          select id as "keyId", wrapped, payload from unnest(${sealed.keyIds}::uuid[], ${sealed.wrapped}::bytea[], ${sealed.payloads}::bytea[]) as s (id, wrapped, payload)`)
        expect(sealed.count).toBe(given.length)
        expect(back.map((one) => openPayload(house, one).toString('hex'))).toEqual(given.map((one) => Buffer.from(one).toString('hex'))) // prettier-ignore
      }),
      { numRuns: 20 },
    )
  })

  it('are refused with a key that is none, in another thread too, and the next ones are sealed', async () => {
    const many = Array.from({ length: 300 }, () => Buffer.from('a record'))
    await expect(sealAll(new Uint8Array(3), clock, many)).rejects.toThrow('Invalid key length')
    expect((await sealAll(house, clock, many)).count).toBe(300)
  })

  it('once destroyed leave nothing to open it with, and say so once', async () => {
    const [gone, kept] = [sealPayload(house, clock, Buffer.from('1')), sealPayload(house, clock, Buffer.from('2'))]
    await storeKeys(db, clock, sealedColumns([gone, kept]))
    expect(await destroyKeys(db, clock, [gone.keyId])).toBe(1)
    expect(await destroyKeys(db, clock, [gone.keyId])).toBe(0)
    expect(await wrapped(gone.keyId)).toBeNull()
    expect(await wrapped(kept.keyId)).not.toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { newKey } from '#kernel/crypto.ts'
import { destroyKeys, openPayload, sealPayload, storeKeys } from '#kernel/keys.ts'
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
    await storeKeys(db, clock, [sealed])
    const kept = await wrapped(sealed.keyId)
    expect(openPayload(house, { ...sealed, wrapped: kept ?? Buffer.alloc(0) }).toString()).toBe('a record')
  })

  it('once destroyed leave nothing to open it with, and say so once', async () => {
    const [gone, kept] = [sealPayload(house, clock, Buffer.from('1')), sealPayload(house, clock, Buffer.from('2'))]
    await storeKeys(db, clock, [gone, kept])
    expect(await destroyKeys(db, clock, [gone.keyId])).toBe(1)
    expect(await destroyKeys(db, clock, [gone.keyId])).toBe(0)
    expect(await wrapped(gone.keyId)).toBeNull()
    expect(await wrapped(kept.keyId)).not.toBeNull()
  })
})

import { afterEach, beforeEach } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import type { UserId } from '#kernel/ids.ts'
import { whatsappWord } from '#campaigns/whatsapp/word.ts'
import { tick, type Tick } from '#campaigns/delivery/worker.ts'
import { testDatabase } from '../support/database.ts'
import { fakeWhatsApp, type FakeWhatsApp, type Taken } from '../support/fake-whatsapp.ts'
import { accountOf, channelOver, zone, type Reader } from './whatsapp-world.ts'
import { anOwner, ledger, start, workerOver } from './world.ts'

/** The house of a test file: an empty database, a fake Meta and an owner before each test, a clock that stands still. */
export const db = testDatabase()
export let clock = stoppedClock(start)
export let meta: FakeWhatsApp
export let owner: UserId
export const deps = () => ({ db, clock })
beforeEach(async () => {
  clock = stoppedClock(start)
  meta = await fakeWhatsApp()
  owner = await anOwner(db, clock)
})
afterEach(() => meta.close())

export const publicUrl = 'https://desk.alder.example'
export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
export const work = (number?: string): Promise<Tick> =>
  tick(workerOver(db, channelOver(deps(), meta, number), clock, { zone }))
export const tell = (body: string): Promise<void> => db.transaction((tx) => whatsappWord(clock)(tx, Buffer.from(body)))
export const told = (of: Taken, status: string, more: { code?: number; category?: string } = {}): Promise<void> =>
  tell(meta.statuses({ of, status, at: clock(), ...more }))
export const whatsapp = () => accountOf(meta, clock)
export const stateOf = async (reader: Reader): Promise<string> => (await ledger(db)).get(reader.number)?.state ?? 'none'

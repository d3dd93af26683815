import { pino } from 'pino'
import { beforeEach, describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { sql } from '#kernel/sql.ts'
import { mayReceive } from '#governance/consent.ts'
import { whatsappHears } from '#campaigns/channels/whatsapp-webhook.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import type { News } from '#campaigns/tell-people.ts'
import { whatsappWebhook } from '#ingest/sources/whatsapp-webhook.ts'
import { testDatabase } from '../support/database.ts'
import { fakeWhatsApp, signed, webhook } from '../support/fake-whatsapp.ts'
import { aCampaign, addReaders, channelOver, phones, zone, type Reader } from './whatsapp-world.ts'
import { anOwner, start, workerOver } from './world.ts'

const db = testDatabase()
const appSecret = 'an app secret of Meta'
let clock = stoppedClock(start)
let told: News[] = []
let lines: string[] = []
beforeEach(() => {
  clock = stoppedClock(start)
  told = []
  lines = []
})

const hear = (body: string): Promise<Response> => {
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const ingest = { db, clock, recordsKey: new Uint8Array(32).fill(3), business: { zone, currency: 'EUR' }, log }
  const tell = (news: News) => Promise.resolve(void told.push(news))
  const take = whatsappHears({ clock, log, tell }, (alongside) => whatsappWebhook(ingest, { appSecret, verifyToken: 'the word agreed on' }, alongside)) // prettier-ignore
  return take(signed('https://house.example/webhooks/whatsapp', body, appSecret))
}
const said = (change: object, text = 'STOP') =>
  webhook({ messages: [{ id: 'wamid.IN1', timestamp: String(start.getTime() / 1_000), type: 'text', text: { body: text }, ...change }] }) // prettier-ignore
const stopped = async (readers: readonly Reader[]): Promise<boolean[]> => {
  const word = await mayReceive(db, { channel: 'whatsapp', purpose: 'marketing', at: clock() }, readers.map(({ identifierId }) => identifierId)) // prettier-ignore
  return readers.map(({ identifierId }) => word.get(identifierId)?.kind === 'blocked')
}

describe('a STOP by WhatsApp', () => {
  it.each([
    ['Mexico, by its old id', '+525512345678', '5215512345678'],
    ['Mexico', '+525512345678', '525512345678'],
    ['Brazil, by its old id', '+5531987654321', '553187654321'],
    ['Brazil', '+5531987654321', '5531987654321'],
    ['the Netherlands', '+31612345678', '31612345678'],
  ])('ends WhatsApp for its sender of %s, by text and by the settings', async (_, number, waId) => {
    const [texting] = await addReaders({ db, clock }, [number])
    expect((await hear(said({ from: waId }))).status).toBe(200)
    expect(await stopped([texting!])).toEqual([true])
    await db.query(sql`delete from ingest.suppressions`)
    await db.query(sql`delete from ingest.consents where state = 'withdrawn'`)
    expect(await stopped([texting!])).toEqual([false])
    const at = { wa_id: waId, category: 'marketing_messages', value: 'stop', timestamp: start.getTime() / 1_000 }
    await hear(webhook({ user_preferences: [at] }, 'user_preferences'))
    expect(await stopped([texting!])).toEqual([true])
    expect(told).toEqual([])
  })

  it.each([
    ['from an id that is no number', 'US.13491208655302741918'],
    ['from nobody', undefined],
    ['from another number than we wrote to', '541123456789'],
  ])('in answer to a message of ours is its reader’s, %s', async (_, from) => {
    const meta = await fakeWhatsApp()
    const readers = await addReaders({ db, clock }, phones(2))
    await aCampaign({ db, clock }, meta, { owner: await anOwner(db, clock), readers })
    await tick(workerOver(db, channelOver({ db, clock }, meta), clock, { zone }))
    const ours = meta.taken.find(({ to }) => to === readers[0]!.number)!
    const body = said({ ...(from && { from }), context: { id: ours.id } })
    for (const times of [1, 2]) expect((await hear(body)).status, String(times)).toBe(200)
    expect(await stopped(readers)).toEqual([true, false])
    expect(told).toEqual([])
    await meta.close()
  })

  it.each([
    ['a message', said({ from: 'US.13491208655302741918', context: { id: 'wamid.NOT.OURS' } })],
    ['a message without a sender', said({})],
    ['the settings', webhook({ user_preferences: [{ wa_id: 'US.1349', category: 'marketing_messages', value: 'stop', timestamp: start.getTime() / 1_000 }] }, 'user_preferences')],
  ])('is brought before people where nobody can be found, without who it was: %s', async (_, body) => {
    expect((await hear(body)).status).toBe(200)
    expect(told).toMatchObject([{ subject: expect.stringContaining('no more WhatsApp') as unknown }])
    expect(lines).toHaveLength(1)
    expect(JSON.stringify([told, lines])).not.toContain('US.1349')
  }) // prettier-ignore

  it('is brought before nobody where it could not be taken in: Meta says it again', async () => {
    await db.query(sql`alter table ingest.quarantine rename to quarantine_away`)
    await expect(hear(said({ from: 'nobody' }))).rejects.toThrow('quarantine')
    await db.query(sql`alter table ingest.quarantine_away rename to quarantine`)
    expect(told).toEqual([])
  })

  it('is none where a message without a sender says something else', async () => {
    await hear(said({}, 'Where is the bus stop?'))
    expect(told).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { smsWebhook } from '#campaigns/channels/sms-webhook.ts'
import type { News } from '#campaigns/tell-people.ts'
import { mayReceive } from '#governance/consent.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { receivedTexts } from '#ingest/sources/received-texts.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { aClock } from './world.ts'

const db = testDatabase()
const clock = aClock()
const told: News[] = []
const hear = smsWebhook(
  { db, clock, recordsKey: new Uint8Array(32).fill(3), business: { zone: 'Europe/Amsterdam', currency: 'EUR' }, log: silentLog },
  {
    secret: 'a secret of sixteen',
    fields: { id: 'id', from: 'from', text: 'text' },
    source: receivedTexts('sms'), sender: 'sms',
    tell: (news) => Promise.resolve(void told.push(news)),
  },
) // prettier-ignore

const says = (id: string, from: string) =>
  hear(new Request('https://house.example/webhooks/sms?token=a+secret+of+sixteen', { method: 'POST', body: JSON.stringify({ id, from, text: 'STOP' }) })) // prettier-ignore

async function ruleOn(number: string): Promise<string | undefined> {
  const [id] = await db.transaction((tx) => identifierIds(tx, clock, [{ kind: 'phone', value: number }]))
  const permission = (await mayReceive(db, { channel: 'sms', purpose: 'marketing', at: clock() }, [id!])).get(id!)
  return permission?.kind === 'blocked' ? permission.rule : permission?.kind
}

describe('a text that asks for no more SMS', () => {
  it('is heard however the operator writes the number: in full, with 00, or as dialled at home', async () => {
    const written = ['0031612340001', '0612340002', '612340003', '31612340004', '+31612340005']
    for (const [n, from] of written.entries()) {
      expect((await says(`m${n}`, from)).status).toBe(200)
      expect(await ruleOn(`+3161234000${n + 1}`), from).toBe('suppressed')
    }
    expect(told).toEqual([])
    expect(await db.query(sql`select from ingest.events where kind = 'message_received'`)).toHaveLength(5)
  })

  it('is brought before people where nobody can read the number, which is not repeated', async () => {
    expect((await says('m9', '9876')).status).toBe(200)
    expect(told).toMatchObject([{ subject: expect.stringContaining('no more SMS') as string }])
    expect(JSON.stringify(told)).not.toContain('9876')
  })
})

import fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { TextChannel } from '#campaigns/channel.ts'
import { fieldsFrom, smsWebhook } from '#campaigns/channels/sms-webhook.ts'
import { mayReceive } from '#governance/consent.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { receivedTexts } from '#ingest/sources/received-texts.ts'
import { sql } from '#kernel/sql.ts'
import { clock, db, owner } from './house.ts'
import { memoryTexts, textWorld } from './text-world.ts'

const { readers, launched, round } = textWorld(db, () => ({ clock, owner }))

/** The webhook with these fields, and what its log has said. */
function hearing(fields = 'id=id,reference=reference,status=status,from=from,text=text,time=time') {
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const business = { zone: 'Europe/Amsterdam', currency: 'EUR' }
  const hear = smsWebhook(
    { db, clock, recordsKey: new Uint8Array(32).fill(3), business, log },
    { secret: 'a secret of sixteen', fields: fieldsFrom(fields), source: receivedTexts('sms'), sender: 'sms', tell: () => Promise.resolve() }, // prettier-ignore
  )
  const url = 'https://house.example/webhooks/sms?token=a+secret+of+sixteen'
  const post = async (body: string, type = 'application/json') =>
    (await hear(new Request(url, { method: 'POST', body, headers: { 'content-type': type } }))).status
  return { lines, post, says: (told: unknown) => post(JSON.stringify(told)) }
}

async function isStopped(number: string): Promise<boolean> {
  const [id] = await db.transaction((tx) => identifierIds(tx, clock, [{ kind: 'phone', value: number }]))
  const word = (await mayReceive(db, { channel: 'sms', purpose: 'marketing', at: clock() }, [id!])).get(id!)
  return word?.kind === 'blocked' && word.rule === 'suppressed'
}
const texts = () => db.query(sql`select properties ->> 'type' as type from ingest.events where kind = 'message_received' order by external_id`) // prettier-ignore

describe('a text that came in', () => {
  it.each(['received', 'RECEIVED', 'receiving', 'inbound', 'mo', '', 'a word of its own', 'delivered'])(
    'is heard asking for no more with the status “%s” beside it',
    async (status) => {
      const { says, lines } = hearing()
      expect(await says({ id: 'm1', from: '+31612340001', text: 'STOP', status })).toBe(200)
      expect(await isStopped('+31612340001')).toBe(true)
      expect(lines).toEqual([])
    },
  )

  it('that asks for nothing is a text where its status says that it came in, and no report', async () => {
    const { says } = hearing()
    await says({ id: 'm1', from: '+31612340001', text: 'Where is the bus stop?', status: 'received' })
    expect(await texts()).toEqual([{ type: 'text' }])
  })

  it('is found where the provider puts it, each of several', async () => {
    const nested = hearing('id=data.payload.id,status=data.payload.status,from=data.payload.from.phone_number,text=data.payload.text') // prettier-ignore
    await nested.says({ data: { payload: { id: 'm1', from: { phone_number: '+31612340001' }, text: 'STOP' } } })
    const listed = hearing('id=results.0.messageId,from=results.0.from,text=results.0.message.text')
    const one = (n: number) => ({ messageId: `m${n}`, from: `3161234000${n}`, message: { text: 'Stop' } })
    await listed.says({ results: [one(2), one(3), one(4)] })
    const formed = hearing('id=Sms.Id,from=From,text=Body')
    await formed.post('Sms.Id=m5&From=%2B31612340005&Body=STOP', 'application/x-www-form-urlencoded')
    expect(await Promise.all([1, 2, 3, 4, 5, 6].map((n) => isStopped(`+3161234000${n}`)))).toEqual([true, true, true, true, true, false]) // prettier-ignore
    expect([...nested.lines, ...listed.lines, ...formed.lines]).toEqual([])
  })

  it('stops its number whatever else is said beside it (property)', async () => {
    const { says } = hearing()
    const more = fc.record({ status: fc.oneof(fc.string(), fc.integer(), fc.constantFrom('received', 'delivered', 'failed')), reference: fc.string() }, { requiredKeys: [] }) // prettier-ignore
    let number = 0
    await fc.assert(
      fc.asyncProperty(more, async (beside) => {
        const from = `+3161234${1_000 + number++}`
        expect(await says([{ id: `m${number}`, from, text: 'STOP', ...beside }])).toBe(200)
        expect(await isStopped(from)).toBe(true)
      }),
      { numRuns: 25 },
    )
  })
})

describe('what is neither a text nor a report', () => {
  it.each([
    ['fields of other names', { sms_from: '+31612340001', body: 'STOP now' }],
    ['a text without its sender', { id: 'm1', text: 'STOP now' }],
    ['a status that nobody knows', { id: 'm1', status: 'half-past', from: '+31612340001' }],
    ['a report of no message', { status: 'delivered', text: 'STOP now' }],
    ['a word and no object', ['STOP now']],
  ])('is told of in the log, without the text and the number: %s', async (_, told) => {
    const { says, lines } = hearing()
    expect(await says(told)).toBe(200)
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toMatch(/STOP now|31612340001/)
    expect(await texts()).toEqual([])
  })

  it('is told of where the body cannot be read at all', async () => {
    const { post, lines } = hearing()
    expect(await post('<sms><from>31612340001</from><text>STOP now</text></sms>')).toBe(200)
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toMatch(/STOP now|31612340001/)
  })

  it('leaves the log alone where a message is only on its way, or nothing was said', async () => {
    const { says, post, lines } = hearing()
    for (const status of ['sent', 'queued', 'ACCEPTD', 'ENROUTE', 'buffered', 'sending', 'delivery_unconfirmed'])
      await says({ id: 'm1', status })
    await post('')
    await says([])
    expect(lines).toEqual([])
  })
})

describe('a report of an operator', () => {
  const arrived = ['delivered', 'DELIVRD', 'delivered_to_handset', 'Delivered to handset']
  const failed = [
    'undelivered', 'UNDELIV', 'undeliverable', 'failed', 'delivery_failed', 'sending_failed', 'not_delivered', 'no_route', 'DELETED', 'rejectd',
    'REJECTED', 'aborted', 'cancelled', 'canceled', 'expired', 'validity_expired', 'blocked', 'blocked_by_carrier', 'error', 'network_error', 'absent_subscriber',
  ] // prettier-ignore
  const unwanted = ['opt-out', 'opted_out', 'blacklisted', 'BLISTED', 'unsubscribed', 'stop', 'stopped_by_recipient']
  const dead = ['unknown subscriber', 'invalid_number', 'no such recipient']
  const nothing = ['sent', 'queued', 'unknown', 'delivery_unconfirmed', 'DELIVERED_TO_OPERATOR']

  it('moves its message as far as it says, and ends SMS to its reader only where they shut it or have no number', async () => {
    const words = [...arrived, ...failed, ...unwanted, ...dead, ...nothing]
    await launched(await readers(words.map((_, n) => ({ phone: `+3161234${1_000 + n}`, agreed: ['sms' as const] }))), 'sms') // prettier-ignore
    const sms = memoryTexts('sms')
    await round(sms.channel)
    const { says } = hearing()
    for (const [n, status] of words.entries()) {
      const { deliveryId } = sms.given.find(({ to }) => to === `+3161234${1_000 + n}`)!
      await says({ reference: deliveryId, status })
    }
    const stood = await db.query<{
      state: string
      reason: string | null
    }>(sql`select d.state, s.reason from campaigns.deliveries d
      join ingest.identifiers i on i.id = d.identifier_id
      left join ingest.suppressions s on s.identifier_id = i.id and s.channel = 'sms' order by i.value`)
    const said = words.map((status, n) => [status, stood[n]!.state, stood[n]!.reason])
    expect(said).toEqual([
      ...arrived.map((status) => [status, 'delivered', null]),
      ...failed.map((status) => [status, 'failed', null]),
      ...unwanted.map((status) => [status, 'failed', 'blocked']),
      ...dead.map((status) => [status, 'bounced', 'bounced']),
      ...nothing.map((status) => [status, 'sent', null]),
    ])
  })

  it('that names its message by an id which is not recorded yet is taken when it is told again', async () => {
    await launched(await readers([{ phone: '+31612341000', agreed: ['sms'] }]), 'sms')
    const { says } = hearing()
    const early = memoryTexts('sms', { name: 'sms' })
    const report = (id: string) => says({ id, status: 'invalid number' })
    const channel: TextChannel = { ...early.channel, send: async (...given) => {
      const outcomes = await early.channel.send(...given)
      await expect(report(`sms ${early.given[0]!.deliveryId}`)).rejects.toThrow('told again')
      return outcomes
    } } // prettier-ignore
    await round(channel)
    expect(await report('of somebody else')).toBe(200)
    expect(await report(`sms ${early.given[0]!.deliveryId}`)).toBe(200)
    expect(await db.query(sql`select state from campaigns.deliveries`)).toEqual([{ state: 'bounced' }])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordShortClick } from '#campaigns/heard/reader-events.ts'
import { endingOf } from '#campaigns/render/text-ending.ts'
import { isCode, shortLink } from '#campaigns/render/short-links.ts'
import { recordConsents } from '#ingest/consent.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { sizeOf } from '#rag/form-size.ts'
import { forms } from '#rag/forms.ts'
import { clock, db, owner } from './house.ts'
import { body, memoryTexts, textWorld } from './text-world.ts'
import { campaign, linksKey, sender } from './world.ts'

const { readers, launched, round } = textWorld(db, () => ({ clock, owner }))
/** Where the links of the tests' workers lead. */
const publicUrl = 'https://mail.alder.example'
const person = { method: 'GET', userAgent: 'Mozilla/5.0 (Linux; Android 16) Firefox/140.0', headers: {} }

/** Two who agreed to SMS, of whom the first may be followed too. */
async function twoReaders() {
  const people = await readers([
    { phone: '+31612340001', agreed: ['sms', 'telegram'], chat: '11' },
    { phone: '+31612340002', agreed: ['sms'], givenName: 'Bo' },
    { phone: '+31612340003', agreed: ['sms'], givenName: 'Cy' },
  ])
  await db.transaction(async (tx) => {
    const [identifierId] = await identifierIds(tx, clock, [{ kind: 'phone', value: '+31612340001' }])
    await recordConsents(tx, clock, [{ source: 'test', state: 'granted', basis: 'form', occurredAt: clock(), channel: 'tracking', identifierId: identifierId!, externalId: 'tracking' }]) // prettier-ignore
  })
  return people
}

async function sentBySms(): Promise<Map<string, { text: string; code: string }>> {
  await launched(await twoReaders(), 'sms')
  const sms = memoryTexts('sms')
  await round(sms.channel)
  return new Map(sms.given.map(({ to, text }) => [to, { text, code: /\/s\/(\S{10})(?=\n)/.exec(text)?.[1] ?? '' }]))
}
const follow = (code: string, visit = person) => recordShortClick({ db, clock }, { code, visit })
const clicks = () => db.query<{ machine: string | null }>(sql`select properties ->> 'machine' as machine from ingest.events where kind = 'message_clicked' order by seq`) // prettier-ignore

describe('a link in an SMS', () => {
  it('is short, is the reader’s own where they may be followed, and one for all others', async () => {
    const given = await sentBySms()
    const [followed, bo, cy] = ['1', '2', '3'].map((end) => given.get(`+3161234000${end}`)!)
    expect(followed!.text).toContain(`See them: ${publicUrl}/s/${followed!.code}\n`)
    expect(bo!.code).toBe(cy!.code)
    expect(followed!.code).not.toBe(bo!.code)
    for (const { code } of given.values()) expect(isCode(code)).toBe(true)
  })

  it('leads to the page that was approved, and says by what and for what they came', async () => {
    const given = await sentBySms()
    const to = `https://shop.example/beans?utm_source=sms&utm_medium=sms&utm_campaign=${campaign}&utm_content=sms-1`
    const followed = await follow(given.get('+31612340001')!.code)
    expect(followed).toMatchObject({ kind: 'redirect', url: to, machine: null })
    expect(await follow(given.get('+31612340002')!.code)).toMatchObject({ url: to, identifierId: null })
  })

  it('is noted of who may be followed, a machine as one, and of nobody else', async () => {
    const given = await sentBySms()
    await follow(given.get('+31612340002')!.code)
    expect(await clicks()).toEqual([])
    await follow(given.get('+31612340001')!.code)
    await follow(given.get('+31612340001')!.code, { ...person, userAgent: 'WhatsApp/2.23' })
    expect(await clicks()).toEqual([{ machine: null }, { machine: 'crawler or preview' }])
    expect(await db.query(sql`select state from campaigns.deliveries where state = 'delivered'`)).toHaveLength(1)
  })

  it('is nobody’s when it is forged, cut, or something else', async () => {
    const given = await sentBySms()
    const { code } = given.get('+31612340001')!
    for (const other of [code.slice(1), `${code}x`, code.replace(/^./, '!'), '', '../desk', '0000000000'])
      expect((await follow(other)).kind).toBe('not-ours')
  })

  it('is counted by the desk as long as it leaves', async () => {
    const given = await sentBySms()
    const told = endingOf('sms', body('Hello Bo, the new beans are here.'), sender, publicUrl)
    expect(told?.size).toBe(sizeOf(given.get('+31612340002')!.text, forms.sms).words)
  })
})

describe('a code', () => {
  it('is the same for the same message and link, another for any other, and ten letters and digits', () => {
    const ids = fc.uuid().map((id) => id as DeliveryId)
    const to = fc.record({ deliveryId: ids, channel: fc.constantFrom('sms' as const, 'whatsapp' as const), index: fc.nat(3) }) // prettier-ignore
    fc.assert(
      fc.property(to, to, (one, other) => {
        const { code } = shortLink(linksKey, one)
        expect(isCode(code)).toBe(true)
        expect(shortLink(linksKey, { ...one }).code).toBe(code)
        const isSame = one.deliveryId === other.deliveryId && one.channel === other.channel && one.index === other.index
        expect(shortLink(linksKey, other).code === code).toBe(isSame)
      }),
    )
    expect(shortLink(new Uint8Array(32), { target: 'https://shop.example' }).code).not.toBe(shortLink(linksKey, { target: 'https://shop.example' }).code) // prettier-ignore
  })
})

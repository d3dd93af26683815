import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashOf } from '#kernel/crypto.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import type { TextChannel, TextMessage } from '#campaigns/channel.ts'
import { whatsappChannel } from '#campaigns/channels/whatsapp.ts'
import { metaGraph } from '#campaigns/channels/whatsapp-graph.ts'
import { pairPauseMs, treatmentOf } from '#campaigns/whatsapp/errors.ts'
import type { Answered, Letter } from '#campaigns/whatsapp/letters.ts'
import { closeRampDay, limitOf, mostOf, newRamp, rampSteps } from '#campaigns/whatsapp/ramp.ts'
import { templateOf } from '#campaigns/whatsapp/template.ts'
import { systemClock } from '#kernel/clock.ts'
import { fakeWhatsApp, type FakeWhatsApp, type Manner } from '../support/fake-whatsapp.ts'

let meta: FakeWhatsApp
let noted: Answered[] = []
beforeEach(async () => {
  meta = await fakeWhatsApp()
  noted = []
})
afterEach(() => meta.close())

const to = (n: number) => `+3161234500${n}`
const message = (n: number, attempts = 0): TextMessage => ({
  kind: 'text',
  deliveryId: `0190a0a0-0000-7000-8000-${String(n).padStart(12, '0')}` as DeliveryId,
  to: to(n),
  headline: null,
  text: `Hello ${n}`,
  buttons: [],
  contentHash: hashOf('copy'),
  parameters: [],
  attempts,
})
const messages = (count: number): TextMessage[] => Array.from({ length: count }, (_, n) => message(n))
const template = { type: 'template', template: { name: 'spring', language: { code: 'en' } } }
const text = { type: 'text', text: { body: 'Hello' } }
const soon = () => AbortSignal.timeout(20_000)

function channel(change: { letter?: Letter; token?: string; timeoutMs?: number; baseUrl?: string } = {}): TextChannel {
  const letter = change.letter ?? { kind: 'send', payload: template, otherwise: null }
  return whatsappChannel({
    token: change.token ?? meta.token,
    baseUrl: change.baseUrl ?? meta.baseUrl,
    number: meta.number,
    letters: {
      write: (all) => Promise.resolve(all.map(() => letter)),
      note: (answered) => Promise.resolve(void noted.push(...answered)),
    },
    room: () => Promise.resolve({ most: Infinity, why: null, held: new Map() }),
    perSecond: 1_000,
    random: () => 0.5,
    ...(change.timeoutMs === undefined ? {} : { timeoutMs: change.timeoutMs }),
  })
}
const sendOne = async (manner: Manner, change: Parameters<typeof channel>[0] = {}, attempts = 0) => {
  meta.behave(() => manner)
  return (await channel(change).send({ key: 'k', messages: [message(1, attempts)] }, soon()))[0]!
}

describe('messages by WhatsApp', () => {
  it('leave one by one, each with our own id on it, and are answered for in order', async () => {
    const outcomes = await channel().send({ key: 'k', messages: messages(9) }, soon())
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(9).fill('sent'))
    expect([...meta.copies().values()]).toEqual(Array(9).fill(1))
    const byOurId = new Map(meta.taken.map(({ callback, id }) => [callback, id]))
    expect(outcomes.map((one) => (one.kind === 'sent' ? one.providerId : null))).toEqual(
      messages(9).map(({ deliveryId }) => byOurId.get(deliveryId)),
    )
  })

  const table: [string, Manner, object][] = [
    ['131026: another channel, no retry', { code: 131_026 }, { kind: 'undeliverable' }],
    ['130429: the channel waits, each process a little differently', { code: 130_429, status: 429 }, { kind: 'retry', scope: 'channel', afterMs: 90_000 }],
    ['131048: the number is stopped', { code: 131_048 }, { kind: 'stop', of: 'channel' }],
    ['131049: a day at least', { code: 131_049 }, { kind: 'retry', scope: 'message', afterMs: 25 * 3_600_000 }],
    ['131050: never again', { code: 131_050 }, { kind: 'unwanted' }],
    ['132015: the campaign is stopped', { code: 132_015 }, { kind: 'stop', of: 'campaign' }],
    ['132016: the campaign is stopped', { code: 132_016 }, { kind: 'stop', of: 'campaign' }],
    ['190: nothing more until there is a new token', { code: 190, status: 401 }, { kind: 'stop', of: 'channel', why: expect.stringContaining('WHATSAPP_TOKEN') as unknown }],
    ['a missing permission: the same', { code: 210, status: 403 }, { kind: 'stop', of: 'channel' }],
    ['131005, a permission that is gone: the same', { code: 131_005, status: 403 }, { kind: 'stop', of: 'channel' }],
    ['100 for a number that the token does not see: the same', { code: 100, subcode: 33 }, { kind: 'stop', of: 'channel' }],
    ['100 for anything else: of the message', { code: 100 }, { kind: 'refused' }],
    ['403 with a code nobody knows: the same', { code: 199_999, status: 403 }, { kind: 'stop', of: 'channel', why: expect.stringContaining('WHATSAPP_TOKEN') as unknown }],
    ['403 of a country that is closed to us: of the message', { code: 130_497, status: 403 }, { kind: 'undeliverable' }],
    ['131037, a name that is not approved: the number is stopped', { code: 131_037 }, { kind: 'stop', of: 'channel' }],
    ['33, a number that is deleted: the number is stopped', { code: 33 }, { kind: 'stop', of: 'channel' }],
    ['131016: later', { code: 131_016, status: 503 }, { kind: 'retry', scope: 'message' }],
    ['131047 with nothing to open the conversation by: later', { code: 131_047 }, { kind: 'retry', scope: 'message' }],
    ['an unknown refusal: for good', { code: 199_999 }, { kind: 'refused', addressDead: false }],
    ['an unknown error of Meta’s own: nobody can tell', { code: 1, status: 500 }, { kind: 'unclear' }],
    ['5xx of a machine before Meta: nobody can tell', { page: 502 }, { kind: 'unclear' }],
    ['429 of a machine before Meta', { page: 429 }, { kind: 'retry', scope: 'channel' }],
    ['taken, and the answer lost: nobody can tell', 'take-and-drop', { kind: 'unclear' }],
    ['taken, and the answer cut: nobody can tell', 'take-and-cut', { kind: 'unclear' }],
    ['a connection that breaks: nobody can tell', 'drop', { kind: 'unclear' }],
  ] // prettier-ignore
  it.each(table)('%s', async (_, manner, expected) => {
    expect(await sendOne(manner)).toMatchObject(expected)
  })

  it('131056 waits 4^n seconds', async () => {
    const pauses = await Promise.all([0, 1, 2, 3].map((attempts) => sendOne({ code: 131_056 }, {}, attempts)))
    expect(pauses.map((one) => (one.kind === 'retry' ? one.afterMs : null))).toEqual([1_000, 4_000, 16_000, 64_000])
    expect(pairPauseMs(20)).toBe(3_600_000)
  })

  it('are unclear where Meta stays silent, and not sent by the channel again', async () => {
    expect(await sendOne('silence', { timeoutMs: 200 })).toMatchObject({ kind: 'unclear' })
    expect(meta.asked.length).toBeLessThanOrEqual(1)
  })

  it('certainly did not leave where no connection came about', async () => {
    await meta.close()
    expect(await sendOne('take')).toMatchObject({ kind: 'retry', scope: 'channel' })
    meta = await fakeWhatsApp()
  })

  it('open a closed conversation by the template, once, and note that it was closed', async () => {
    meta.behave((_, payload) => (payload['type'] === 'text' ? { code: 131_047 } : 'take'))
    const letter: Letter = { kind: 'send', payload: text, otherwise: template }
    const outcomes = await channel({ letter }).send({ key: 'k', messages: messages(3) }, soon())
    expect(outcomes.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent'])
    expect(meta.taken.map(({ type }) => type)).toEqual(['template', 'template', 'template'])
    expect(noted.map(({ treatment, opened }) => [treatment, opened])).toEqual([1, 2, 3].map(() => ['template', true]))
  })

  it('end with the first word that concerns all: nobody behind it is tried', async () => {
    meta.behave(() => ({ code: 131_048 }))
    const outcomes = await channel().send({ key: 'k', messages: messages(40) }, soon())
    expect(outcomes.every((one) => one.kind === 'stop')).toBe(true)
    expect(meta.asked.length).toBeLessThanOrEqual(8)
  })

  it('go back as they were where the deadline has passed', async () => {
    const outcomes = await channel().send({ key: 'k', messages: messages(3) }, AbortSignal.abort())
    expect(outcomes.map(({ kind }) => kind)).toEqual(['retry', 'retry', 'retry'])
    expect(meta.taken).toEqual([])
  })

  it('told by webhook certainly did not arrive, whatever the code', () => {
    expect(treatmentOf(1, null).treatment).toBe('again')
    expect(treatmentOf(131_026, null).treatment).toBe('next')
    expect(treatmentOf(-1, null).treatment).toBe('never')
    expect([131_005, 131_037, 33].map((code) => treatmentOf(code, null).treatment)).toEqual(['sign-in', 'stop-number', 'stop-number']) // prettier-ignore
  })
})

describe('templates and number, asked of Meta', () => {
  const graph = (token = meta.token) => metaGraph({ token, baseUrl: meta.baseUrl, account: meta.account, number: meta.number, clock: systemClock, pause: () => Promise.resolve() }) // prettier-ignore

  it('are read page by page', async () => {
    meta.pageSize = 2
    for (let n = 0; n < 5; n += 1)
      meta.templates.push({ id: String(n), name: `t${n}`, language: 'en', status: 'APPROVED', category: 'UTILITY', quality_score: { score: 'GREEN' }, components: [] }) // prettier-ignore
    const told = await graph().templates()
    expect(told.kind === 'told' && told.templates.map(({ name }) => name)).toEqual(['t0', 't1', 't2', 't3', 't4'])
    expect(await graph().number()).toMatchObject({ kind: 'told', number: { mostADay: 2_000, quality: 'green', status: 'connected' } }) // prettier-ignore
  })

  it('say in words that the token has ended, and that a name is taken', async () => {
    expect(await graph('EAAold').templates()).toMatchObject({ kind: 'refused', why: expect.stringContaining('WHATSAPP_TOKEN') as unknown }) // prettier-ignore
    const proposal = { name: 'spring', language: 'en', category: 'marketing', components: [{ type: 'BODY', text: 'Hi' }] } as const // prettier-ignore
    expect(await graph().propose(proposal)).toMatchObject({ kind: 'proposed', status: 'pending' })
    expect(await graph().propose(proposal)).toMatchObject({ kind: 'refused', taken: true })
  })
})

describe('copy as a template', () => {
  const says = (words: string) => ({ text: words, citations: [] })
  const body = (words: string, headline = 'New beans') => ({
    subject: says(headline),
    preheader: says(''),
    blocks: [
      { kind: 'paragraph' as const, sentences: [says(words)] },
      { kind: 'button' as const, label: 'See the beans', url: 'https://shop.example/beans' },
    ],
    slots: [],
  })
  const publicUrl = 'https://desk.alder.example'
  const about = { contentHash: hashOf('x'), words: 'Lapsed, 90 days', marketing: true, language: 'nl', publicUrl }

  it('numbers header and body apart, and keeps whose each variable is', () => {
    const slot = '{{ person.given_name | default: "you" }}'
    const city = '{{ person.city | default: "town" }}'
    const written = templateOf(body(`Hi ${city} and ${slot}, try it.`, `For ${slot}`), about)
    expect(written).toMatchObject({
      kind: 'written',
      template: {
        name: expect.stringMatching(/^lapsed_90_days_[0-9a-f]{10}$/) as unknown,
        fills: { header: [1], body: [2, 1], buttons: [0] },
        components: [
          { type: 'HEADER', format: 'TEXT', text: 'For {{1}}', example: { header_text: ['you'] } },
          { type: 'BODY', text: 'Hi {{1}} and {{2}}, try it.', example: { body_text: [['town', 'you']] } },
          { type: 'FOOTER', text: 'Stuur STOP om dit niet meer te krijgen' },
          { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'See the beans', url: `${publicUrl}/s/{{1}}`, example: [`${publicUrl}/s/0000000000`] }] },
        ],
      },
    })
  }) // prettier-ignore

  it('leads straight to its page where strangers cannot reach this house', () => {
    const written = templateOf(body('Hello to you, try it.'), { ...about, publicUrl: 'http://127.0.0.1:3000' })
    const buttons = [{ type: 'URL', text: 'See the beans', url: 'https://shop.example/beans' }]
    expect(written).toMatchObject({ template: { fills: { buttons: [] } } })
    expect(written.kind === 'written' && written.template.components.at(-1)).toEqual({ type: 'BUTTONS', buttons })
  })

  it.each([
    ['Hi {{ person.given_name }}', 'begin or end'],
    ['{{ person.given_name }}, hello to you', 'begin or end'],
    ['Hi {{ person.given_name }} {{ person.city }} there', 'side by side'],
    ['x'.repeat(1_100), '1100 characters'],
  ])('is refused before Meta is asked: %s', (words, why) => {
    const written = templateOf(body(words), about)
    expect(written.kind === 'unfit' && written.why).toContain(why)
  })
})

describe('the ramp of a new number', () => {
  const day = (n: number) => `2026-03-${String(n + 1).padStart(2, '0')}`

  it('doubles with good days, waits with a bad one, and stays within the portfolio', () => {
    let ramp = newRamp(day(0))
    expect(mostOf(ramp, 2_000)).toBe(50)
    ramp = closeRampDay(ramp, day(1), { used: 40, quality: 'green', portfolio: 2_000 })
    expect(mostOf(ramp, 2_000)).toBe(rampSteps[1])
    ramp = closeRampDay(ramp, day(2), { used: 100, quality: 'yellow', portfolio: 2_000 })
    expect([ramp.step, ramp.cleanDays]).toEqual([2, 0])
    expect(mostOf({ step: 14, graduated: null }, 250)).toBe(250)
  })

  it('ends at the portfolio’s limit, after all its days, or after 14 good ones', () => {
    let full = newRamp(day(0))
    for (let n = 1; full.graduated === null; n += 1)
      full = closeRampDay(full, day(n), { used: mostOf(full, 250)!, quality: 'green', portfolio: 250 })
    expect(full).toMatchObject({ graduated: expect.stringContaining('portfolio') as unknown })
    expect(mostOf(full, 250)).toBe(250)
    let small = newRamp(day(0))
    for (let n = 1; n <= 14; n += 1)
      small = closeRampDay(small, day(n), { used: 3, quality: 'unknown', portfolio: null })
    expect(small.graduated).toContain('14 days')
    expect(mostOf(small, null)).toBeNull()
  })

  it('knows Meta’s limits by their names', () => {
    expect([limitOf('TIER_250'), limitOf('TIER_2K'), limitOf('TIER_UNLIMITED'), limitOf('TIER_9')]).toEqual([250, 2_000, null, undefined]) // prettier-ignore
  })
})

import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWays, type OpenWays } from '#app/wire-mail.ts'
import { textWebhooksOf } from '#app/wire-texts.ts'
import type { ChannelName } from '#campaigns/channel.ts'
import { candidateNow, checkCandidate, proposeCandidate, type WayOutDeps } from '#campaigns/way-out/candidate.ts'
import { botNow, whatsappNow } from '#campaigns/way-out/live.ts'
import { switchWay } from '#campaigns/way-out/switch-way.ts'
import { proveCandidate, testCandidate } from '#campaigns/way-out/test-way.ts'
import { syncWhatsApp } from '#campaigns/whatsapp/sync.ts'
import { whatsappWord } from '#campaigns/whatsapp/word.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { readConfig } from '#kernel/config.ts'
import { silentLog } from '#kernel/log.ts'
import { clock, db, owner } from './house.ts'
import { fakeSms, fakeTelegram, type FakeTexts } from '../support/fake-texts.ts'
import { fakeWhatsApp, type FakeWhatsApp } from '../support/fake-whatsapp.ts'
import { trying } from './deliverability/subject.ts'
import { textWorld } from './text-world.ts'
import { aCampaign, addReaders, approveTemplates, phones, zone } from './whatsapp-world.ts'
import { sender, states, workerOver } from './world.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const home = { PUBLIC_URL: 'https://mail.alder.example', MILLRACE_HOME: '/tmp/millrace-text-ways' }
const { readers, launched, ledger } = textWorld(db, () => ({ clock, owner }))

function waysBy(settings: Record<string, string>): OpenWays {
  const ways = openWays(readConfig({ ...home, ...settings }), clock, db)
  closing.push(ways.close)
  return ways
}

const depsOver = (ways: OpenWays): WayOutDeps => ({ db, clock, members: () => Promise.resolve([]), preflight: trying(), ways, sender }) // prettier-ignore
const firstOf = (ways: OpenWays, channel: ChannelName) => ways.firsts.find(({ carries }) => carries === channel)!
const work = (ways: OpenWays, channel: ChannelName, claimSize = 50) =>
  tick(workerOver(db, firstOf(ways, channel), clock, { ways, claimSize }))
const codeIn = (text = ''): string => /asked for it: (\S+)/.exec(text)?.[1] ?? ''

/** What a person does at the page from a proposal to the test. */
async function tested(ways: OpenWays, channel: ChannelName, secret: string, to: string) {
  const deps = depsOver(ways)
  await proposeCandidate(deps, { configuration: { secret }, by: owner })
  const checked = await checkCandidate(deps, { channel, by: owner })
  const sent = await testCandidate(deps, { channel, to, by: owner })
  return { checked, sent }
}

const switched = async (ways: OpenWays, channel: ChannelName) =>
  switchWay(depsOver(ways), { channel, seen: (await candidateNow(db, ways, channel))?.hash ?? '', by: owner, reason: 'a try' }) // prettier-ignore

describe('another provider of SMS', () => {
  let blue: FakeTexts
  let green: FakeTexts
  const settings = () => ({
    SMS_URL: blue.url, SMS_AUTHORIZATION: 'Bearer sms_test', SMS_ID: 'messages.0.id',
    SECOND_SMS_URL: green.url, SECOND_SMS_AUTHORIZATION: 'Bearer sms_test', SECOND_SMS_ID: 'messages.0.id',
    SECOND_SMS_BODY: '{"to":"{{to}}","text":"{{text}}"}', SECOND_SMS_WEBHOOK_SECRET: 'a secret of sixteen',
  }) // prettier-ignore
  beforeEach(async () => {
    blue = await fakeSms()
    green = await fakeSms()
    closing.push(blue.close, green.close)
  })
  const people = (count: number) => readers(Array.from({ length: count }, (_, n) => ({ phone: `+316123400${n + 10}`, agreed: ['sms' as const] }))) // prettier-ignore

  it('is switched to once its test arrived, binds the next claim, and goes back by one click', async () => {
    const ways = waysBy(settings())
    await launched(await people(4), 'sms')
    const { checked, sent } = await tested(ways, 'sms', 'SECOND_SMS_URL', '+31 6 12340099')
    expect(checked).toMatchObject({ findings: [{ mark: 'pass', evidence: expect.stringContaining('answers (405)') as string }] }) // prettier-ignore
    expect(sent).toMatchObject({ kind: 'sent' })
    expect(green.taken).toMatchObject([{ to: '+31612340099' }])
    expect(await switched(ways, 'sms')).toMatchObject({ rule: 'not-ready', why: expect.stringContaining('Nobody knows yet') as string }) // prettier-ignore
    await work(ways, 'sms', 2)
    await proveCandidate(depsOver(ways), { channel: 'sms', code: codeIn(green.taken[0]?.text), by: owner })
    expect(await switched(ways, 'sms')).toEqual({ kind: 'switched', secret: 'SECOND_SMS_URL', back: false })
    await work(ways, 'sms', 1)
    expect([blue.taken.length, green.taken.length]).toEqual([2, 2])
    expect(await candidateNow(db, ways, 'sms')).toMatchObject({ provedBy: 'was-live', missing: [] })
    expect(await switched(ways, 'sms')).toMatchObject({ kind: 'switched', secret: 'SMS_URL', back: true })
    await work(ways, 'sms')
    expect([blue.taken.length, green.taken.length]).toEqual([3, 2])
    expect(await states(db)).toEqual({ sent: 4 })
  })

  it('is proved by its report, though that knows the message by the provider’s own id alone; a failure is shown', async () => {
    const ways = waysBy(settings())
    const ingest = { db, clock, recordsKey: new Uint8Array(32).fill(3), business: { zone, currency: 'EUR' }, log: silentLog } // prettier-ignore
    const webhook = textWebhooksOf(readConfig({ ...home, ...settings() }), ingest, () => Promise.resolve())['second-sms']! // prettier-ignore
    const report = (told: object) => {
      const body = JSON.stringify(told)
      const signature = createHmac('sha256', 'a secret of sixteen').update(body).digest('hex')
      return webhook(new Request('https://house.example/webhooks/second-sms', { method: 'POST', body, headers: { 'x-signature': signature } })) // prettier-ignore
    }
    await tested(ways, 'sms', 'SECOND_SMS_URL', '+31612340099')
    await report({ id: 'sms-1', status: 'undelivered' })
    expect(await candidateNow(db, ways, 'sms')).toMatchObject({ provedAt: null, testAnswer: 'It did not arrive: the operator says undelivered' }) // prettier-ignore
    await report({ id: 'sms-1', status: 'delivered' })
    expect(await candidateNow(db, ways, 'sms')).toMatchObject({ provedBy: 'provider', missing: [] })
  })

  it('that does not let us in stands no chance', async () => {
    const ways = waysBy({ ...settings(), SECOND_SMS_AUTHORIZATION: 'Bearer wrong' })
    const { checked, sent } = await tested(ways, 'sms', 'SECOND_SMS_URL', '+31612340099')
    expect(checked).toMatchObject({ findings: [{ mark: 'fail', evidence: expect.stringContaining('(401)') as string }] }) // prettier-ignore
    expect(sent).toMatchObject({ kind: 'not-sent' })
    expect(await switched(ways, 'sms')).toMatchObject({ rule: 'not-ready', why: expect.stringContaining('Its other side knows us: fail') as string }) // prettier-ignore
    expect(await testCandidate(depsOver(ways), { channel: 'sms', to: 'me', by: owner })).toMatchObject({ rule: 'no-address' }) // prettier-ignore
  })

  it('whose settings a process does not have lets it claim nothing, and a switch of one channel leaves the others', async () => {
    const ways = waysBy(settings())
    await launched(await people(1), 'sms')
    await tested(ways, 'sms', 'SECOND_SMS_URL', '+31612340099')
    await proveCandidate(depsOver(ways), { channel: 'sms', code: codeIn(green.taken[0]?.text), by: owner })
    await switched(ways, 'sms')
    const alone = waysBy({ SMS_URL: blue.url, SMS_AUTHORIZATION: 'Bearer sms_test' })
    expect((await work(alone, 'sms')).blocked).toMatchObject([{ rule: 'no-way-out' }])
    expect(await ledger()).toMatchObject([{ state: 'planned' }])
    expect(await candidateNow(db, ways, 'email')).toBeNull()
  })
})

describe('another Telegram bot', () => {
  it('is proved by the code that a person read in its chat, and takes over the links; who never began with it is not shut out', async () => {
    const server = await fakeTelegram()
    closing.push(server.close)
    const settings = { TELEGRAM_BASE_URL: server.url, TELEGRAM_BOT_TOKEN: '1:test', SECOND_TELEGRAM_BOT_TOKEN: '2:test' } // prettier-ignore
    const ways = waysBy(settings)
    const people = await readers([
      { chat: '901', phone: '+31612340001', agreed: ['telegram', 'sms'] },
      { chat: '902', agreed: ['telegram'] },
    ])
    await launched(people, 'telegram', 'sms')
    const { checked } = await tested(ways, 'telegram', 'SECOND_TELEGRAM_BOT_TOKEN', '900')
    expect(checked).toMatchObject({ findings: [{ mark: 'pass', evidence: 'Telegram knows it as @second_bot.' }] })
    expect(await botNow(db, ways).name()).toBe('roastery_bot')
    await proveCandidate(depsOver(ways), { channel: 'telegram', code: codeIn(server.taken[0]?.text), by: owner })
    expect(await switched(ways, 'telegram')).toMatchObject({ kind: 'switched' })
    expect(await botNow(db, ways).name()).toBe('second_bot')
    server.trouble({ status: 403, body: { ok: false, error_code: 403, description: "Forbidden: bot can't initiate conversation with a user" } }) // prettier-ignore
    await work(ways, 'telegram', 1)
    await work(ways, 'telegram', 1)
    expect(server.taken.map(({ body }) => body['bot'])).toEqual(['second_bot', 'second_bot'])
    expect(await ledger()).toMatchObject([
      { channel: 'sms', state: 'planned' },
      { channel: 'telegram', state: 'sent' },
    ])
  })
})

describe('another WhatsApp number', () => {
  let meta: FakeWhatsApp
  beforeEach(async () => {
    meta = await fakeWhatsApp()
    closing.push(meta.close)
  })

  it('of the account takes over with its own limit, once Meta tells that its test was delivered', async () => {
    const ways = waysBy({ WHATSAPP_TOKEN: meta.token, WHATSAPP_ACCOUNT_ID: meta.account, WHATSAPP_BASE_URL: meta.baseUrl, WHATSAPP_NUMBER_ID: meta.number, SECOND_WHATSAPP_NUMBER_ID: meta.second }) // prettier-ignore
    await aCampaign({ db, clock }, meta, { owner, readers: await addReaders({ db, clock }, phones(3)) })
    await approveTemplates({ db, clock }, meta)
    await work(ways, 'whatsapp', 1)
    const { checked } = await tested(ways, 'whatsapp', 'SECOND_WHATSAPP_NUMBER_ID', '+31612340099')
    expect(checked).toMatchObject({ findings: [{ mark: 'pass' }] })
    const [, test] = meta.taken
    expect(test).toMatchObject({ from: meta.second, to: '+31612340099', type: 'text' })
    const word = (status: string, code?: number) =>
      db.transaction((tx) => whatsappWord(clock)(tx, Buffer.from(meta.statuses({ of: test!, status, at: clock(), ...(code === undefined ? {} : { code }) })))) // prettier-ignore
    await word('failed', 131_047)
    expect((await candidateNow(db, ways, 'whatsapp'))?.testAnswer).toContain('more than 24 hours passed since they wrote') // prettier-ignore
    await word('delivered')
    expect(await switched(ways, 'whatsapp')).toMatchObject({ kind: 'switched' })
    const live = (await whatsappNow(db, ways))!
    expect(live.number).toBe(meta.second)
    // Nobody asked Meta about this number yet: it waits.
    expect((await work(ways, 'whatsapp')).blocked).toMatchObject([{ rule: 'channel', why: expect.stringContaining('not looked up yet') as string }]) // prettier-ignore
    await syncWhatsApp({ db, clock, zone, whatsapp: live })
    clock.advance(60_000)
    await work(ways, 'whatsapp')
    expect(meta.taken.map(({ from }) => from)).toEqual([meta.number, meta.second, meta.second, meta.second])
    expect(await states(db)).toEqual({ sent: 3 })
  })

  it('that Meta calls bad stands no chance', async () => {
    meta.about.quality_rating = 'RED'
    const ways = waysBy({ WHATSAPP_TOKEN: meta.token, WHATSAPP_ACCOUNT_ID: meta.account, WHATSAPP_BASE_URL: meta.baseUrl, SECOND_WHATSAPP_NUMBER_ID: meta.second }) // prettier-ignore
    const { checked } = await tested(ways, 'whatsapp', 'SECOND_WHATSAPP_NUMBER_ID', '+31612340099')
    expect(checked).toMatchObject({ findings: [{ mark: 'fail' }] })
  })
})

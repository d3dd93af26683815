import { describe, expect, it } from 'vitest'
import { smsChannel } from '#campaigns/channels/sms.ts'
import { type FakeTexts } from '../support/fake-texts.ts'
import { deliveryId, text, givenUpOnceTaken, sms, soon, telegram, texts } from './open-channels.ts'

describe('SMS by any provider', () => {
  const cases: [string, Parameters<FakeTexts['trouble']>[0], object][] = [
    ['429 is for later, as long as it says', { status: 429, body: {}, retryAfter: 7 }, { kind: 'retry', scope: 'channel', afterMs: 7_000 }],
    ['5xx may have been taken', { status: 503, body: {} }, { kind: 'unclear' }],
    ['a cut behind the request may have been taken', 'lost', { kind: 'unclear' }],
    ['half an answer may stand for either', 'half', { kind: 'unclear' }],
    ['a number that no SMS reaches asks for another channel', { status: 400, body: { error: 'Invalid destination number' } }, { kind: 'undeliverable' }],
    ['who left there is not written to again', { status: 400, body: { error: 'The recipient has opted out' } }, { kind: 'unwanted' }],
    ['other refusals are of the message', { status: 422, body: { error: 'text is too long' } }, { kind: 'refused', addressDead: false }],
    ['an answer without the id of the message proves nothing', { status: 200, body: { messages: [{ status: '9', 'error-text': 'quota exceeded' }] } }, { kind: 'unclear' }],
    ['an id of no letters is none', { status: 200, body: { messages: [{ id: '' }] } }, { kind: 'unclear' }],
    ['who opted out in whatever spelling is not written to again', { status: 400, body: { error: { code: 'recipient_opted_out' } } }, { kind: 'unwanted' }],
    ['no money left stops the channel', { status: 402, body: { error: 'no credit' } }, { kind: 'stop', of: 'channel' }],
  ] // prettier-ignore

  it.each(cases)('%s', async (_, trouble, expected) => {
    const { channel, server } = await sms()
    server.trouble(trouble)
    expect(await channel.send({ key: 'k', messages: texts(1) }, soon())).toMatchObject([expected])
  })

  it('fills in what the provider takes, and nothing in a text can change it', async () => {
    const { channel, server } = await sms()
    const hostile = '","to":"+31600000000","x":"{{to}} \\ \n'
    await channel.send({ key: 'k', messages: [{ ...text(1), text: hostile }] }, soon())
    expect(server.taken[0]!.body).toEqual({ to: text(1).to, sender: { name: 'Alder' }, text: hostile, reference: deliveryId(1) }) // prettier-ignore
  })

  it('takes the word of a provider that is known to give no id', async () => {
    const { server } = await sms()
    const settings = { url: server.url, authorization: 'Bearer sms_test', from: null, body: '{"to":"{{to}}"}', promisesOnce: false } // prettier-ignore
    const sent = (idAt: string) => smsChannel({ ...settings, idAt }).send({ key: 'k', messages: texts(1) }, soon())
    expect(await sent('none')).toEqual([{ kind: 'sent', providerId: null }])
    expect(await sent('id')).toMatchObject([{ kind: 'unclear', why: expect.stringContaining('SMS_ID') as unknown }])
  })

  it('begins nothing more behind a refusal of the whole channel', async () => {
    const { channel, server } = await sms()
    server.trouble(...Array.from({ length: 8 }, () => ({ status: 429, body: {} })))
    const outcomes = await channel.send({ key: 'k', messages: texts(60) }, soon())
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(60).fill('retry'))
    expect(server.taken).toEqual([])
  })
})

describe('Telegram', () => {
  const cases: [string, Parameters<FakeTexts['trouble']>[0], object][] = [
    ['429 is for later, as long as it says', { status: 429, body: { ok: false, error_code: 429, description: 'Too Many Requests: retry after 9', parameters: { retry_after: 9 } } }, { kind: 'retry', scope: 'channel', afterMs: 9_000 }],
    ['who blocked the bot wants no more', { status: 403, body: { ok: false, error_code: 403, description: 'Forbidden: bot was blocked by the user' } }, { kind: 'unwanted' }],
    ['an account that is gone asks for another channel', { status: 403, body: { ok: false, error_code: 403, description: 'Forbidden: user is deactivated' } }, { kind: 'undeliverable' }],
    ['a chat that is gone asks for another channel', { status: 400, body: { ok: false, error_code: 400, description: 'Bad Request: chat not found' } }, { kind: 'undeliverable' }],
    ['5xx may have been taken', { status: 502, body: { ok: false, error_code: 502, description: 'Bad Gateway' } }, { kind: 'unclear' }],
    ['a cut behind the request may have been taken', 'lost', { kind: 'unclear' }],
    ['half an answer may stand for either', 'half', { kind: 'unclear' }],
    ['a token nobody knows stops the channel', { status: 401, body: { ok: false, error_code: 401, description: 'Unauthorized' } }, { kind: 'stop', of: 'channel' }],
  ] // prettier-ignore

  it.each(cases)('%s', async (_, trouble, expected) => {
    const { channel, server } = await telegram()
    server.trouble(trouble)
    expect(await channel.send({ key: 'k', messages: texts(1) }, soon())).toMatchObject([expected])
  })

  it('calls unclear what has no answer by the deadline, and never says its token', async () => {
    const { channel, server } = await telegram()
    server.trouble('silence')
    const outcomes = await givenUpOnceTaken((signal) => channel.send({ key: 'k', messages: texts(1) }, signal), server.taken) // prettier-ignore
    expect(outcomes).toMatchObject([{ kind: 'unclear' }])
    await server.close()
    expect(JSON.stringify(await channel.send({ key: 'k', messages: texts(1) }, soon()))).not.toContain('1:test')
  })
})

import fc from 'fast-check'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { describe, expect, it } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import type { Outcome } from '#campaigns/channel.ts'
import { smtpChannel } from '#campaigns/channels/smtp.ts'
import { replyReader } from '#campaigns/smtp/replies.ts'
import { roughSmtp, type Trick } from '../support/rough-smtp.ts'
import { aMessage } from './a-mail.ts'
import { closing, many, opened } from './smtp-world.ts'

describe('mail over pipelined connections', () => {
  const kinds = (outcomes: readonly Outcome[]) => outcomes.map((outcome) => outcome.kind)

  it('reaches everybody once, also where the server reads one command at a time or answers in crumbs', async () => {
    for (const settings of [{}, { extensions: [] }, { pieces: 3 }, { latencyMs: 2 }]) {
      const { server, send } = await opened(settings)
      expect(kinds(await send(many(150)))).toEqual(Array(150).fill('sent'))
      expect([...server.copies.values()]).toEqual(Array(150).fill(1))
    }
  })

  it('leaves connections that are too many, though mails wait', async () => {
    const standing: number[] = []
    const trick = (): Trick => {
      standing.push(server.open())
      return { at: 'body', does: { reply: '451 4.3.0 later' } }
    }
    const { server, send } = await opened({ latencyMs: 5, trick })
    await send(many(300), 30_000)
    expect(Math.max(...standing)).toBe(8)
    expect(standing.at(-1)).toBeLessThanOrEqual(4)
  })

  it('holds no more connections than the provider allows, by setting or by refusal, and loses nobody by that', async () => {
    const set = await opened({ latencyMs: 3 }, '?connections=3')
    expect(kinds(await set.send(many(60)))).toEqual(Array(60).fill('sent'))
    expect(set.server.peak()).toBeLessThanOrEqual(3)
    const refusing = await opened({ latencyMs: 3, connections: 2 })
    expect(kinds(await refusing.send(many(60)))).toEqual(Array(60).fill('sent'))
    expect([...refusing.server.copies.values()]).toEqual(Array(60).fill(1))
  })

  it('gives back whose turn did not come, and breaks off nobody’s who is being answered, where a server is slow', async () => {
    const [deadline, taken] = [new AbortController(), [] as string[]]
    const onTaken = (to: string): void => void (taken.push(to) === 2 && deadline.abort())
    const { server, send } = await opened({ latencyMs: 20, onTaken }, '?connections=1')
    const groups = [many(5), many(10).slice(5)].map((group) => send(group, deadline.signal, 5_000))
    const ends = kinds((await Promise.all(groups)).flat())
    // The first was answered, the second taken, and the envelope of the third was behind it.
    expect(ends).toEqual([...Array<string>(3).fill('sent'), ...Array<string>(7).fill('later')])
    expect([...server.copies.values()]).toEqual(Array(3).fill(1))
  })

  it('leaves the channel alone where a server answers nobody', async () => {
    const { send } = await opened({ trick: () => ({ at: 'rcpt', does: 'silence' }) }, '?connections=1')
    expect(await send(many(3), 50, 5_000)).toMatchObject([1, 2, 3].map(() => ({ kind: 'retry', scope: 'channel' })))
  })

  it('begins the next mail anew after a refused one, on the same connection', async () => {
    const { server, send } = await opened({
      trick: (to) => (/[24]@/.test(to) ? { at: 'rcpt', does: { reply: '550 5.1.1 nobody' } } : null),
    }, '?connections=1') // prettier-ignore
    expect(kinds(await send(many(6)))).toEqual(['sent', 'sent', 'refused', 'sent', 'refused', 'sent'])
    expect(server.copies.size).toBe(4)
  })

  it('sends nobody an empty mail where the server wants a body though it refused the recipient', async () => {
    const refusal: Trick = { at: 'rcpt', does: { reply: '550 5.1.1 nobody' } }
    const trick = (to: string) => (to.startsWith('reader1@') ? refusal : null)
    const { server, send } = await opened({ trick, asksAnyway: true }, '?connections=1')
    expect(kinds(await send(many(4)))).toEqual(['sent', 'refused', 'sent', 'sent'])
    expect([...server.copies.keys()]).toEqual(['reader0@example.com', 'reader2@example.com', 'reader3@example.com'])
  })

  it('tells what it cannot hand over: too long for the server, or a name the server cannot read', async () => {
    const { send } = await opened({ extensions: ['PIPELINING', 'SIZE 2000'] })
    const outcomes = await send([
      aMessage(1, { text: 'x'.repeat(3_000) }),
      aMessage(2, { to: 'grüße@example.com' }),
      aMessage(3, { to: 'reader@bücher.example' }),
    ])
    expect(outcomes).toMatchObject([
      { kind: 'refused', why: expect.stringContaining('2000') as string, addressDead: false },
      { kind: 'refused', why: expect.stringContaining('SMTPUTF8') as string },
      { kind: 'sent' },
    ])
  })

  it('writes names beyond ASCII as they are where the server can read them', async () => {
    const { server, send } = await opened({ extensions: ['PIPELINING', '8BITMIME', 'SMTPUTF8'] })
    expect(kinds(await send([aMessage(1, { to: 'grüße@example.com' })]))).toEqual(['sent'])
    expect([...server.copies.keys()]).toEqual(['grüße@example.com'])
    expect(server.taken[0]!.raw).toContain('To: grüße@example.com')
  })

  it('asks a server that offers it for reports that come back with the id of the delivery, and no other', async () => {
    const offering = await opened({ extensions: ['PIPELINING', 'DSN'] })
    expect(kinds(await offering.send([aMessage(1, { to: 'a+b=c@example.com' })]))).toEqual(['sent'])
    expect(offering.server.envelopes).toEqual([
      'MAIL FROM:<hello@example.com> RET=HDRS ENVID=0190a0a0-0000-7000-8000-000000000001',
      'RCPT TO:<a+b=c@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb+3Dc@example.com',
    ])
    const silent = await opened({ extensions: ['PIPELINING'] })
    expect(kinds(await silent.send([aMessage(1)]))).toEqual(['sent'])
    expect(silent.server.envelopes).toEqual(['MAIL FROM:<hello@example.com>', 'RCPT TO:<reader1@example.com>'])
  })

  it('names no reader to reports whose name they cannot hold', async () => {
    const { server, send } = await opened({ extensions: ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'DSN'] })
    expect(kinds(await send([aMessage(1, { to: 'grüße@example.com' })]))).toEqual(['sent'])
    expect(server.envelopes[1]).toBe('RCPT TO:<grüße@example.com> NOTIFY=FAILURE,DELAY')
  })

  it('gives every mail an outcome that is true, whatever the server does, and in the end nobody is lost or doubled (property)', async () => {
    const reply = fc.constantFrom('451 4.3.0 later', '421 4.3.2 bye', '550 5.1.1 nobody', '554 5.7.1 no', '250 2.0.0 fine', 'what?', '999 x', '2') // prettier-ignore
    const does = fc.oneof(reply.map((text) => ({ reply: text })), fc.constant('cut' as const), fc.constant('silence' as const)) // prettier-ignore
    const aTrick: fc.Arbitrary<Trick> = fc.oneof(
      fc.record({ at: fc.constantFrom('rcpt', 'data', 'body'), does }) as fc.Arbitrary<Trick>,
      fc.constant<Trick>({ at: 'body', does: 'take-and-cut' }),
    )
    const tricks = fc.array(fc.tuple(fc.nat(24), fc.nat(1), aTrick), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(tricks, fc.constantFrom(1, 3, 8), fc.boolean(), async (given, connections, pipelining) => {
        const plan = new Map(given.map(([n, attempt, trick]) => [`reader${n}@example.com ${attempt}`, trick]))
        const server = await roughSmtp({
          trick: (to, attempt) => plan.get(`${to} ${attempt}`) ?? null,
          ...(pipelining ? {} : { extensions: [] }),
        })
        const channel = smtpChannel({ url: server.url, clock: systemClock, connections, silenceMs: 60 })
        const ends = new Map<string, Outcome['kind']>()
        for (let open = many(25), round = 0; open.length > 0 && round < 12; round++) {
          const before = new Map(server.copies)
          const outcomes = await channel.send({ key: 'k', messages: open }, AbortSignal.timeout(3_000))
          expect(outcomes).toHaveLength(open.length)
          outcomes.forEach((outcome, index) => {
            const { to } = open[index]!
            const more = (server.copies.get(to) ?? 0) - (before.get(to) ?? 0)
            if (outcome.kind === 'sent') expect(more, to).toBe(1)
            else if (outcome.kind === 'unclear') expect(more, to).toBeLessThanOrEqual(1)
            else expect(more, `${to} ${JSON.stringify(outcome)}`).toBe(0)
            ends.set(to, outcome.kind)
          })
          open = open.filter((_, index) => outcomes[index]!.kind === 'retry')
        }
        await channel.close()
        await server.close()
        for (const [to, end] of ends) {
          expect(['sent', 'refused', 'unclear'], to).toContain(end)
          expect(server.copies.get(to) ?? 0, to).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 60 },
    )
  }, 120_000)
})

describe('entering a server', () => {
  async function guarded(options: SMTPServerOptions, query = '') {
    const users: string[] = []
    const server = new SMTPServer({
      ...options,
      logger: false,
      onAuth: ({ username, password }, _, done) => {
        users.push(username ?? '')
        done(password === 'p:w' ? null : new Error('no'), { user: username })
      },
      onData: (stream, _, done) => void stream.on('end', () => done()).resume(),
    })
    server.on('error', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.server.address() as AddressInfo
    const channel = smtpChannel({ url: `smtp://me%40x:p%3Aw@127.0.0.1:${port}${query}`, clock: systemClock })
    closing.push(() => new Promise((resolve) => server.close(() => resolve())), channel.close)
    return { users, send: () => channel.send({ key: 'k', messages: many(3) }, AbortSignal.timeout(5_000)) }
  }
  const inClear = { disabledCommands: ['STARTTLS'], allowInsecureAuth: true }

  it.each(['PLAIN', 'LOGIN'])('signs in by %s', async (method) => {
    const { users, send } = await guarded({ ...inClear, authMethods: [method] })
    expect((await send()).map((outcome) => outcome.kind)).toEqual(['sent', 'sent', 'sent'])
    expect(new Set(users)).toEqual(new Set(['me@x']))
  })

  it('hands nothing to a server that cannot prove who it is, or that must be encrypted and is not', async () => {
    const unproven = await guarded({})
    expect(await unproven.send()).toMatchObject([1, 2, 3].map(() => ({ kind: 'retry', scope: 'channel', why: expect.stringMatching(/self-signed|certificate/) as string }))) // prettier-ignore
    expect(unproven.users).toEqual([])
    const bare = await guarded(inClear, '?tls=required')
    expect((await bare.send())[0]).toMatchObject({ kind: 'retry', why: expect.stringContaining('STARTTLS') as string })
    expect(bare.users).toEqual([])
  })
})

describe('a reply of the server', () => {
  it('is read whole however it arrives, and what is none is refused', () => {
    const text = '250-first\r\n250-SIZE 10\r\n250 last\r\n354 go\n'
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 10 }), (cuts) => {
        const read = replyReader()
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length]
        const replies = places.flatMap((place, n) => read(text.slice(place, places[n + 1] ?? text.length)))
        expect(replies).toEqual([
          { code: 250, text: 'first\nSIZE 10\nlast' },
          { code: 354, text: 'go' },
        ])
      }),
    )
    expect(() => replyReader()('HTTP/1.1 400 Bad Request\r\n')).toThrow('no SMTP reply')
    expect(() => replyReader()('2'.repeat(5_000))).toThrow('without end')
  })
})

import { describe, expect, it } from 'vitest'
import type { Outcome } from '#campaigns/channel.ts'
import { openDoors } from '#campaigns/smtp/doors.ts'
import { smtpServerOf, type SmtpServer } from '#campaigns/smtp/server.ts'
import { roughSmtp } from '../support/rough-smtp.ts'
import { closing, many, opened } from './smtp-world.ts'

describe('a provider with several servers', () => {
  const nextTo = async (settings: Parameters<typeof roughSmtp>[0]) => {
    const other = await roughSmtp()
    closing.push(other.close)
    return { other, ...(await opened(settings, `?fallback=${new URL(other.url).host}`)) }
  }
  const kinds = (outcomes: readonly Outcome[]) => new Set(outcomes.map((outcome) => outcome.kind))

  it('gets the mail by another where the first lets nobody in, and each once', async () => {
    const { server, other, send } = await nextTo({ connections: 0 })
    expect(kinds(await send(many(60)))).toEqual(new Set(['sent']))
    expect(server.copies.size).toBe(0)
    expect([...other.copies.values()]).toEqual(Array(60).fill(1))
  })

  it('gets what is left by another where the first goes away for good', async () => {
    const { server, other, send } = await nextTo({})
    expect(kinds(await send(many(40)))).toEqual(new Set(['sent']))
    await server.close()
    expect(kinds(await send(many(80).slice(40)))).toEqual(new Set(['sent']))
    expect(server.copies.size + other.copies.size).toBe(80)
  })

  it('keeps to the first where that only bounds how many connections it holds', async () => {
    const { server, other, send } = await nextTo({ connections: 2, latencyMs: 3 })
    expect(kinds(await send(many(60)))).toEqual(new Set(['sent']))
    expect([server.copies.size, other.copies.size]).toEqual([60, 0])
  })

  it('says of each why nobody let it in, and that nothing left', async () => {
    const { other, send } = await nextTo({ connections: 0 })
    await other.close()
    const [outcome] = await send(many(1))
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'channel', why: expect.stringMatching(/421.*ECONNREFUSED/) as string }) // prettier-ignore
  })

  it('is asked again a minute after it was shut, and nobody else while connections to it stand', async () => {
    let now = 0
    const enter = openDoors(smtpServerOf('smtp://first.example?fallback=second.example'), () => now)
    const asked: string[] = []
    const shut = new Set(['first.example'])
    const knock = (standing = '') => {
      asked.length = 0
      const door = ({ host }: SmtpServer) => {
        asked.push(host)
        return shut.has(host) ? Promise.reject(new Error('away')) : Promise.resolve(host)
      }
      return enter(door, ({ host }) => host === standing).catch(() => 'nowhere')
    }
    expect([await knock(), ...asked]).toEqual(['second.example', 'first.example', 'second.example'])
    expect([await knock(), ...asked]).toEqual(['second.example', 'second.example'])
    shut.clear()
    now = 60_000
    expect([await knock(), ...asked]).toEqual(['first.example', 'first.example'])
    shut.add('first.example')
    expect([await knock('first.example'), ...asked]).toEqual(['nowhere', 'first.example'])
  })
})

describe('where mail is handed over', () => {
  it('is read from an address, with what the provider allows', () => {
    expect(smtpServerOf('smtp://me%40x:p%3Aw@mail.example?connections=10&tls=required')).toEqual({
      host: 'mail.example', port: 587, tls: 'required', user: 'me@x', password: 'p:w', connections: 10, fallbacks: [],
    }) // prettier-ignore
    expect(smtpServerOf('smtps://[::1]')).toMatchObject({ host: '::1', port: 465, tls: 'at-once', user: null })
    expect(smtpServerOf('smtp://a.example:2525?fallback=b.example&fallback=[2001:db8::1]:26').fallbacks).toEqual([
      { host: 'b.example', port: 2525 },
      { host: '2001:db8::1', port: 26 },
    ])
    const beside = ['smtp://x?fallback=a/b', 'smtp://x?fallback=', 'smtp://x?fallback=u:p@b', 'smtp://localhost?fallback=b.example'] // prettier-ignore
    for (const wrong of ['http://x', 'smtp://x?connections=0', 'smtp://x?tls=maybe', ...beside])
      expect(() => smtpServerOf(wrong)).toThrow('SMTP_URL')
  })
})

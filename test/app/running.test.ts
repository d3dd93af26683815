import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { firstLine, heldDatabase, millrace, millraceJson, startMillrace, testHome, type Running } from './millrace.ts'

const home = testHome()
heldDatabase(home)
const place = { home, env: { PORT: '0' } }
const cleanlyWithinMs = 10_000

/** Sends the signal; resolves with how it ended, and fails when that takes longer than an operator would wait. */
async function stopped(running: Running, signal: NodeJS.Signals) {
  const since = performance.now()
  running.child.kill(signal)
  const ended = await running.ended
  expect(performance.now() - since).toBeLessThan(cleanlyWithinMs)
  return ended
}

const siteOf = (line: string): string => /http:\/\/127\.0\.0\.1:\d+$/.exec(line)?.[0] ?? line

describe('millrace start', () => {
  it('serves, lets a person in once by a printed link, and stops cleanly at SIGTERM', async () => {
    const server = startMillrace(place, 'start')
    const site = siteOf(await firstLine(server))
    const { link } = await millraceJson<{ link: string }>(place, 'sign-in', 'ash@example.com', '--role', 'owner')
    const { pathname, search, searchParams } = new URL(link)
    expect(pathname).toBe('/sign-in')
    const page = await fetch(`${site}${pathname}${search}`)
    expect(page.status).toBe(200)
    const enter = () =>
      fetch(`${site}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: site },
        body: new URLSearchParams({ token: searchParams.get('token') ?? '' }),
      })
    const entered = await enter()
    expect(entered.status).toBe(303)
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect((await fetch(`${site}/report`, { headers: { cookie } })).status).toBe(200)
    expect((await fetch(`${site}/report`, { redirect: 'manual' })).headers.get('location')).toBe('/sign-in')
    const again = await enter()
    expect(again.status).toBe(403)
    expect(again.headers.get('set-cookie')).toBeNull()

    expect(await stopped(server, 'SIGTERM')).toMatchObject({ code: 0 })
    await expect(fetch(site)).rejects.toThrow()
  })

  it('starts again in the same data directory, tells programs its address, and stops at Ctrl-C', async () => {
    const server = startMillrace(place, 'start', '--json')
    await firstLine(server)
    await expect.poll(() => server.stdout()).toMatch(/^\{[^]*\}\n$/)
    const { url } = JSON.parse(server.stdout()) as { url: string }
    expect((await fetch(`${url}/sign-in`)).status).toBe(200)
    expect(await stopped(server, 'SIGINT')).toMatchObject({ code: 0 })
  })

  it('ends, and says what to do, where its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = String(typeof address === 'object' ? address?.port : '')
    const { code, stdout, stderr } = await millrace({ home, env: { PORT: port } }, 'start')
    other.close()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(`Port ${port} is taken: set PORT to another one, or to 0 for any that is free\n`)
  })
})

describe('millrace worker', () => {
  it('says whether mail can leave, and stops cleanly at SIGTERM, two of them beside a server', async () => {
    const mail = { home, env: { PORT: '0', SMTP_URL: 'smtp://127.0.0.1:1' } }
    const processes = [startMillrace(place, 'start'), startMillrace(place, 'worker'), startMillrace(mail, 'worker')]
    const [, without, withMail] = await Promise.all(processes.map(firstLine))
    expect(without).toBe('Working, but no mail can leave: set SMTP_URL or RESEND_API_KEY.')
    expect(withMail).toContain('Working; mail leaves by smtp')
    const ended = await Promise.all(processes.map((running) => stopped(running, 'SIGTERM')))
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0])
  })
})

describe('after all that', () => {
  it('doctor answers and the audit chain is intact', async () => {
    expect(await millraceJson(place, 'doctor')).toMatchObject({ database: `embedded, in ${home}`, models: 'offline' })
    expect(await millraceJson(place, 'audit')).toMatchObject({ kind: 'intact' })
  })
})

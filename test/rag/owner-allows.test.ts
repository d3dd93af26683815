import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { sql } from '#kernel/sql.ts'
import type { ChatModel, RedactedRequest } from '#rag/chat-model.ts'
import { allowKind, liveAllowed } from '#rag/redact/allowed.ts'
import { testDatabase } from '#test/support/database.ts'
import { ask, calling, secret } from './a-call.ts'

const db = testDatabase()
const clock = stoppedClock(new Date('2026-11-21T12:00:00Z'))
const deps = calling(db, clock)

describe('what the owner allows', () => {
  const answering = (text: string) => {
    const seen: string[] = []
    const model: ChatModel = {
      id: 'm', vendor: 'groq', contextTokens: 100_000, thinkingTokens: 0, priceMicroUsdPerMTok: { input: 1, output: 1 },
      complete: <T>(asked: RedactedRequest<T>) => {
        seen.push(asked.prompt)
        const usage = { inputTokens: 1, outputTokens: 1, costMicroUsd: 1 }
        return Promise.resolve({ kind: 'answer', value: { text } as T, usage, model: 'm' } as const)
      },
    } // prettier-ignore
    return { model, seen }
  }

  it('is hidden until an owner allows it, and again once it is denied; each is a version and an entry', async () => {
    const call = async () => {
      const { model, seen } = answering('fine')
      await ask(deps([model], { allowed: await liveAllowed(db) }))
      return seen[0]
    }
    expect(await call()).toBe('Write to [EMAIL_1]')
    const input = { kind: 'EMAIL', by: 'owner', reason: 'our vendor signed' } as const
    expect(await allowKind({ db, clock }, { ...input, allowed: true })).toEqual(['EMAIL'])
    expect(await call()).toBe(`Write to ${secret}`)
    expect(await allowKind({ db, clock }, { ...input, allowed: false })).toEqual([])
    expect(await call()).toBe('Write to [EMAIL_1]')
    const entries = await db.query(sql`select action, detail ->> 'kind' as kind from kernel.audit order by seq`)
    expect(entries).toEqual([{ action: 'privacy.allowed', kind: 'EMAIL' }, { action: 'privacy.hidden', kind: 'EMAIL' }])
  }) // prettier-ignore

  it('loses no word of two that are said at once', async () => {
    const word = (kind: 'EMAIL' | 'PHONE') =>
      allowKind({ db, clock }, { kind, allowed: true, by: 'owner', reason: 'a test' })
    const taken = await Promise.all([word('EMAIL'), word('PHONE')])
    const said = taken.flatMap((kinds, at) => (kinds ? [at === 0 ? 'EMAIL' : 'PHONE'] : []))
    expect(said.length).toBeGreaterThan(0)
    expect((await liveAllowed(db)).kinds).toEqual(said)
  })
})

import { beforeEach, describe, expect, it } from 'vitest'
import type { CampaignDefinition } from '#campaigns/definition.ts'
import { refusedByPreflight, runPreflight, standsInTheWay, type Checked } from '#campaigns/deliverability/preflight.ts'
import type { Finding } from '#campaigns/deliverability/finding.ts'
import { recordEvents } from '#ingest/events.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import type { PersonId, UserId } from '#kernel/ids.ts'
import { testDatabase } from '../../support/database.ts'
import { textWorld, type Channel } from '../text-world.ts'
import { aClock, anOwner, sender, start } from '../world.ts'
import { trying } from './subject.ts'

const db = testDatabase()
let clock = aClock()
let owner: UserId
let people: PersonId[]
beforeEach(async () => {
  clock = aClock()
  owner = await anOwner(db, clock)
  people = await readers([
    { email: 'a@example.com', phone: '+31612340001', chat: '11', agreed: ['sms', 'telegram'] },
    { email: 'b@example.com', phone: '+31612340002', agreed: ['sms', 'email'] },
    { phone: '+31612340003', agreed: [] },
  ])
})

const { readers, launched } = textWorld(db, () => ({ clock, owner }))
const definitionBy = async (...channels: [Channel, ...Channel[]]): Promise<CampaignDefinition> =>
  (await launched(people, ...channels)).definition
const checked = (definition: CampaignDefinition, change: Parameters<typeof trying>[0] = {}) =>
  runPreflight({ db, clock, members: () => Promise.resolve(people), preflight: trying(change) }, { sender, definition })
const marks = (list: readonly Checked[]): Record<string, Finding['mark']> =>
  Object.fromEntries(list.map(({ id, mark }) => [id, mark]))
const evidence = (list: readonly Checked[], id: string): string => list.find((one) => one.id === id)?.evidence ?? ''
const heardFrom = async (channel: 'sms' | 'telegram'): Promise<void> => {
  const [identifierId] = await db.transaction((tx) => identifierIds(tx, clock, [{ kind: 'phone', value: '+31612340001' }])) // prettier-ignore
  await db.transaction((tx) => recordEvents(tx, clock, [{ source: channel, externalId: '1', kind: 'message_received', identifierId: identifierId!, occurredAt: start, properties: {} }])) // prettier-ignore
}

describe('the preflight of a campaign without mail', () => {
  it('asks what concerns its channels, and says of what concerns mail that it does not', async () => {
    const { points } = await checked(await definitionBy('sms'))
    expect(points).toHaveLength(24)
    expect(marks(points)).toMatchObject({ spf: 'not-applicable', 'one-click': 'not-applicable', 'warm-up': 'not-applicable', telegram: 'not-applicable', 'whatsapp-number': 'not-applicable' }) // prettier-ignore
    expect(evidence(points, 'spf')).toBe('This campaign sends nothing by e-mail.')
    expect(marks(points)).toMatchObject({ suppression: 'pass', consent: 'warn', content: 'pass', webhooks: 'unknown', backup: 'unknown' }) // prettier-ignore
    expect(evidence(points, 'consent')).toContain('2 of 3 people agreed to SMS')
    expect(evidence(points, 'webhooks')).toContain('whoever answers STOP is not heard')
  })

  it('stands in the way of its first send where something is unknown, though no way for mail is set', async () => {
    const definition = await definitionBy('sms')
    const out = { outlet: { kind: 'none' } as const, sinks: [] }
    const run = await checked(definition, out)
    expect(run.outlet).toEqual({ kind: 'texts' })
    expect(standsInTheWay(run).map(({ id }) => id)).toEqual(expect.arrayContaining(['webhooks', 'backup']))
    expect(standsInTheWay(run).map(({ id }) => id)).not.toContain('spf')
    const deps = { db, clock, members: () => Promise.resolve(people), preflight: trying(out) }
    const fresh = { ...definition, name: 'never-sent' }
    expect(await refusedByPreflight(deps, fresh)).toMatchObject({ kind: 'refused', rule: 'preflight' })
    expect(await refusedByPreflight({ ...deps, preflight: trying({ outlet: { kind: 'none' } }) }, fresh)).toBeNull()
  })

  it('passes callbacks once a signed one was taken', async () => {
    await heardFrom('sms')
    const { points } = await checked(await definitionBy('sms'), { webhooks: ['sms'] })
    expect(marks(points)['webhooks']).toBe('pass')
    const other = await checked(await definitionBy('telegram'), { webhooks: ['sms', 'telegram'] })
    expect(marks(other.points)['webhooks']).toBe('unknown')
  })

  it('asks the bot itself, and is no pass where it does not answer', async () => {
    const definition = await definitionBy('telegram')
    const told = await checked(definition, { bot: { name: () => Promise.resolve('alder_bot') } })
    expect(evidence(told.points, 'telegram')).toContain('@alder_bot')
    const silent = await checked(definition, { bot: { name: () => Promise.reject(new Error('401: Unauthorized')) } })
    expect(marks(silent.points)['telegram']).toBe('unknown')
    expect(marks((await checked(definition)).points)['telegram']).toBe('unknown')
  })

  it('fails where nobody agreed to any of its channels, and counts who agreed to one of several once', async () => {
    expect(marks((await checked(await definitionBy('whatsapp'))).points)['consent']).toBe('fail')
    const both = await checked(await definitionBy('sms', 'email'))
    expect(evidence(both.points, 'consent')).toContain('2 of 3 people agreed to SMS or e-mail')
    expect(marks(both.points)['spf']).not.toBe('not-applicable')
  })
})

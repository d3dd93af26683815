import { afterEach, describe, expect, it } from 'vitest'
import { openWays } from '#app/wire-mail.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { planRelease } from '#campaigns/journeys/enrol.ts'
import { readContents } from '#campaigns/experiments/contents.ts'
import { followExperiments } from '#campaigns/experiments/round.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import type { Approved } from '#governance/approvals.ts'
import type { Release } from '#governance/release.ts'
import { readConfig } from '#kernel/config.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { IdentifierId, PersonId } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { clock, db, owner } from './house.ts'
import { fakeSms, fakeTelegram } from '../support/fake-texts.ts'
import { releaseJourney, send } from './journey-world.ts'
import { body, textWorld } from './text-world.ts'
import { bought, workerOver } from './world.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})
const { readers } = textWorld(db, () => ({ clock, owner }))

const [plain, warm] = [body('The beans are here.'), body('Warm up: the beans are here.')]
const isWarm = (text: string): boolean => text.includes('Warm up')

const trying = (channel: 'sms' | 'telegram', allocation: 'fixed' | 'bandit') => ({
  ...send('text', { channel, content: plain }),
  experiment: {
    control: { name: 'plain', weight: 1 },
    others: [{ name: 'warm', weight: 1, contentHash: hashOf(warm), content: warm }],
    allocation,
  },
})

function working(channel: 'sms' | 'telegram', settings: Record<string, string>) {
  const home = { PUBLIC_URL: 'https://mail.alder.example', MILLRACE_HOME: '/tmp/millrace-text-contents' }
  const ways = openWays(readConfig({ ...home, ...settings }), clock, db)
  closing.push(ways.close)
  const own = ways.firsts.find(({ carries }) => carries === channel)!
  return () => tick(workerOver(db, own, clock, { ways }))
}

const letIn = (release: Approved<Release>, people: readonly PersonId[]) => planRelease({ db, clock, members: () => Promise.resolve(people) }, release) // prettier-ignore

type Draw = { arm: string; identifierId: IdentifierId; address: string }
const draws = (): Promise<Draw[]> =>
  db.query(sql`select a.arm, a.identifier_id as "identifierId", i.value as address
    from campaigns.arm_draws a join ingest.identifiers i on i.id = a.identifier_id order by 3`)

describe('several contents of a text', () => {
  it('go by SMS, each reader the one they are drawn to, and follow what did better', async () => {
    const server = await fakeSms()
    closing.push(server.close)
    const people = await readers(Array.from({ length: 60 }, (_, n) => ({ phone: `+3161234${1_000 + n}`, agreed: ['sms' as const] }))) // prettier-ignore
    const goal = { goalReachedBy: { event: 'order_paid', withinDays: 1 }, reentry: { afterDays: 1, most: 3 } }
    const release = await releaseJourney({ db, clock }, owner, [trying('sms', 'bandit')], goal)
    await letIn(release, people.slice(0, 40))
    const round = working('sms', { SMS_URL: server.url, SMS_AUTHORIZATION: 'Bearer sms_test', SMS_ID: 'messages.0.id' })
    await round()
    const drawn = await draws()
    expect(drawn).toHaveLength(40)
    const got = (which: boolean) => server.taken.filter(({ text }) => isWarm(text) === which).map(({ to }) => to).toSorted() // prettier-ignore
    expect(got(true)).toEqual(drawn.filter(({ arm }) => arm === 'warm').map(({ address }) => address))
    expect(got(false)).toEqual(drawn.filter(({ arm }) => arm === 'plain').map(({ address }) => address))
    for (const one of drawn.filter(({ arm }) => arm === 'warm').slice(0, 12)) await bought(db, clock, one, { at: new Date(clock().getTime() + 1_000) }) // prettier-ignore
    clock.advance(25 * 3_600_000)
    await letIn(release, people.slice(40, 41))
    const [set] = await followExperiments({ db, clock, zone: 'Europe/Amsterdam', log: silentLog })
    expect(set!.shares['warm']).toBeGreaterThan(0.9)
    await letIn(release, people.slice(41))
    await round()
    const later = (await draws()).filter(({ address }) => !drawn.some((one) => one.address === address))
    expect(later).toHaveLength(20)
    expect(later.filter(({ arm }) => arm === 'warm').length).toBeGreaterThan(14)
    const [read] = await readContents({ db, clock }, definitionOf(release))
    expect(read).toMatchObject({ stepKey: 'text', readout: { arms: [{ name: 'plain' }, { converted: 12 }] } })
  })

  it('go by Telegram', async () => {
    const server = await fakeTelegram()
    closing.push(server.close)
    const people = await readers(Array.from({ length: 30 }, (_, n) => ({ chat: String(9_000 + n), agreed: ['telegram' as const] }))) // prettier-ignore
    const goal = { goalReachedBy: { event: 'order_paid', withinDays: 1 } }
    await letIn(await releaseJourney({ db, clock }, owner, [trying('telegram', 'fixed')], goal), people)
    await working('telegram', { TELEGRAM_BASE_URL: server.url, TELEGRAM_BOT_TOKEN: '1:test' })()
    const drawn = await draws()
    expect(server.taken).toHaveLength(30)
    for (const { to, text } of server.taken) expect(drawn.find(({ address }) => address === to)?.arm).toBe(isWarm(text) ? 'warm' : 'plain') // prettier-ignore
    expect(new Set(drawn.map(({ arm }) => arm)).size).toBe(2)
  })
})

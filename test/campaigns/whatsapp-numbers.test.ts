import { describe, expect, it } from 'vitest'
import type { Tx } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import type { Release } from '#governance/release.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { selectOpenStop } from '#campaigns/queries/channel-stops.ts'
import { letChannelGoOn } from '#campaigns/stops/channel-stops.ts'
import { numberStanding, whatsappRoom } from '#campaigns/whatsapp/number.ts'
import { syncWhatsApp } from '#campaigns/whatsapp/sync.ts'
import { webhook, type Taken } from '../support/fake-whatsapp.ts'
import { aCampaign, accountOf, addReaders, phones, wrote, zone } from './whatsapp-world.ts'
import { db, clock, meta, owner, deps, work, tell } from './whatsapp-house.ts'

const dayMs = 24 * 3_600_000
const askMeta = (number: string) => syncWhatsApp({ ...deps(), zone, whatsapp: accountOf(meta, clock, number) })
const sentBy = (number: string): number => meta.taken.filter(({ from }) => from === number).length

/** Two numbers that Meta was asked about, of a portfolio that may begin with so many people, and a campaign to some. */
async function twoNumbers(limit: string, people: number): Promise<Release> {
  meta.about.whatsapp_business_manager_messaging_limit = limit
  const { release } = await aCampaign(deps(), meta, { owner, readers: await addReaders(deps(), phones(people)) })
  await askMeta(meta.second)
  return release
}

describe('two numbers of one WhatsApp account', () => {
  it('share what the portfolio may begin with in 24 hours: another number is no new day', async () => {
    await twoNumbers('TIER_50', 70)
    await work(meta.number)
    expect(sentBy(meta.number)).toBe(50)
    const after = await work(meta.second)
    expect(sentBy(meta.second)).toBe(0)
    expect(after.blocked.map(({ why }) => why).join()).toContain('50 people were begun with in 24 hours: the portfolio’s limit, which all its numbers share') // prettier-ignore
    expect(await numberStanding(db, meta.second, clock())).toMatchObject({ begun: 50, most: 50 })
    clock.advance(dayMs + 60_000)
    await work(meta.second)
    expect([sentBy(meta.number), sentBy(meta.second)]).toEqual([50, 20])
    expect(Math.max(...meta.copies().values())).toBe(1)
  }, 60_000)

  it('each go up a ramp of their own, within that limit', async () => {
    await twoNumbers('TIER_250', 70)
    await work(meta.number)
    await work(meta.second)
    expect([sentBy(meta.number), sentBy(meta.second)]).toEqual([50, 20])
    expect(await numberStanding(db, meta.number, clock())).toMatchObject({ begun: 50, most: 50 })
    expect(await numberStanding(db, meta.second, clock())).toMatchObject({ begun: 20, most: 50 })
    clock.advance(dayMs + 60_000)
    await askMeta(meta.number)
    await askMeta(meta.second)
    expect(await numberStanding(db, meta.number, clock())).toMatchObject({ step: 2 })
    expect(await numberStanding(db, meta.second, clock())).toMatchObject({ step: 1 })
  }, 60_000)

  it('take turns in claims, so that both together never take more than the limit', async () => {
    const release = await twoNumbers('TIER_50', 1)
    const definition = definitionOf(release)
    const done: string[] = []
    const room = (tx: Tx, number: string) => whatsappRoom(tx, { account: meta.account, number }, { definition, at: clock(), zone }) // prettier-ignore
    let waiting: Promise<unknown> = Promise.resolve()
    await db.transaction(async (tx) => {
      await room(tx, meta.number)
      waiting = db.transaction((own) => room(own, meta.second)).then(() => done.push('the other'))
      await tx.query(sql`select pg_sleep(0.2)`)
      done.push('the first')
    })
    await waiting
    expect(done).toEqual(['the first', 'the other'])
  })

  it('stand for themselves once a person let WhatsApp go on: a late word on what left before stops nothing again', async () => {
    await twoNumbers('TIER_250', 3)
    await work(meta.number)
    const failed = (of: Taken) => tell(meta.statuses({ of, status: 'failed', at: clock(), code: 131_048 }))
    const isStopped = async (): Promise<boolean> => (await selectOpenStop(db, 'whatsapp')) !== null
    await failed(meta.taken[0]!)
    expect(await isStopped()).toBe(true)
    clock.advance(60 * 60_000)
    await letChannelGoOn(deps(), { channel: 'whatsapp', by: owner, reason: 'the other number goes on' })
    await failed(meta.taken[1]!)
    expect(await isStopped()).toBe(false)
    clock.advance(5 * 60_000)
    await work(meta.second)
    expect([sentBy(meta.number), sentBy(meta.second)]).toEqual([3, 2])
    await failed(meta.taken[3]!)
    expect(await isStopped()).toBe(true)
  })

  it('both take a limit that Meta tells of with the name of one', async () => {
    await twoNumbers('TIER_250', 1)
    meta.showAs(meta.second, '+31 20 765 4321')
    await askMeta(meta.second)
    await tell(webhook({ display_phone_number: '31201234567', event: 'UPGRADE', current_limit: 'TIER_10K' }, 'phone_number_quality_update')) // prettier-ignore
    expect(await numberStanding(db, meta.number, clock())).toMatchObject({ mostADay: 10_000 })
    expect(await numberStanding(db, meta.second, clock())).toMatchObject({ mostADay: 10_000 })
  })

  it('hold a conversation each: who wrote to one is written to by the other with a template', async () => {
    const [reader] = await addReaders(deps(), phones(1))
    await wrote(deps(), reader!, meta.number)
    await aCampaign(deps(), meta, { owner, readers: [reader!] })
    await askMeta(meta.second)
    await work(meta.second)
    expect(meta.taken).toMatchObject([{ from: meta.second, type: 'template' }])
  })
})

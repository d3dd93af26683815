import { beforeEach, describe, expect, it } from 'vitest'
import { learnProviders } from '#campaigns/deliverability/places.ts'
import { openDns } from '#campaigns/deliverability/dns.ts'
import { countDomain, declareWarm } from '#campaigns/deliverability/reputation.ts'
import { capOf, dailyTotals } from '#campaigns/deliverability/warm-up.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { recordEvents } from '#ingest/events.ts'
import type { UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../../support/database.ts'
import { fakeDns } from '../../support/fake-dns.ts'
import { aClock, addPeople, anOwner, enrol, ledger, memoryChannel, releaseBody, states, workerOver, type Person } from '../world.ts' // prettier-ignore

const db = testDatabase()
const sending = { domain: 'alder.example', channel: 'email' }
const zone = 'Europe/Amsterdam'
const hourMs = 3_600_000
let clock = aClock()
let owner: UserId
let memory = memoryChannel()
beforeEach(async () => {
  clock = aClock()
  owner = await anOwner(db, clock)
  memory = memoryChannel()
})

/** People at Gmail, Yahoo and a company, planned for a campaign of a domain that is new. */
async function planned(counts: Record<string, number>): Promise<Person[]> {
  const specs = Object.entries(counts).flatMap(([domain, n]) =>
    Array.from({ length: n }, (_, at) => ({ address: `reader${at}@${domain}`, givenName: 'Reader' })),
  )
  const people = await addPeople(db, clock, specs)
  await countDomain({ db, clock, zone }, sending)
  await enrol({ db, clock }, await releaseBody({ db, clock }, owner), people)
  return people
}

const sentTo = (): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { to } of memory.given) {
    const domain = to.slice(to.indexOf('@') + 1)
    counts.set(domain, (counts.get(domain) ?? 0) + 1)
  }
  return counts
}
const round = () => tick(workerOver(db, memory.channel, clock))

describe('a new sending domain', () => {
  it('sends an eighth of a day’s share an hour, says why the rest waits, and loses nobody', async () => {
    await planned({ 'gmail.com': 60, 'yahoo.com': 20 })
    await round()
    await round()
    expect(sentTo()).toEqual(new Map([['gmail.com', 3], ['yahoo.com', 1]])) // prettier-ignore
    expect(await states(db)).toEqual({ planned: 76, sent: 4 })
    const reasons = new Set([...(await ledger(db)).values()].map(({ reason }) => reason))
    expect(reasons).toContain('warm-up: this hour’s messages to its provider are used up')
    expect(reasons).toContain('warm-up: today’s messages to its provider are used up')
  })

  it('never sends above a cap on any day to any provider, and goes on a step each full day', async () => {
    await planned({ 'gmail.com': 150, 'yahoo.com': 60 })
    let before = new Map<string, number>()
    for (let day = 0; day < 3; day++) {
      for (let hour = 0; hour < 13; hour++) {
        await round()
        clock.advance(hourMs)
      }
      const total = dailyTotals[day]!
      const now = sentTo()
      expect((now.get('gmail.com') ?? 0) - (before.get('gmail.com') ?? 0)).toBe(capOf(total, 'gmail'))
      expect((now.get('yahoo.com') ?? 0) - (before.get('yahoo.com') ?? 0)).toBe(capOf(total, 'yahoo'))
      before = now
      clock.advance(11 * hourMs)
    }
  })

  it('writes to those first who opened, clicked or answered last, and a machine’s opening counts for nothing', async () => {
    const people = await planned({ 'gmail.com': 30 })
    const seen = (person: Person, machine: string | null, n: number) => ({
      source: 'millrace', externalId: `e${n}`, identifierId: person.identifierId, kind: 'message_clicked', occurredAt: clock(),
      channel: 'email', properties: { machine },
    }) // prettier-ignore
    await db.transaction((tx) =>
      recordEvents(tx, clock, [seen(people[29]!, null, 1), seen(people[20]!, null, 2), seen(people[11]!, 'proxy', 3)]),
    )
    await round()
    const first = memory.given.map(({ to }) => to)
    expect(first).toHaveLength(3)
    expect(first).toContain(people[29]!.address)
    expect(first).toContain(people[20]!.address)
    expect(first).not.toContain(people[11]!.address)
  })

  it('asks who keeps a company’s mailboxes, and lets them wait until it knows', async () => {
    await planned({ 'birch.example': 20, 'cedar.example': 20 })
    await round()
    expect(memory.given).toHaveLength(0)
    const dns = await fakeDns({ 'birch.example': { MX: ['1 aspmx.l.google.com'] }, 'cedar.example': 'SERVFAIL' })
    const asking = openDns({ servers: [dns.server], timeoutMs: 200, tries: 1 })
    expect(await learnProviders({ db, clock, dns: asking })).toBe(2)
    await dns.close()
    clock.advance(6 * 60_000)
    await round()
    expect(sentTo()).toEqual(new Map([['birch.example', 3], ['cedar.example', 1]])) // prettier-ignore
    expect(await db.query(sql`select distinct provider from campaigns.places order by 1`)).toEqual([{ provider: 'cedar.example' }, { provider: 'gmail' }]) // prettier-ignore
  })

  it('is limited for two workers at once as for one', async () => {
    await planned({ 'gmail.com': 40 })
    await Promise.all([round(), round(), round()])
    expect(memory.given).toHaveLength(3)
  })

  it('is let go by a person who says that it is known', async () => {
    await planned({ 'gmail.com': 40 })
    expect(await declareWarm({ db, clock }, { ...sending, by: owner, reason: ' ' })).toMatchObject({
      rule: 'no-reason',
    })
    await declareWarm({ db, clock }, { ...sending, by: owner, reason: 'sent from Mailchimp for years' })
    await round()
    expect(memory.given).toHaveLength(40)
  })
})

describe('a domain nothing of which leaves the house', () => {
  it('has no limits', async () => {
    const people = await addPeople(db, clock, [{ address: 'a@gmail.com' }, { address: 'b@gmail.com' }])
    await enrol({ db, clock }, await releaseBody({ db, clock }, owner), people)
    await round()
    expect(memory.given).toHaveLength(2)
  })
})

import { describe, expect, it } from 'vitest'
import { definitionOf } from '#campaigns/definition.ts'
import { problemLines, problemsOf } from '#campaigns/definition/soundness.ts'
import { detour } from '#campaigns/delivery/detours.ts'
import { orderOfChannels, readChannels } from '#campaigns/experiments/best-channel.ts'
import { readExperiments } from '#campaigns/experiments/of-campaign.ts'
import { stepWords } from '#campaigns/journeys/words.ts'
import { whyPerson } from '#campaigns/why.ts'
import { experimentsView } from '#dashboards/views/experiments.ts'
import type { DeliveryId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { recordConsents } from '#ingest/consent.ts'
import { identifierIds } from '#ingest/identifiers.ts'
import { hashOf } from '#kernel/crypto.ts'
import { clock, db, deps, owner } from './house.ts'
import { aJourney, releaseJourney, send } from './journey-world.ts'
import { aBody, addPeople, campaign, enrol, readers, type Person } from './world.ts'

/** Short enough for a text, with nothing that only a mail has. */
const short = aBody({
  blocks: [{ kind: 'paragraph', sentences: [{ text: 'New beans are here.', citations: [] }] }],
  slots: [],
  subject: { text: 'Beans', citations: [] },
})
const sms = { channel: 'sms' as const, content: short, contentHash: hashOf(short) }
const chosen = { ...send('news', { content: short }), instead: [sms], bestChannel: { control: 0.3 } }

/** People with a telephone beside their address, who agreed to texts. */
async function withPhones(count: number): Promise<Person[]> {
  const people = await addPeople(db, clock, readers(count))
  await db.transaction(async (tx) => {
    const phones = await identifierIds(tx, clock, people.map((_, n) => ({ kind: 'phone', value: `+3161234${1000 + n}` }))) // prettier-ignore
    for (const [n, { personId }] of people.entries())
      await tx.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
        values (${phones[n]!}, ${personId}, ${clock()}, 'test')`)
    await recordConsents(tx, clock, phones.map((identifierId) => ({ source: 'test', externalId: `sms ${identifierId}`, identifierId, channel: 'sms', state: 'granted' as const, basis: 'form', occurredAt: clock() }))) // prettier-ignore
  })
  return people
}

const rows = () =>
  db.query<{ id: DeliveryId; channel: string; arm: string; channels: string[] }>(sql`
    select d.id, d.channel, c.arm, c.channels from campaigns.deliveries d
    join campaigns.channel_draws c on c.delivery_id = d.id order by d.id`)

describe('the channel each answers best', () => {
  it('follows a person’s own answers, then everybody’s, and is tried out where nobody knows', () => {
    const first = (population: Record<string, number>, own: Record<string, number>) => {
      const counts = (answered: Record<string, number>, sent: number) => new Map(Object.entries(answered).map(([channel, n]) => [channel, { sent, answered: n }])) // prettier-ignore
      const known = { population: counts(population, 1_000), own: counts(own, 40) }
      const orders = Array.from({ length: 300 }, (_, n) => orderOfChannels(known, ['email', 'sms'], `reader ${n}`))
      return orders.filter(([channel]) => channel === 'sms').length / orders.length
    }
    expect(first({}, {})).toBeGreaterThan(0.3)
    expect(first({}, {})).toBeLessThan(0.7)
    expect(first({ email: 100, sms: 600 }, {})).toBeGreaterThan(0.8)
    expect(first({ email: 100, sms: 600 }, { email: 36, sms: 2 })).toBeLessThan(0.2)
  })

  it('comes first for those who are not the control, is kept, told and measured; who is not reached goes on by it', async () => {
    await db.query(sql`insert into campaigns.answered_hours (channel, hour, sent, answered, learnt_at)
      values ('email', 10, 900, 45, ${clock()}), ('sms', 10, 900, 700, ${clock()})`)
    const people = await withPhones(24)
    const release = await releaseJourney(deps, owner, [chosen])
    const definition = definitionOf(release)
    expect(stepWords(definition.journey[0]!)).toContain('by the channel each answers best (30 % in the order written down, as the control)') // prettier-ignore
    await enrol(deps, release, people)
    const drawn = await rows()
    expect(drawn).toHaveLength(24)
    for (const { channel, channels } of drawn) expect(channel).toBe(channels[0])
    const control = drawn.filter(({ arm }) => arm === 'declared')
    expect(control.length).toBeGreaterThan(0)
    expect(control.every(({ channel }) => channel === 'email')).toBe(true)
    const best = drawn.filter(({ arm }) => arm === 'best')
    expect(best.filter(({ channel }) => channel === 'sms').length).toBeGreaterThan(best.length * 0.5)

    const [unreached] = best.filter(({ channel }) => channel === 'sms')
    await db.query(sql`update campaigns.deliveries set state = 'failed', settled_at = ${clock()} where id = ${unreached!.id}`) // prettier-ignore
    const moved = await db.transaction((tx) => detour(tx, clock, { definition, from: 'sms', rows: [{ id: unreached!.id, why: 'no such number' }] })) // prettier-ignore
    expect(moved).toBe(1)
    expect((await rows()).find(({ id }) => id === unreached!.id)?.channel).toBe('email')

    const [read] = await readChannels(db, definition)
    expect(read).toMatchObject({ stepKey: 'news', readout: { arms: [{ name: 'email, then sms', people: control.length }, { people: best.length }] } }) // prettier-ignore
    const told = await Promise.all(people.slice(0, 12).map(({ personId }) => whyPerson(db, campaign, personId)))
    expect(told.filter(({ words }) => words.includes('Of news they were to be written to by sms, then email, drawn as the order they answer best in.')).length).toBeGreaterThan(0) // prettier-ignore
    const page = String(await experimentsView(campaign, await readExperiments(deps, campaign), { currency: 'EUR', zone: 'UTC' })) // prettier-ignore
    expect(page).toContain('news: by which channel')
  })

  it('is refused where there is but one', async () => {
    const { instead: _, ...alone } = chosen
    expect(problemLines(problemsOf(await aJourney(deps, [alone])))).toEqual([expect.stringContaining('has but one')])
  })
})

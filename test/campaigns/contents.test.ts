import { describe, expect, it } from 'vitest'
import { problemLines, problemsOf } from '#campaigns/definition/soundness.ts'
import { contentArmOf, readContents } from '#campaigns/experiments/contents.ts'
import { followExperiments } from '#campaigns/experiments/round.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { newestShares, sharesOver, type SharedArm } from '#campaigns/queries/contents.ts'
import { whyPerson } from '#campaigns/why.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { experimentsView } from '#dashboards/views/experiments.ts'
import { readExperiments } from '#campaigns/experiments/of-campaign.ts'
import { hashOf } from '#kernel/crypto.ts'
import { silentLog } from '#kernel/log.ts'
import { sql } from '#kernel/sql.ts'
import { clock, db, deps, owner } from './house.ts'
import { aJourney, releaseJourney, send } from './journey-world.ts'
import { aBody, addPeople, bought, campaign, enrol, memoryChannel, readers, workerOver, type Person } from './world.ts' // prettier-ignore

const hour = 3_600_000
const goal = { goalReachedBy: { event: 'order_paid', withinDays: 14 } }
const says = (text: string) => aBody({ subject: { text, citations: [] } })
const warm = says('warm')

/** A send that tries a warm subject against a plain one. */
const trying = (allocation: 'fixed' | 'bandit', weight = 1) => ({
  ...send('mail', { content: says('plain') }),
  experiment: {
    control: { name: 'plain', weight },
    others: [{ name: 'warm', weight: 1, contentHash: hashOf(warm), content: warm }],
    allocation,
  },
})

type Draw = { drawnBy: string; arm: string; identifierId: string; arms: SharedArm[] }
const draws = (): Promise<Draw[]> =>
  db.query(sql`select d.drawn_by as "drawnBy", d.arm, d.identifier_id as "identifierId", s.arms
    from campaigns.arm_draws d join campaigns.arm_shares s on s.id = d.shares_id order by d.drawn_by`)

const among = (people: readonly Person[], arm: string, all: readonly Draw[]) =>
  people.filter(({ identifierId }) => all.some((draw) => draw.arm === arm && draw.identifierId === identifierId))

const place = { campaign, stepKey: 'mail' }

describe('several contents of a step', () => {
  it('are drawn by fixed shares when messages are claimed; each reader gets theirs, and every draw can be made again', async () => {
    const people = await addPeople(db, clock, readers(80))
    const { channel, given } = memoryChannel()
    await enrol(deps, await releaseJourney(deps, owner, [trying('fixed', 3)], goal), people)
    expect(await draws()).toEqual([])
    await tick(workerOver(db, channel, clock))
    const drawn = await draws()
    expect(drawn).toHaveLength(80)
    const got = (subject: string) => given.filter((message) => message.subject === subject).map(({ to }) => to).toSorted() // prettier-ignore
    for (const arm of ['plain', 'warm']) expect(got(arm)).toEqual(among(people, arm, drawn).map(({ address }) => address).toSorted()) // prettier-ignore
    expect(got('warm').length).toBeGreaterThan(5)
    expect(got('warm').length).toBeLessThan(40)
    for (const { drawnBy, arms, arm } of drawn) expect(contentArmOf({ ...place, drawnBy }, arms).name).toBe(arm)
    const [one] = among(people, 'warm', drawn)
    expect((await whyPerson(db, campaign, one!.personId)).words).toContain('Of mail they were drawn to “warm”.')
    const [read] = await readContents(deps, definitionOf(await releaseJourney(deps, owner, [trying('fixed', 3)], goal)))
    expect(read).toMatchObject({
      stepKey: 'mail',
      shares: [0.75, 0.25],
      readout: { arms: [{ weight: 60 }, { weight: 20 }] },
    })
  })

  it('get more people the better they do, at their own rhythm; who was drawn stays, and the shares still come out as meant', async () => {
    const people = await addPeople(db, clock, readers(200))
    const release = await releaseJourney(deps, owner, [trying('bandit')], {
      goalReachedBy: { event: 'order_paid', withinDays: 1 },
      reentry: { afterDays: 1, most: 3 },
    })
    await enrol(deps, release, people.slice(0, 100))
    await tick(workerOver(db, memoryChannel().channel, clock))
    const first = await draws()
    const round = () => followExperiments({ ...deps, zone: 'Europe/Amsterdam', log: silentLog })
    clock.advance(hour / 2)
    for (const person of among(people, 'warm', first).slice(0, 25)) await bought(db, clock, person)
    // A campaign that somebody is on their way in is looked at.
    await enrol(deps, release, people.slice(100, 101))
    expect(await round()).toEqual([])
    clock.advance(hour)
    // Nobody counts, for the shares or for the verdict, while they have time to reach the goal.
    expect(await round()).toEqual([])
    expect((await readContents(deps, definitionOf(release)))[0]?.readout.arms).toMatchObject([{ people: 0 }, { people: 0, converted: 0 }]) // prettier-ignore
    clock.advance(24 * hour)
    const [set] = await round()
    expect(set).toMatchObject({ campaign, stepKey: 'mail' })
    expect(set!.shares['warm']).toBeGreaterThan(0.9)
    expect(set!.shares['plain']).toBeGreaterThanOrEqual(0.0099)
    expect((await newestShares(db, place))!.arms).toMatchObject([{ name: 'plain', converted: 0 }, { name: 'warm', converted: 25 }]) // prettier-ignore
    expect(await round()).toEqual([])
    clock.advance(3 * 24 * hour)
    await enrol(deps, release, people)
    await tick(workerOver(db, memoryChannel().channel, clock))
    const all = await draws()
    expect(all).toHaveLength(200)
    // Those of today are drawn unequally, and count when their day is over.
    expect((await readContents(deps, definitionOf(release)))[0]!.readout.arms.map(({ people: n }) => n).reduce((a, b) => a + b)).toBe(100) // prettier-ignore
    clock.advance(25 * hour)
    for (const { drawnBy, arm } of first) expect(all.find((draw) => draw.drawnBy === drawnBy)?.arm).toBe(arm)
    for (const { drawnBy, arms, arm } of all) expect(contentArmOf({ ...place, drawnBy }, arms).name).toBe(arm)
    const [read] = await readContents(deps, definitionOf(release))
    const meant = 50 + 100 * set!.shares['plain']!
    expect(read!.readout.arms[0]!.weight).toBeCloseTo(meant, 6)
    expect(read!.shares[1]).toBeCloseTo(set!.shares['warm']!, 9)
    expect(await sharesOver(db, place)).toHaveLength(2)
    const page = String(
      await experimentsView(campaign, await readExperiments(deps, campaign), { currency: 'EUR', zone: 'UTC' }),
    )
    expect(page).toContain('mail: which content')
    expect(page).toContain('They follow what each brought')
    expect(page).toContain('Shares over time')
  })

  it('stay as drawn when two turn out to be one: every draw is by the first person an address ever was', async () => {
    const people = await addPeople(db, clock, readers(20))
    const release = await releaseJourney(deps, owner, [trying('fixed')], { ...goal, reentry: { afterDays: 1, most: 3 } }) // prettier-ignore
    await enrol(deps, release, people)
    await tick(workerOver(db, memoryChannel().channel, clock))
    const first = await draws()
    const [one] = among(people, 'plain', first)
    const [other] = among(people, 'warm', first)
    await db.query(sql`update ingest.memberships set until = ${clock()} where identifier_id = ${one!.identifierId}`)
    await db.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
      values (${one!.identifierId}, ${other!.personId}, ${clock()}, 'merged')`)
    clock.advance(3 * 24 * hour)
    const { channel, given } = memoryChannel()
    await enrol(deps, release, [one!])
    await tick(workerOver(db, channel, clock))
    expect(given.map(({ subject }) => subject)).toEqual(['plain'])
    expect(await draws()).toEqual(first)
  })

  it('are refused where nothing tells them apart, or they are the same', async () => {
    const { goalReachedBy: _, ...without } = await aJourney(deps, [trying('bandit')], goal)
    expect(problemLines(problemsOf(without))).toEqual([expect.stringContaining('no goal to tell them apart by')])
    const plain = says('plain')
    const step = trying('fixed')
    const same = { ...step, experiment: { ...step.experiment, others: [{ name: 'other', weight: 1, contentHash: hashOf(plain), content: plain }] } } // prettier-ignore
    expect(problemLines(problemsOf(await aJourney(deps, [same], goal)))).toEqual([expect.stringContaining('tries the same content twice')]) // prettier-ignore
  })
})

describe('what people did before', () => {
  it('is taken out of what an experiment says: the bounds are narrower, and the difference stays', async () => {
    const people = await addPeople(db, clock, readers(300))
    const buys = async (at: Date, amount: (person: number) => number) => {
      const orders = people.map(({ identifierId }, n) => ({ identifierId, amount: amount(n), n }))
      await db.query(sql`insert into ingest.orders (id, source, external_id, kind, identifier_id, ordered_at, status, currency, gross_minor, rate_minor, record_id)
        select gen_random_uuid(), 'test', ${at.toISOString()} || o.n, 'order', o."identifierId", ${at}, 'paid', 'EUR', o.amount, 1, gen_random_uuid()
        from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) as o (n integer, "identifierId" uuid, amount bigint) where o.amount > 0`)
    }
    const habit = (n: number): number => (n * 7919) % 10_000
    await buys(new Date(clock().getTime() - 24 * hour), habit)
    await enrol(deps, await releaseJourney(deps, owner, [trying('fixed')], goal), people)
    await tick(workerOver(db, memoryChannel().channel, clock))
    const inWarm = new Set(among(people, 'warm', await draws()).map(({ identifierId }) => identifierId))
    await buys(
      new Date(clock().getTime() + hour),
      (n) => habit(n) + ((n * 31) % 500) + (inWarm.has(people[n]!.identifierId) ? 600 : 0),
    )
    const [read] = await readContents(deps, await aJourney(deps, [trying('fixed')], goal))
    const { spent } = read!.before
    expect(spent.explained).toBeGreaterThan(0.9)
    const { low, high } = spent.arms[1]!.versusFirst!
    expect(low).toBeGreaterThan(0)
    expect(low).toBeLessThan(600)
    expect(high).toBeGreaterThan(600)
  })
})

import { describe, expect, it } from 'vitest'
import { dryRun } from '#campaigns/rehearsal/dry-run.ts'
import { keepLifts, readHouseLift, readLifts } from '#campaigns/experiments/lift.ts'
import { readExperiments } from '#campaigns/experiments/of-campaign.ts'
import { globalHoldout, heldOutBy, holdOutOfAll } from '#campaigns/experiments/holdout.ts'
import { selectNewly } from '#campaigns/queries/holdouts.ts'
import { campaignProgress } from '#campaigns/progress.ts'
import { whyPerson } from '#campaigns/why.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { liftPart } from '#dashboards/views/experiments.ts'
import { newId, type EnrolmentId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { clock, db, deps, owner } from './house.ts'
import { aJourney, releaseJourney, send } from './journey-world.ts'
import { addPeople, bought, campaign, enrol, memoryChannel, readers, workerOver, type Person } from './world.ts' // prettier-ignore

const goal = { goalReachedBy: { event: 'order_paid', withinDays: 7 } }
const holdout = { holdout: { share: 0.3 } }

/** The people whose enrolment was held out, by which word. */
const heldOut = async (scope: 'global' | 'campaign'): Promise<Set<string>> => {
  const rows = await db.query<{ id: string }>(sql`select e.identifier_id as id from campaigns.enrolments e
    join campaigns.holdouts h on h.enrolment_id = e.id where h.scope = ${scope} and e.ended_reason = 'holdout'`)
  return new Set(rows.map(({ id }) => id))
}

const orders = async (people: readonly Person[]): Promise<void> => {
  for (const person of people) await bought(db, clock, person)
}

describe('people held out', () => {
  it('are drawn by who they are: the same in a larger share, as often as the share says, and apart for each campaign', () => {
    const people = Array.from({ length: 1_500 }, () => newId<'person'>(clock))
    const of = (everywhere: number, here = 0) => people.filter((id) => heldOutBy({ everywhere, here }, campaign, id))
    expect(of(0.1).length / people.length).toBeCloseTo(0.1, 1)
    expect(of(0.2)).toEqual(expect.arrayContaining(of(0.1)))
    expect(of(0)).toEqual([])
    const here = people.filter((id) => heldOutBy({ everywhere: 0, here: 0.5 }, 'spring', id) !== null)
    const there = people.filter((id) => heldOutBy({ everywhere: 0, here: 0.5 }, 'autumn', id) !== null)
    expect(here.filter((id) => there.includes(id)).length / here.length).toBeCloseTo(0.5, 1)
  })

  it('get nothing, end with the reason, and it is told of them by why, progress and dry run', async () => {
    const people = await addPeople(db, clock, readers(30))
    const { channel, given } = memoryChannel()
    await enrol(deps, await releaseJourney(deps, owner, [send('one')], { ...goal, ...holdout }), people)
    await tick(workerOver(db, channel, clock))
    const held = await heldOut('campaign')
    expect(held.size).toBeGreaterThan(2)
    expect(given.map(({ to }) => to).toSorted()).toEqual(people.filter(({ identifierId }) => !held.has(identifierId)).map(({ address }) => address).toSorted()) // prettier-ignore
    const [one] = people.filter(({ identifierId }) => held.has(identifierId))
    expect((await whyPerson(db, campaign, one!.personId)).words).toBe('Held out of this campaign with 30 % of the people: nothing is sent to them, so that it can be told what it brings.') // prettier-ignore
    expect(await campaignProgress(deps, campaign)).toMatchObject({ enrolled: 30, heldOut: held.size })
    const members = () => Promise.resolve(people.map(({ personId }) => personId))
    const run = await dryRun({ ...deps, members, zone: 'Europe/Amsterdam' }, await aJourney(deps, [send('one')], { ...goal, ...holdout }), { from: clock(), days: 3, people: 30 }) // prettier-ignore
    const told = run.people.filter(({ lines }) => lines[0]?.words.startsWith('holdout: Held out of this campaign'))
    expect(new Set(told.map(({ personId }) => personId))).toEqual(new Set(people.filter(({ identifierId }) => held.has(identifierId)).map(({ personId }) => personId))) // prettier-ignore
    expect(told.every(({ lines }) => lines.length === 1)).toBe(true)
  })

  it('stay held out when they turn out to be somebody else too', async () => {
    const people = await addPeople(db, clock, readers(40))
    await holdOutOfAll(deps, { share: 0.5, by: owner, reason: 'to know' })
    const release = await releaseJourney(deps, owner, [send('one')], { ...goal, reentry: { afterDays: 1, most: 5 } })
    await enrol(deps, release, people)
    const before = await heldOut('global')
    await db.query(sql`update ingest.memberships set person_id = ${people[0]!.personId} where person_id = ${people[1]!.personId}`) // prettier-ignore
    const first = before.has(people[0]!.identifierId)
    clock.advance(3 * 86_400_000)
    await tick(workerOver(db, memoryChannel().channel, clock))
    clock.advance(3 * 86_400_000)
    await enrol(deps, release, people.slice(0, 1))
    expect((await heldOut('global')).has(people[0]!.identifierId)).toBe(first)
  })

  it('are drawn alike by whichever of their addresses a campaign comes to them', async () => {
    const people = await addPeople(db, clock, readers(6))
    await enrol(deps, await releaseJourney(deps, owner, [send('one')], goal), people)
    const [a, b] = people
    await db.query(sql`update ingest.memberships set person_id = ${a!.personId} where person_id = ${b!.personId}`)
    await db.query(sql`update campaigns.enrolments set person_id = ${a!.personId}, occurrence = 2 where person_id = ${b!.personId}`) // prettier-ignore
    const rows = await db.query<{ id: EnrolmentId }>(sql`select id from campaigns.enrolments where person_id = ${a!.personId}`) // prettier-ignore
    const drawn = await db.transaction((tx) =>
      selectNewly(tx, rows.map(({ id }) => id))) // prettier-ignore
    expect(drawn).toHaveLength(2)
    expect(new Set(drawn.map(({ drawnBy }) => drawnBy)).size).toBe(1)
  })

  it('show what a campaign brings, by its own holdout and by that of the house, with the shares checked', async () => {
    expect(await holdOutOfAll(deps, { share: 0.6, by: owner, reason: '' })).toMatchObject({ kind: 'refused' })
    await holdOutOfAll(deps, { share: 0.2, by: owner, reason: 'to know what campaigns bring' })
    expect(await globalHoldout(db)).toEqual({ share: 0.2, since: clock() })
    const people = await addPeople(db, clock, readers(300))
    await enrol(deps, await releaseJourney(deps, owner, [send('one')], { ...goal, ...holdout }), people)
    const [globally, here] = [await heldOut('global'), await heldOut('campaign')]
    const is = (held: Set<string>) => (person: Person) => held.has(person.identifierId)
    const treated = people.filter((one) => !is(globally)(one) && !is(here)(one))
    clock.advance(3_600_000)
    await orders([...treated.slice(0, 60), ...people.filter(is(here)).slice(0, 3), ...people.filter(is(globally)).slice(0, 2)]) // prettier-ignore
    const read = await readExperiments(deps, campaign)
    if (read.kind !== 'read') throw new Error(read.why)
    const [own, everywhere] = read.lifts
    expect(own).toMatchObject({ of: 'campaign', share: 0.3, readout: { arms: [{ name: 'held out', people: here.size, converted: 3 }, { name: 'written to', people: treated.length, converted: 60 }] } }) // prettier-ignore
    expect(everywhere).toMatchObject({ of: 'global', share: 0.2, readout: { arms: [{ people: globally.size, converted: 2 }, { people: 300 - globally.size, converted: 63 }] } }) // prettier-ignore
    expect((await readHouseLift({ db, clock }))?.readout.arms.map(({ people: n }) => n)).toEqual([
      globally.size,
      300 - globally.size,
    ])
    const page = String(await liftPart(own!, { currency: 'EUR', zone: 'UTC' }))
    expect(page).toContain('30.0 % of the people are sent nothing')
    expect(page).toMatch(/The shares (came out|did not come out) as they were meant/)
    expect(page).toContain('With what people did before taken into account')
  })

  it('are counted in the background where they are many: what is kept is read for an hour or two, with its time', async () => {
    const people = await addPeople(db, clock, readers(20))
    const release = await releaseJourney(deps, owner, [send('one')], { ...goal, ...holdout })
    await enrol(deps, release, people)
    const lifted = { definition: { name: campaign, ...goal, ...holdout }, releases: [release.hash] }
    const lift = async () => (await readLifts(deps, lifted))[0]!
    const total = ({ readout }: Awaited<ReturnType<typeof lift>>) => readout.arms.reduce((sum, { converted }) => sum + converted, 0) // prettier-ignore
    expect(await keepLifts(deps, lifted)).toBe(0)
    const countedAt = clock()
    expect(await keepLifts({ ...deps, many: 19 }, lifted)).toBe(1)
    clock.advance(30 * 60_000)
    await orders(people.slice(0, 5))
    expect(total(await lift())).toBe(0)
    expect((await lift()).countedAt).toEqual(countedAt)
    expect(await keepLifts({ ...deps, many: 19 }, lifted)).toBe(0)
    clock.advance(31 * 60_000)
    expect(await keepLifts({ ...deps, many: 19 }, lifted)).toBe(1)
    expect(total(await lift())).toBe(5)
    await orders(people.slice(5, 6))
    // Nobody counts any more: it is counted when it is asked.
    clock.advance(3 * 3_600_000)
    expect(total(await lift())).toBe(6)
    // Another question is not answered by what was kept.
    await keepLifts({ ...deps, many: 19 }, lifted)
    await orders(people.slice(6, 7))
    expect(total((await readLifts(deps, { ...lifted, definition: { ...lifted.definition, goalReachedBy: { event: 'order_paid', withinDays: 8 } } }))[0]!)).toBe(7) // prettier-ignore
  })

  it('are a whole house’s word: only an owner says so', async () => {
    expect(await holdOutOfAll(deps, { share: 0.1, by: newId<'user'>(clock), reason: '' })).toMatchObject({
      rule: 'not-permitted',
    })
  })
})

import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { rollback } from '#governance/releases.ts'
import { migrate, planMigration } from '#campaigns/journeys/migrate.ts'
import { proposeVersion } from '#campaigns/launch/versions.ts'
import { clock, db, deps, owner } from './house.ts'
import { releaseJourney, send, standings, working } from './journey-world.ts'
import { addPeople, campaign, enrol, memoryChannel, readers, workerOver } from './world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const wait = (days: number, key = 'pause') => ({ key, kind: 'wait' as const, minutes: days * 1_440 })
/** What makes a journey one that people are walked through. */
const lots = (to: string) => ({ key: 'lots', kind: 'split' as const, arms: [{ name: 'x', weight: 1, to }, { name: 'y', weight: 1, to }] }) // prettier-ignore
const plain = (days: number) => [send('one'), wait(days), send('two')]
const walked = (days: number, last = 'two') => [send('one'), wait(days), lots(last), send(last)]
type Steps = ReturnType<typeof walked>

/** Somebody who waits behind the first message of a version, an hour already. */
async function waiting(steps: Steps) {
  const people = await addPeople(db, clock, readers(1))
  const house = working(deps)
  await enrol(deps, await releaseJourney(deps, owner, steps), people)
  await house.settle()
  clock.advance(hour)
  await house.settle()
  return house
}

async function moved(steps: Steps): Promise<void> {
  const { hash } = await releaseJourney(deps, owner, steps)
  expect(await migrate(deps, { campaign, to: hash, by: owner })).toEqual({ kind: 'moved', people: 1 })
}
const subjects = (sent: () => string[]): string[] => sent().map((line) => line.split(' ')[1]!)

describe('a new version of a journey', () => {
  it('is refused where it cannot work, and moves people only when somebody says so', async () => {
    const pause = { key: 'pause', kind: 'wait' as const, minutes: 60 }
    const people = await addPeople(db, clock, readers(2))
    const first = await releaseJourney(deps, owner, [send('one'), pause, { ...pause, key: 'long', minutes: 9_000 }, send('two')], { goalReachedBy: { event: 'paid', withinDays: 9 } }) // prettier-ignore
    await enrol(deps, first, people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    for (let round = 0; round < 3; round++) await tick(worker)
    const { journey, ...rest } = definitionOf(first)
    const endless = { ...rest, journey: journey.map((step) => (step.key === 'two' ? { ...step, next: 'two' } : step)) }
    expect(await proposeVersion(deps, { definition: endless, by: owner })).toMatchObject({ kind: 'refused', rule: 'definition' }) // prettier-ignore
    clock.advance(60_000)
    const second = await releaseJourney(deps, owner, [send('one'), { ...pause, minutes: 5 }, send('two')], { goalReachedBy: { event: 'paid', withinDays: 9 } }) // prettier-ignore
    const plan = await planMigration(db, campaign)
    expect(plan).toEqual({ kind: 'planned', to: second.hash, moves: [{ from: first.hash, stepKey: 'pause', people: 2, to: 'pause' }] }) // prettier-ignore
    expect(await migrate(deps, { campaign, to: first.hash, by: owner })).toMatchObject({ rule: 'changed' })
    expect(await migrate(deps, { campaign, to: second.hash, by: owner })).toEqual({ kind: 'moved', people: 2 })
    const entries = await db.query(sql`select detail ->> 'people' as people from kernel.audit where action = 'campaign.migrated'`) // prettier-ignore
    expect(entries).toEqual([{ people: '2' }])
    clock.advance(2 * 3_600_000)
    for (let round = 0; round < 3; round++) await tick(worker)
    expect((await standings(db)).map(({ ended }) => ended)).toEqual(['completed', 'completed'])
  })
})

describe('who is moved to a version with another wait', () => {
  it.each([
    ['plain to plain, shorter', plain(30), plain(3), 3],
    ['plain to plain, longer', plain(1), plain(5), 5],
    ['walked to walked, shorter', walked(30), walked(3), 3],
    ['walked to walked, longer', walked(1), walked(5), 5],
    ['walked to plain, shorter', walked(30), plain(3), 3],
    ['walked to plain, longer', walked(1), plain(5), 5],
  ])('waits as long as that says, since the message before: %s', async (_, before, after, days) => {
    const { settle, sent } = await waiting(before)
    await moved(after)
    await settle()
    clock.advance(days * day - hour - minute)
    await settle()
    expect(subjects(sent)).toEqual(['one'])
    clock.advance(minute)
    await settle()
    expect(subjects(sent)).toEqual(['one', 'two'])
  })

  it.each([
    ['plain to plain', [wait(3), ...plain(1)], [wait(1), ...plain(1)]],
    ['plain to walked', [wait(3), ...plain(1)], [wait(1), ...walked(1)]],
  ])('loses no first wait, nor gets one that is shorter: %s', async (_, before, after) => {
    const keyed = (steps: readonly object[]) => steps.map((step, n) => (n === 0 ? { ...step, key: 'first' } : step)) as Steps // prettier-ignore
    const { settle, sent } = await waiting(keyed(before))
    expect(sent()).toEqual([])
    await moved(keyed(after))
    await settle()
    clock.advance(3 * day - 2 * hour)
    await settle()
    expect(sent()).toEqual([])
    clock.advance(hour)
    await settle()
    expect(subjects(sent)).toEqual(['one'])
  })

  it('waits behind a message of a plain journey, also where a walked one had looked at them before it', async () => {
    const { settle, sent } = await waiting(walked(1))
    await moved([...plain(1), wait(4, 'rest'), send('three')] as Steps)
    clock.advance(day)
    await settle()
    expect(subjects(sent)).toEqual(['one', 'two'])
    await moved([...walked(1), wait(4, 'rest'), send('three')] as Steps)
    await settle()
    expect(subjects(sent)).toEqual(['one', 'two'])
    clock.advance(4 * day)
    await settle()
    expect(subjects(sent)).toEqual(['one', 'two', 'three'])
  })

  it('waits as long as the message is still to leave, and then as the version says', async () => {
    const people = await addPeople(db, clock, readers(1))
    const { settle, sent } = working(deps)
    const limits = { dailyCap: null, perPersonPerWeek: null, window: { from: '13:00', to: '18:00' }, expireAfterHours: 72 } // prettier-ignore
    await enrol(deps, await releaseJourney(deps, owner, plain(30), { limits }), people)
    await settle()
    const { hash } = await releaseJourney(deps, owner, plain(1), { limits })
    await migrate(deps, { campaign, to: hash, by: owner })
    clock.advance(3 * hour)
    await settle()
    expect(subjects(sent)).toEqual(['one'])
    clock.advance(day - minute)
    await settle()
    expect(subjects(sent)).toEqual(['one'])
    clock.advance(minute)
    await settle()
    expect(subjects(sent)).toEqual(['one', 'two'])
  })
})

describe('who was on a version that is withdrawn', () => {
  /** One version, another that somebody waits in, and back; then nobody of them is due. */
  async function withdrawn(before: Steps, after: Steps) {
    const first = await releaseJourney(deps, owner, before)
    clock.advance(minute)
    const house = await waiting(after)
    await rollback(deps, { name: campaign, by: owner, reason: 'two is wrong' })
    return { first, ...house }
  }

  it('goes on in what was restored, though another version follows before they are due', async () => {
    const { settle, sent } = await withdrawn(walked(1, 'old'), walked(1, 'new'))
    await releaseJourney(deps, owner, [...walked(1, 'old'), wait(1, 'rest'), send('three')] as Steps)
    clock.advance(2 * day)
    await settle()
    expect(subjects(sent)).toEqual(['one', 'old'])
    expect(await standings(db)).toMatchObject([{ ended: 'completed' }])
  })

  it('goes on in what each of two rollbacks restored', async () => {
    const { settle, sent, first } = await withdrawn(walked(1, 'old'), walked(1, 'new'))
    await releaseJourney(deps, owner, walked(1, 'third'))
    await rollback(deps, { name: campaign, to: first.hash, by: owner, reason: 'three is wrong as well' })
    await releaseJourney(deps, owner, [...walked(1, 'old'), send('fourth')] as Steps)
    clock.advance(2 * day)
    await settle()
    expect(subjects(sent)).toEqual(['one', 'old'])
  })

  it('stays where the withdrawn version went live again', async () => {
    const { settle, sent } = await withdrawn(walked(1, 'old'), walked(1, 'new'))
    await releaseJourney(deps, owner, walked(1, 'new'))
    clock.advance(2 * day)
    await settle()
    expect(subjects(sent)).toEqual(['one', 'new'])
  })

  it.each([
    ['walked', walked(3), walked(30)],
    ['plain', plain(3), plain(30)],
    ['walked, then plain', plain(3), walked(30)],
  ])('waits as long as what was restored says, from the next round on, though nobody is due: %s', async (_, before, after) => {
    const { settle, follow, sent } = await withdrawn(before, after)
    await follow()
    clock.advance(3 * day - hour - minute)
    await settle()
    expect(sent().filter((line) => line.startsWith('reader0'))).toHaveLength(1)
    clock.advance(minute)
    await settle()
    expect(sent().filter((line) => line.startsWith('reader0'))).toHaveLength(2)
  }) // prettier-ignore
})

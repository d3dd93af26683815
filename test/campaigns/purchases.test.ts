import { describe, expect, it } from 'vitest'
import { definitionOf } from '#campaigns/definition.ts'
import { endedBy } from '#campaigns/journeys/endings.ts'
import { db, deps, clock, owner } from './house.ts'
import { everybody, happened, releaseJourney, send, standings, working } from './journey-world.ts'
import { horizonPassed } from '../support/horizon.ts'
import { addPeople, bought, enrol, oneReader, readers, states } from './world.ts'

const hour = 3_600_000

describe('an order, for campaigns', () => {
  it('is what they listen for once it is paid, and not before', async () => {
    const [ann, ben] = await addPeople(db, clock, readers(2))
    const { settle, follow, sent } = working({ db, clock })
    const steps = [send('one'), { key: 'pause', kind: 'wait' as const, minutes: 600 }, send('two')]
    const release = await releaseJourney(deps, owner, steps, { goalReachedBy: { event: 'order_paid', withinDays: 2 } })
    await enrol(deps, release, [ann!, ben!])
    await settle()
    clock.advance(hour)
    await bought(db, clock, ann!, { order: '17', status: 'open' })
    await bought(db, clock, ben!, { order: '18', status: 'failed' })
    expect(await follow()).toMatchObject([{ ended: 0 }])
    await bought(db, clock, ann!, { order: '17' })
    expect(await follow()).toMatchObject([{ ended: 1 }])
    clock.advance(10 * hour)
    await settle()
    expect((await standings(db)).map(({ ended }) => ended)).toEqual(['goal reached', 'completed'])
    expect(sent()).toContain(`${ben!.address} two`)
    expect(sent()).not.toContain(`${ann!.address} two`)
  })

  it('lets people in, by what the order is', async () => {
    const [ann] = await addPeople(db, clock, readers(2))
    const { settle, follow } = working({ db, clock }, () => Promise.resolve([ann!.personId]))
    await releaseJourney(deps, owner, [send('thanks')], {
      enter: { onEvent: { event: 'order_paid', where: { currency: 'EUR', kind: 'order' } } },
    })
    await follow()
    clock.advance(hour)
    await bought(db, clock, ann!)
    await follow()
    await settle()
    expect(await states(db)).toEqual({ sent: 1 })
  })

  it('that its shop tells anew as it was lets nobody in whom the audience did not select then', async () => {
    const [ann, ben] = await addPeople(db, clock, readers(2))
    const selected = [ben!.personId]
    const { settle, follow, sent } = working({ db, clock }, () => Promise.resolve(selected))
    await releaseJourney(deps, owner, [send('thanks')], { enter: { onEvent: { event: 'order_paid' } } })
    await follow()
    const at = clock()
    await bought(db, clock, ann!, { order: '17', at })
    await bought(db, clock, ben!, { order: '18', at, status: 'open' })
    await horizonPassed(db)
    await follow()
    clock.advance(90 * 24 * hour)
    selected.push(ann!.personId)
    await bought(db, clock, ann!, { order: '17', at })
    await bought(db, clock, ben!, { order: '18', at })
    expect(await follow()).toMatchObject([{ entered: 1 }])
    await settle()
    expect(sent()).toEqual([`${ben!.address} thanks`])
  })

  it('of theirs ends the wait for it, and says which way they went', async () => {
    const [ann] = await addPeople(db, clock, readers(1))
    const { settle, follow, sent } = working({ db, clock })
    const release = await releaseJourney(deps, owner, [
      { key: 'order', kind: 'wait', forEvent: { event: 'order_paid', withinMinutes: 2_880 } },
      send('thanks'),
    ])
    await enrol(deps, release, [ann!])
    await settle()
    clock.advance(hour)
    await settle()
    expect(sent()).toEqual([])
    await bought(db, clock, ann!)
    await follow()
    await settle()
    expect(sent()).toEqual([`${ann!.address} thanks`])
  })
})

it('so many people reached a goal: who came in twice and bought once is one of them', async () => {
  const reader = await oneReader(db, clock)
  const change = { enter: { onEvent: { event: 'asked' } }, reentry: { afterDays: 1, most: 5 }, goalReachedBy: { event: 'order_paid', withinDays: 60 }, ends: { goals: 2 } } // prettier-ignore
  const release = await releaseJourney(deps, owner, [send('hello')], change)
  const { follow, settle } = working({ db, clock }, everybody)
  await follow()
  for (let times = 0; times < 2; times++) {
    clock.advance(48 * hour)
    await happened(db, clock, reader, 'asked')
    await follow()
    await settle()
  }
  expect(await standings(db)).toHaveLength(2)
  clock.advance(60_000)
  await bought(db, clock, reader)
  expect(await endedBy(deps, definitionOf(release))).toBeNull()
})

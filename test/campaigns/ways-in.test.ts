import { describe, expect, it } from 'vitest'
import { approveRelease, withdrawApproval } from '#governance/approvals.ts'
import type { Members } from '#campaigns/journeys/enrol.ts'
import { clock, db, deps, owner } from './house.ts'
import { everybody, releaseJourney, send, working, type Change } from './journey-world.ts'
import { addPeople, bought, oneReader, readers } from './world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const house = () => working({ db, clock }, everybody)

describe('a version of a campaign', () => {
  const byOrder = { enter: { onEvent: { event: 'order_paid' } } }

  it('lets nobody in by what they did while the campaign was over', async () => {
    const reader = await oneReader(db, clock)
    await releaseJourney(deps, owner, [send('thanks')], { ...byOrder, ends: { at: '2026-03-03T00:00:00Z' } })
    const { follow, settle, sent } = house()
    await follow()
    clock.advance(day)
    await follow()
    await bought(db, clock, reader)
    clock.advance(90 * day)
    await follow()
    await releaseJourney(deps, owner, [send('thanks')], { ...byOrder, ends: { at: '2027-03-03T00:00:00Z' } })
    await follow()
    await settle()
    expect(sent()).toEqual([])
    clock.advance(minute)
    await bought(db, clock, reader)
    await follow()
    await settle()
    expect(sent()).toEqual(['reader0@example.com thanks'])
  })

  it('lets nobody in by what they came to be while the campaign was over', async () => {
    const [early, late] = await addPeople(db, clock, readers(2))
    const fits = new Set<string>()
    const members: Members = (rule, _at, among) =>
      Promise.resolve('lifecycle' in rule ? [early!, late!].map(({ personId }) => personId).filter((id) => fits.has(id)) : (among ?? [])) // prettier-ignore
    const enter = { becomes: { lifecycle: 'customer' } }
    await releaseJourney(deps, owner, [send('welcome')], { enter, ends: { at: '2026-03-03T00:00:00Z' } })
    const { follow, settle, sent } = working({ db, clock }, members)
    await follow()
    clock.advance(day)
    await follow()
    fits.add(early!.personId)
    await follow()
    clock.advance(90 * day)
    await releaseJourney(deps, owner, [send('welcome')], { enter, ends: { at: '2027-03-03T00:00:00Z' } })
    await follow()
    fits.add(late!.personId)
    await follow()
    await settle()
    expect(sent()).toEqual(['reader1@example.com welcome'])
  })

  it.each([
    ['', {}],
    [', also where all of it is heard again', { graph: { live: () => Promise.resolve({ number: 1, version: 'v', watermark: '0' }) } }], // prettier-ignore
  ])('lets nobody in by what they did while its approval was taken back%s', async (_what, knowing) => {
    const reader = await oneReader(db, clock)
    const { hash } = await releaseJourney(deps, owner, [send('thanks')], byOrder)
    const { follow, settle, sent } = working({ db, clock }, everybody, knowing)
    await follow()
    await withdrawApproval(deps, { releaseHash: hash, by: owner, note: 'wrong price' })
    await bought(db, clock, reader)
    await follow()
    clock.advance(30 * day)
    await approveRelease(deps, { releaseHash: hash, by: owner })
    await follow()
    await settle()
    expect(sent()).toEqual([])
  })

  const before: [string, Change][] = [
    ['was for everybody', {}],
    ['let in by another event', { enter: { onEvent: { event: 'cart' } } }],
    ['let in by the same event about something else', { enter: { onEvent: { event: 'order_paid', where: { kind: 'gift' } } } }], // prettier-ignore
  ]
  it.each(before)('of one that %s lets in only by what happens from then on, also before the first look', async (_what, change) => {
    const [early, late] = await addPeople(db, clock, readers(2))
    await releaseJourney(deps, owner, [send('hello')], change)
    const { follow, settle, sent } = house()
    await follow()
    clock.advance(hour)
    await bought(db, clock, early!)
    clock.advance(200 * day)
    await releaseJourney(deps, owner, [send('thanks')], byOrder)
    await bought(db, clock, late!)
    clock.advance(minute)
    await follow()
    await settle()
    expect(sent()).toEqual(['reader1@example.com thanks'])
  }) // prettier-ignore

  it('that lets in as the one before did still hears what happened before it', async () => {
    const reader = await oneReader(db, clock)
    await releaseJourney(deps, owner, [send('hello')], byOrder)
    const { follow, settle, sent } = house()
    await follow()
    clock.advance(minute)
    await bought(db, clock, reader)
    clock.advance(minute)
    await releaseJourney(deps, owner, [send('thanks')], byOrder)
    await follow()
    await settle()
    expect(sent()).toEqual(['reader0@example.com thanks'])
  })
})

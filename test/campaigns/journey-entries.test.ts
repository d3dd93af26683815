import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { enrolPeople, type Members } from '#campaigns/journeys/enrol.ts'
import { clock, db, deps, owner } from './house.ts'
import { happened, releaseJourney, send, standings, working } from './journey-world.ts'
import { addPeople, enrol, readers } from './world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe('coming into a journey', () => {
  it('by an event, again by the rule of re-entry, and never twice at once', async () => {
    const people = await addPeople(db, clock, readers(2))
    const everybody: Members = (_rule, _at, among = []) => Promise.resolve(among)
    const { settle, follow, sent } = working({ db, clock }, everybody)
    await happened(db, clock, people[1]!, 'signed_up', { at: new Date(clock().getTime() - day) })
    await releaseJourney(deps, owner, [send('welcome'), { key: 'pause', kind: 'wait', minutes: 60 }, send('more')], {
      enter: { onEvent: { event: 'signed_up' } },
      reentry: { afterDays: 7, most: 2 },
    })
    const signsUp = async (): Promise<number> => {
      clock.advance(minute)
      await happened(db, clock, people[0]!, 'signed_up')
      const [followed] = await follow()
      await settle()
      return followed?.entered ?? -1
    }
    expect(await signsUp()).toBe(1)
    expect(await signsUp()).toBe(0)
    clock.advance(2 * hour)
    await settle()
    expect(await signsUp()).toBe(0)
    clock.advance(8 * day)
    expect(await signsUp()).toBe(1)
    clock.advance(30 * day)
    expect(await signsUp()).toBe(0)
    expect(sent().map((line) => line.split(' ')[1])).toEqual(['welcome', 'more', 'welcome', 'more'])
    expect((await standings(db)).map(({ occurrence }) => occurrence)).toEqual([1, 2])
  })

  it('on a birthday, at nine where they live', async () => {
    const people = await addPeople(db, clock, [
      { address: 'a@example.com', zone: 'America/New_York' },
      { address: 'b@example.com', zone: 'Europe/Amsterdam' },
    ])
    await db.query(sql`update ingest.profiles set born = '1990-03-05' where email = 'a@example.com'`)
    await db.query(sql`update ingest.profiles set born = '1988-07-05' where email = 'b@example.com'`)
    const { settle, follow, sent } = working({ db, clock }, (_rule, _at, among = []) => Promise.resolve(among))
    await releaseJourney(deps, owner, [send('cheers')], {
      enter: { onDate: { property: 'born', offsetDays: -1, time: '09:00', zone: 'person' } },
    })
    for (let hours = 0; hours < 72; hours++) {
      await follow()
      await settle()
      if (sent().length > 0) break
      clock.advance(hour)
    }
    expect(sent()).toEqual(['a@example.com cheers'])
    expect(clock().toISOString()).toBe('2026-03-04T14:00:00.000Z')
    expect(people).toHaveLength(2)
  })

  it('by list, and nobody else', async () => {
    const people = await addPeople(db, clock, readers(2))
    const { settle, follow, sent } = working({ db, clock })
    const release = await releaseJourney(deps, owner, [send('invited')], { enter: { byList: true } })
    expect(await enrol(deps, release, people)).toEqual({ members: 0, enrolled: 0, planned: 0 })
    expect(await enrolPeople(deps, release, people.slice(0, 1))).toEqual({ enrolled: 1, planned: 1 })
    await follow()
    await settle()
    expect(sent()).toEqual(['reader0@example.com invited'])
  })
})

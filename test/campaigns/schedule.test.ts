import { beforeEach, describe, expect, it } from 'vitest'
import { holdCampaign } from '#campaigns/content/holds.ts'
import { runSchedules, type RunSettings } from '#campaigns/schedule/run.ts'
import { addSchedule, listSchedules, pauseSchedule, resumeSchedule, startSchedule } from '#campaigns/schedule/schedules.ts' // prettier-ignore
import { withdrawApproval } from '#governance/approvals.ts'
import { createUser } from '#governance/access.ts'
import { takeLease } from '#kernel/leases.ts'
import type { Hash, UserId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../support/database.ts'
import { aBody, aClock, addPeople, anOwner, campaign, makeRelease, readers, releaseBody, type Person } from './world.ts'

const db = testDatabase()
let clock = aClock()
let deps: RunSettings
let owner: UserId
let people: Person[]
let selected: Person[]
let releaseHash: Hash

const minuteMs = 60_000
const nightly = { name: 'nightly', campaign, cron: '0 12 * * *', zone: 'Europe/Amsterdam', graceMinutes: 60 }

beforeEach(async () => {
  clock = aClock()
  deps = { db, clock, members: () => Promise.resolve(selected.map(({ personId }) => personId)) }
  owner = await anOwner(db, clock)
  people = await addPeople(db, clock, readers(4))
  selected = people.slice(0, 2)
  releaseHash = (await releaseBody(deps, owner)).hash
})

const added = async () => expect(await addSchedule(deps, { definition: nightly, by: owner })).toMatchObject({ kind: 'added' }) // prettier-ignore
const enrolled = async () => (await db.query(sql`select 1 from campaigns.enrolments`)).length
/** Ten in the morning UTC is eleven in Amsterdam; noon is an hour away. */
const toNoon = (late = 0) => clock.advance((60 + late) * minuteMs)

describe('a timetable', () => {
  it('enrols at its time whoever is selected then, and tells what came of it', async () => {
    await added()
    expect(await runSchedules(deps)).toEqual([])
    toNoon()
    expect(await runSchedules(deps)).toMatchObject([{ state: 'done', plan: { members: 2, enrolled: 2, planned: 2 } }])
    expect(await runSchedules(deps)).toEqual([])
    selected = people
    clock.advance(24 * 60 * minuteMs)
    expect(await runSchedules(deps)).toMatchObject([{ state: 'done', plan: { members: 4, enrolled: 2 } }])
    const [schedule] = await listSchedules(deps)
    expect(schedule).toMatchObject({
      next: [new Date('2026-03-04T11:00:00Z'), expect.anything(), expect.anything(), expect.anything(), expect.anything()],
      runs: [
        { slotAt: new Date('2026-03-03T11:00:00Z'), startedBy: 'timetable', state: 'done', enrolled: 2, releaseHash },
        { slotAt: new Date('2026-03-02T11:00:00Z'), startedBy: 'timetable', state: 'done', enrolled: 2, releaseHash },
      ],
    }) // prettier-ignore
  })

  it('takes up what a killed leader had written down', async () => {
    await added()
    toNoon()
    await runSchedules({ ...deps, members: () => Promise.reject(new Error('killed')) })
    expect(await enrolled()).toBe(0)
    clock.advance(minuteMs)
    expect(await runSchedules(deps)).toMatchObject([{ state: 'done', plan: { enrolled: 2 } }])
  })

  it('ends as failed when it could not be done within its grace', async () => {
    await added()
    const broken = { ...deps, members: () => Promise.reject(new Error('the graph is away')) }
    toNoon()
    expect(await runSchedules(broken)).toMatchObject([{ state: 'waiting', why: 'the graph is away' }])
    clock.advance(61 * minuteMs)
    expect(await runSchedules(broken)).toMatchObject([{ state: 'failed', why: 'the graph is away' }])
  })

  it('does not start when it is too late', async () => {
    await added()
    toNoon(61)
    expect(await runSchedules(deps)).toEqual([])
    expect((await listSchedules(deps))[0]!.runs).toMatchObject([{ state: 'expired', why: 'it came too late' }])
    expect(await enrolled()).toBe(0)
  })

  it('has one leader', async () => {
    await added()
    toNoon()
    await takeLease(db, clock, 'schedules', minuteMs)
    expect(await runSchedules(deps)).toBeNull()
    clock.advance(minuteMs)
    expect(await runSchedules(deps)).toMatchObject([{ state: 'done' }])
  })

  it('starts once when the clock is set back', async () => {
    await added()
    toNoon()
    await runSchedules(deps)
    clock.advance(-30 * minuteMs)
    expect((await runSchedules(deps)) ?? []).toEqual([])
    clock.advance(31 * minuteMs)
    expect(await runSchedules(deps)).toEqual([])
  })

  it('starts nothing while it is paused, at once, and makes up for nothing', async () => {
    await added()
    await pauseSchedule(deps, { name: 'nightly', by: owner, reason: 'stocktaking' })
    toNoon()
    expect(await runSchedules(deps)).toEqual([])
    expect((await listSchedules(deps))[0]).toMatchObject({ next: [], pauseReason: 'stocktaking' })
    await resumeSchedule(deps, { name: 'nightly', by: owner })
    clock.advance(minuteMs)
    expect(await runSchedules(deps)).toEqual([])
    clock.advance(24 * 60 * minuteMs - minuteMs)
    expect(await runSchedules(deps)).toMatchObject([{ state: 'done' }])
  })

  it('is refused for what nobody approved, and starts nothing whose approval was taken back or that is held', async () => {
    await makeRelease(deps, aBody(), { name: 'other' })
    const other = await addSchedule(deps, { definition: { ...nightly, campaign: 'other' }, by: owner })
    expect(other).toMatchObject({ kind: 'refused', rule: 'not-approved' })
    await added()
    await holdCampaign(deps, { campaign, by: owner, reason: 'wait' })
    toNoon()
    expect(await runSchedules(deps)).toMatchObject([{ state: 'refused', why: 'Held: wait' }])
    await withdrawApproval(deps, { releaseHash, by: owner, note: 'no' })
    clock.advance(24 * 60 * minuteMs)
    expect(await runSchedules(deps)).toMatchObject([
      { state: 'refused', why: 'no approved release of the campaign is live' },
    ])
    expect(await enrolled()).toBe(0)
  })

  it('starts by hand, and says by whose', async () => {
    await added()
    expect(await startSchedule(deps, { name: 'nightly', by: owner })).toMatchObject({ ran: { state: 'done', plan: { enrolled: 2 } } }) // prettier-ignore
    expect((await listSchedules(deps))[0]!.runs).toMatchObject([{ startedBy: owner }])
  })

  it('is changed by a new version, and only by whoever may', async () => {
    await added()
    const viewer = await createUser(deps, { email: 'v@alder.example', name: 'V', role: 'viewer', by: owner })
    if (viewer.kind !== 'created') throw new Error(viewer.why)
    const by = viewer.userId
    const definition = { ...nightly, cron: '0 18 * * 1' }
    expect(await addSchedule(deps, { definition, by })).toMatchObject({ rule: 'not-permitted' })
    expect(await pauseSchedule(deps, { name: 'nightly', by, reason: 'x' })).toMatchObject({ rule: 'not-permitted' })
    expect(await startSchedule(deps, { name: 'nightly', by })).toMatchObject({ rule: 'not-permitted' })
    expect(await addSchedule(deps, { definition, by: owner })).toMatchObject({ kind: 'added' })
    toNoon()
    expect(await runSchedules(deps)).toEqual([])
    expect((await listSchedules(deps))[0]!.definition.cron).toBe('0 18 * * 1')
  })
})

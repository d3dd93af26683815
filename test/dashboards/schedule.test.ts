import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { draftById } from '#rag/drafts.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { listReleases } from '#governance/releases.ts'
import { aClock } from '../campaigns/world.ts'
import { noticeOf, refusalOf } from '../support/forms.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let marketer: Reader
let csrf = ''
let campaign = ''
beforeAll(async () => {
  site = await openSite(db, clock, { givenNames: ['Ada', 'Bo'] })
  marketer = await site.as('marketer')
  csrf = await marketer.csrf()
})
afterAll(() => site.close())

const limits = { from: '09:00', to: '20:00', 'window-day-1': 'on', 'window-day-2': 'on', dailyCap: '40', perPersonPerDay: '1', expireAfterHours: '168', startAt: '2026-03-03T09:00' } // prettier-ignore
const seenIn = (page: string): string => /name="limits" value="([0-9a-f]{64})"/.exec(page)?.[1] ?? ''

describe('the limits of a draft', () => {
  it('are chosen on a form, shown beside the draft, and refused when they make no sense', async () => {
    const here = `/desk/${site.draftId}`
    expect(await marketer.text(here)).toContain('leaves at any hour')
    expect(await marketer.text(`${here}/limits`)).toContain('Not before')
    const post = (change: Record<string, string>) => marketer.post(`${here}/limits`, { csrf, ...limits, ...change })
    const wrong = async (change: Record<string, string>) => refusalOf(await post(change))
    expect(await wrong({ from: '20:00', to: '09:00' })).toContain('must open before it closes')
    expect(await wrong({ from: '', to: '' })).toContain('must be a time of day')
    expect(await wrong({ dailyCap: '0' })).toBe('“Its messages in a day, at most” must be 1 or more.')
    expect(await wrong({ dailyCap: 'many' })).toBe('“Its messages in a day, at most” must be a number.')
    expect(await wrong({ expireAfterHours: '48' })).toContain('the sending window is shut')
    expect(await wrong({ startAt: '2026-01-01T09:00' })).toContain('has passed')
    expect(await wrong({ startAt: 'soon' })).toContain('is no time')
    expect(noticeOf(await post({}))).toBe('Kept.')
    const page = await marketer.text(here)
    expect(page).toContain('leaves from 09:00 to 20:00')
    expect(page).toContain('at most 40 a day')
    const viewer = await site.as('viewer')
    expect((await viewer.post(`${here}/limits`, { csrf: await viewer.csrf(), ...limits })).status).toBe(403)
  })

  it('are part of what is approved: one who read others must read again', async () => {
    const here = `/desk/${site.draftId}`
    const draft = await draftById(db, site.draftId)
    const yes = { csrf, contentHash: draft?.contentHash ?? '', limits: seenIn(await marketer.text(here)) }
    expect(noticeOf(await marketer.post(`${here}/limits`, { csrf, ...limits, dailyCap: '50' }))).toBe('Kept.')
    expect(await refusalOf(await marketer.post(`${here}/approve`, yes))).toContain('were changed since')
    const approved = await marketer.post(`${here}/approve`, { ...yes, limits: seenIn(await marketer.text(here)) })
    expect(noticeOf(approved)).toContain('Approved')
    campaign = /^\/campaigns\/([^?]+)/.exec(approved.headers.get('location') ?? '')?.[1] ?? ''
    const [release] = await listReleases(db, campaign)
    expect(definitionOf(release!)).toMatchObject({
      limits: { dailyCap: 50, perPersonPerDay: 1, expireAfterHours: 168, window: { from: '09:00', to: '20:00', days: [1, 2] } }, // prettier-ignore
      startAt: '2026-03-03T08:00:00.000Z',
    })
    expect(await refusalOf(await marketer.post(`${here}/limits`, { csrf, ...limits }))).toContain('was decided on')
  })
})

describe('the page of timetables', () => {
  const post = async (path: string, form: Record<string, string> = {}, reader = marketer) =>
    noticeOf(await reader.post(path, { csrf: await reader.csrf(), ...form }))

  it('offers approved campaigns, sets one, and shows when it starts next on the clocks of the business', async () => {
    expect(await marketer.text('/schedules')).toContain(`<option value="${campaign}" selected>${campaign}</option>`)
    const form = {
      name: 'weekly',
      campaign,
      time: '09:30',
      'day-2': 'on',
      'day-0': 'on',
      zone: '',
      grace: '60',
      cron: '',
    }
    const wrong = async (change: Record<string, string>) => refusalOf(await marketer.post('/schedules', { csrf, ...form, ...change })) // prettier-ignore
    expect(await wrong({ campaign: 'unheard-of' })).toContain('approve it first')
    expect(await wrong({ cron: '61 * * * *' })).toContain('minute')
    expect(await wrong({ time: '' })).toContain('at what time')
    expect(await wrong({ zone: 'Mars/Olympus' })).toContain('no IANA time zone')
    expect(await wrong({ grace: 'soon' })).toContain('must be a number')
    expect(await wrong({ name: ' ', grace: '' })).toBe('“Name” is missing; “Latest start, in minutes after its time” is missing.') // prettier-ignore
    expect(await post('/schedules', form)).toBe('Set: weekly.')
    const page = await marketer.text('/schedules')
    expect(page).toContain('Tuesday, Sunday at 09:30')
    expect(page).toMatch(/3 Mar 2026, 09:30/)
  })

  it('starts, pauses and resumes at once, for whoever may', async () => {
    const viewer = await site.as('viewer')
    expect(await viewer.text('/schedules')).not.toMatch(/Start now|Pause<|Set a timetable/)
    expect((await viewer.post('/schedules/weekly/run', { csrf: await viewer.csrf() })).status).toBe(403)
    expect(await post('/schedules/weekly/run')).toContain('Started:')
    expect(await marketer.text('/schedules')).toContain('The last starts')
    const operator = await site.as('operator')
    const silent = { csrf: await operator.csrf(), reason: '' }
    expect(await refusalOf(await operator.post('/schedules/weekly/pause', silent))).toContain('Say why')
    expect(await post('/schedules/weekly/pause', { reason: 'stocktaking' }, operator)).toContain('Paused')
    expect(await marketer.text('/schedules')).toContain('stocktaking')
    expect(await post('/schedules/weekly/run')).toContain('paused')
    expect(await post('/schedules/weekly/resume')).toContain('goes on')
    expect(await post('/schedules/unheard-of/resume')).toContain('There is no timetable')
  })
})

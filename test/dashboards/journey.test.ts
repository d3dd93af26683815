import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { definitionOf } from '#campaigns/definition.ts'
import { liveRelease } from '#governance/releases.ts'
import { releaseJourney, send } from '../campaigns/journey-world.ts'
import { aBody, aClock } from '../campaigns/world.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let marketer: Reader
let owner: Reader
let here = ''
beforeAll(async () => {
  site = await openSite(db, clock, { givenNames: ['Ada', 'Bo'] })
  marketer = await site.as('marketer')
  owner = await site.as('owner')
  here = `/campaigns/${site.campaign}`
  clock.advance(60_000)
  await releaseJourney({ db, clock }, site.users.owner, [
    send('hello', { content: asks }),
    { key: 'pause', kind: 'wait', minutes: 60 },
    {
      key: 'who',
      kind: 'branch',
      when: [{ if: { subscribed: true }, to: 'more' }],
      otherwise: 'end',
    },
    send('more', { content: asks }),
    { key: 'end', kind: 'exit', reason: 'told' },
  ])
})
afterAll(() => site.close())

/** Copy that states nothing, and so needs no evidence. */
const question = (text: string) => ({ text, citations: [] })
const asks = aBody({
  subject: question('Shall we talk?'),
  preheader: question('Would you like to?'),
  blocks: [{ kind: 'paragraph', sentences: [question('Would you like to try something new?')] }],
  slots: [],
})

const noticeOf = (answer: Response): string =>
  new URL(answer.headers.get('location') ?? '', 'http://here').searchParams.get('notice') ?? ''
const fields = { from: '', to: '', dailyCap: '', perPersonPerWeek: '', expireAfterHours: '72' }

describe('the page of a journey', () => {
  it('says of each step what it does, where it leads and how many are there', async () => {
    const page = (await marketer.text(`${here}/journey`)).replaceAll(/\s+/g, ' ')
    expect(page).toContain('Waits 1 hour.')
    expect(page).toMatch(/Those who have a running subscription: <a href="#step-more">more<\/a>/)
    expect(page).toMatch(/Everybody else: <a href="#step-end">end<\/a>/)
    expect(page).toContain('Ends the journey: told.')
    expect(await marketer.text(here)).toContain(`${here}/journey`)
  })

  it('keeps a changed wait as a new version, which somebody approves', async () => {
    const csrf = await marketer.csrf()
    const bad = await marketer.post(`${here}/journey`, { csrf, ...fields, from: '18:00', to: '09:00' })
    expect(noticeOf(bad)).toContain('`from` must be before `to`')
    clock.advance(60_000)
    const kept = await marketer.post(`${here}/journey`, { csrf, ...fields, 'step-pause': '90', dailyCap: '500' })
    expect(noticeOf(kept)).toContain('waits for somebody')
    const [, path = ''] = /action="([^"]+\/versions\/[0-9a-f]{64}\/approve)"/.exec(await owner.text(`${here}/journey`)) ?? [] // prettier-ignore
    const live = async () => definitionOf((await liveRelease(db, site.campaign))!)
    expect((await live()).journey[1]).toMatchObject({ minutes: 60 })
    expect(noticeOf(await owner.post(path, { csrf: await owner.csrf() }))).toContain('Approved.')
    expect(await live()).toMatchObject({ limits: { dailyCap: 500 } })
    expect((await live()).journey[1]).toMatchObject({ minutes: 90 })
    expect(await owner.text(`${here}/journey`)).not.toContain('Waiting for a yes')
  })

  it('rehearses what would happen', async () => {
    const page = await marketer.text(`${here}/dry-run`)
    expect(page).toContain('What would happen')
    expect(page).toContain('reader0@example.com')
    expect(page).toContain('hello: would be sent')
  })
})

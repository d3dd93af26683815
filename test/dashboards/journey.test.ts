import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { definitionOf } from '#campaigns/definition.ts'
import { waitingVersions } from '#campaigns/launch/versions.ts'
import { liveRelease } from '#governance/releases.ts'
import { hashOf } from '#kernel/crypto.ts'
import { releaseJourney, send } from '../campaigns/journey-world.ts'
import { aClock, asks } from '../campaigns/world.ts'
import { testDatabase } from '../support/database.ts'
import { formIn, noticeOf } from '../support/forms.ts'
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

const edited = async (change: Record<string, string>, from?: string): Promise<Response> =>
  marketer.post(`${here}/edit`, { ...formIn(from ?? (await marketer.text(`${here}/edit`))), ...change })
const live = async () => definitionOf((await liveRelease(db, site.campaign))!)
const place = (answer: Response): string => (answer.headers.get('location') ?? '').split('?')[0] ?? ''

describe('the page of a journey', () => {
  it('says of each step what it does, where it leads and how many are there, in a picture and in words', async () => {
    const page = (await marketer.text(`${here}/journey`)).replaceAll(/\s+/g, ' ')
    expect(page).toContain('Waits 1 hour.')
    expect(page).toMatch(/Those who have a running subscription: <a href="#step-more">more<\/a>/)
    expect(page).toMatch(/Everybody else: <a href="#step-end">end<\/a>/)
    expect(page).toContain('Ends the journey: told.')
    expect(page).toMatch(/<title> ?0 people from who to more ?<\/title>/)
    expect(await marketer.text(here)).toContain(`${here}/journey`)
  })

  it('rehearses what would happen', async () => {
    const page = await marketer.text(`${here}/dry-run`)
    expect(page).toContain('What would happen')
    expect(page).toContain('reader0@example.com')
    expect(page).toContain('hello: would be sent')
  })
})

describe('a campaign changed as a form', () => {
  it('says what is wrong beside it, and keeps what was typed', async () => {
    const answer = await edited({ do: 'keep', from: '18:00', to: '09:00', 'step-pause-minutes': 'long' })
    expect(answer.status).toBe(200)
    const page = await answer.text()
    expect(page).toContain('must open before it closes')
    expect(page).toContain('Step “pause”: “minutes” must be')
    expect(page).toContain('value="long"')
  })

  it('asks for the hours of days that are ticked, and opens what they stand in', async () => {
    const page = await (await edited({ do: 'keep', 'window-day-1': 'on', startAt: 'soon' })).text()
    expect(page).toMatch(/<details class="card" open>\s*<summary>When, and how much<\/summary>/)
    expect(page).toContain('“Leaves from” must be a time of day such as 09:00.')
    expect(page).toMatch(/<summary>When, and how much<\/summary>\s*<ul[^>]*>[^]*?“startAt”[^]*?<\/ul>/)
  })

  it('leaves it to the desk what a number is, which says so also of what stands out of sight', async () => {
    const page = await marketer.text(`${here}/edit`)
    expect(page).toMatch(/<form[^>]*class="editing"[^>]*\snovalidate/)
    expect(page.slice(page.indexOf('class="editing"'), page.lastIndexOf('</form>'))).not.toContain('type="number"')
    const wrong = await (await edited({ do: 'keep', 'step-hello-best': '200', 'reentry-most': '1.5' })).text()
    expect(wrong).toMatch(/id="edit-hello"\s+open/)
    expect(wrong).toMatch(/<details class="card" open>\s*<summary>Coming in again<\/summary>/)
  })

  it('takes steps in, moves them and takes them out, all without keeping anything', async () => {
    const before = (await waitingVersions(db, site.campaign)).length
    const grown = await (await edited({ do: 'add', 'add-kind': 'split', 'add-behind': 'pause', 'add-key': 'lots' })).text() // prettier-ignore
    expect(grown).toContain('name="step-lots-arm-1"')
    const astray = await (await edited({ do: 'look', 'step-lots-to-1': '' }, grown)).text()
    expect(astray).toContain('Step “lots”: “goes to” of filled-in row 1 is missing.')
    const without = await (await edited({ do: 'remove lots' }, grown)).text()
    expect(without).not.toContain('name="step-lots-arm-1"')
    const up = await (await edited({ do: 'up pause' }, without)).text()
    expect(up.indexOf('id="edit-pause"')).toBeLessThan(up.indexOf('id="edit-hello"'))
    expect((await waitingVersions(db, site.campaign)).length).toBe(before)
  })

  it('is kept as a version, whose page shows all of it, and the yes is to exactly that', async () => {
    clock.advance(60_000)
    const kept = await edited({ do: 'keep', 'step-pause-minutes': '90', 'step-pause-minutes-unit': 'minutes', dailyCap: '500', rollout: 'careful' }) // prettier-ignore
    expect(noticeOf(kept)).toContain('waits for somebody')
    const version = place(kept)
    expect(version).toMatch(/\/versions\/[0-9a-f]{64}$/)
    const page = await owner.text(version)
    expect(page).toContain('Step “pause”: Waits 90 minutes (it was: Waits 1 hour)')
    expect(page).toContain('at most 500 a day')
    expect(page).toContain('How far at once: to 1 %, then 10 %, then 50 %, then 100 %')
    expect(page).toContain('found nothing to object to')
    expect(page).toContain(`${version}/copy/`)
    expect(await owner.text(`${version}/copy/${hashOf(asks)}`)).toContain('Would you like to try something new?')
    expect(await owner.text(`${here}/journey`)).toContain(version)
    expect(await owner.text(`${here}/dry-run?version=${version.split('/').at(-1)}`)).toContain('hello: would be sent')
    expect((await live()).journey[1]).toMatchObject({ minutes: 60 })
    expect(noticeOf(await owner.post(`${version}/approve`, { csrf: await owner.csrf() }))).toContain('Approved.')
    expect(await live()).toMatchObject({ limits: { dailyCap: 500 } })
    expect((await live()).journey[1]).toMatchObject({ minutes: 90 })
    expect((await live()).rollout?.stages.map(({ percent }) => percent)).toEqual([1, 10, 50, 100])
    expect(await owner.text(`${here}/journey`)).not.toContain('Waiting for a yes')
    expect(await owner.text(version)).not.toContain('Approve and send')
  })

  it('is not kept anew where nothing was changed, and that is said', async () => {
    const again = await edited({ do: 'keep' })
    expect(noticeOf(again)).toBe('Nothing was changed: this version is there already.')
    expect(place(again)).toBe(`${here}/versions/${(await liveRelease(db, site.campaign))?.hash}`)
  })

  it('is not taken for another campaign, nor from a form that was made up', async () => {
    const form = formIn(await marketer.text(`${here}/edit`))
    expect(noticeOf(await marketer.post('/campaigns/other/edit', { ...form, do: 'keep' }))).toContain('no campaign')
    const nul = form['document']?.replace('"reason":"told"', String.raw`"reason":"\u0000"`) ?? ''
    const bare = Object.fromEntries(Object.entries(form).filter(([name]) => !name.startsWith('step-end-')))
    expect((await marketer.post(`${here}/edit`, { ...bare, document: nul, do: 'keep' })).status).toBe(400)
    expect(noticeOf(await marketer.post(`${here}/edit`, { ...form, document: '{}', do: 'keep' }))).toContain(
      'no campaign',
    )
  })
})

describe('a campaign as a document', () => {
  it('is downloaded, changed and pasted, and then read and approved at the desk', async () => {
    const answer = await marketer.get(`${here}/document`)
    expect(answer.headers.get('content-disposition')).toContain('attachment')
    const text = (await answer.text()).replace(/^name: .*$/m, 'name: another')
    const csrf = await marketer.csrf()
    const nul = text.replace(/^goal: .*$/m, String.raw`goal: "a\0b"`)
    expect((await marketer.post('/campaign-document', { csrf, document: nul })).status).toBe(400)
    const bad = await (await marketer.post('/campaign-document', { csrf, document: `${text}strange: 1\n` })).text()
    expect(bad).toContain('knows no “strange”')
    const kept = await marketer.post('/campaign-document', { csrf, document: text })
    expect(noticeOf(kept)).toContain('Read and kept')
    const [list, page] = [await owner.text('/campaigns'), await owner.text('/campaigns/another')]
    for (const seen of [list, page]) expect(seen).toContain(place(kept))
    expect((await owner.get('/campaigns/another/journey')).headers.get('location')).toBe(place(kept))
    expect(await owner.text('/campaigns/another/rollout')).toContain('Nothing of it is live yet')
    expect(await owner.text('/campaigns/another/dry-run')).toContain('would be sent')
    expect(await owner.text(place(kept))).toContain('all of it is new')
    expect((await owner.get(`${here}/versions/${place(kept).split('/').at(-1)}`)).status).toBe(404)
    expect(noticeOf(await owner.post(`${place(kept)}/approve`, { csrf: await owner.csrf() }))).toContain('Approved.')
    expect((await liveRelease(db, 'another'))?.percent).toBe(100)
  })
})

describe('an approval that was taken back', () => {
  it('is said on the pages of the campaign, and given again by whoever may', async () => {
    const { hash } = (await liveRelease(db, site.campaign))!
    const version = `${here}/versions/${hash}`
    const csrf = await owner.csrf()
    expect(await owner.text(version)).not.toContain('Approve and send')
    expect(noticeOf(await owner.post(`${here}/withdraw`, { csrf, releaseHash: hash }))).toContain('is taken back')
    for (const page of [await owner.text(here), await owner.text(`${here}/journey`)]) {
      expect(page).toContain('Its approval was taken back')
      expect(page).toContain(version)
    }
    const page = await owner.text(version)
    expect(page).toContain('Its approval was taken back')
    expect(page).not.toContain('This is what is sent now')
    expect(page).toContain('Approve and send')
    expect(await (await site.as('viewer')).text(version)).not.toContain('Approve and send')
    expect(noticeOf(await owner.post(`${version}/approve`, { csrf }))).toContain('Approved.')
    expect(await owner.text(version)).toContain('This is what is sent now')
    expect(await owner.text(`${here}/journey`)).not.toContain('taken back')
  })
})

describe('a reader who may see no person', () => {
  it('is offered no rehearsal, which names people', async () => {
    const viewer = await site.as('viewer')
    const version = `${here}/versions/${(await liveRelease(db, site.campaign))?.hash}`
    for (const path of [`${here}/journey`, version]) {
      expect(await viewer.text(path)).not.toContain('/dry-run')
      expect(await marketer.text(path)).toContain('/dry-run')
    }
  })
})

describe('a rollback at the desk', () => {
  it('goes back to the version that is chosen', async () => {
    const csrf = await owner.csrf()
    const page = await owner.text(here)
    const choices = [...page.matchAll(/<option value="([0-9a-f]{64})"/g)].map(([, hash]) => hash!)
    expect(choices).toHaveLength(2)
    await owner.post(`${here}/rollback`, { csrf, to: choices.at(-1)! })
    expect((await liveRelease(db, site.campaign))?.hash).toBe(choices.at(-1))
  })
})

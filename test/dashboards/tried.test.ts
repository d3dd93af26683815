import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approveTogether } from '#campaigns/launch/approve-draft.ts'
import { campaignDefinition, definitionOf } from '#campaigns/definition.ts'
import { finishLaunches } from '#campaigns/launch/finish-launches.ts'
import { globalHoldout } from '#campaigns/experiments/holdout.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { liveRelease } from '#governance/releases.ts'
import { waitingVersions } from '#campaigns/launch/versions.ts'
import type { DraftId } from '#kernel/ids.ts'
import { createDrafts } from '#rag/agent/draft-set.ts'
import { runDraft } from '#rag/agent/run.ts'
import { draftById, editDraft } from '#rag/drafts.ts'
import { aClock, memoryChannel, workerOver } from '../campaigns/world.ts'
import { brief } from '../rag/written-drafts.ts'
import { testDatabase } from '../support/database.ts'
import { formIn, formsAt, noticeOf, refusalIn, refusalOf } from '../support/forms.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let owner: Reader
let marketer: Reader
let drafts: DraftId[]
beforeAll(async () => {
  site = await openSite(db, clock, { givenNames: ['Ada', 'Bo', 'Cy', 'Di', 'Ed', 'Flo'] })
  owner = await site.as('owner')
  marketer = await site.as('marketer')
  const { channel: _, segment, ...asked } = brief
  const ideas = ['offer-first', 'question'] as const
  const made = await createDrafts(site.pages.agent, { brief: asked, segments: [segment], channels: ['email'], ideas })
  if (made.kind === 'refused') throw new Error(made.why)
  drafts = made.drafts
  for (const id of drafts) await runDraft(site.pages.agent, id)
  const other = (await draftById(db, drafts[1]!))!
  const body = { ...other.body!, subject: { ...other.body!.subject, text: 'A word about your coffee' } }
  const edit = { draftId: other.id, contentHash: other.contentHash!, body, by: site.users.marketer }
  expect(await editDraft(site.pages.agent, edit)).toMatchObject({ kind: 'edited', approvable: true })
})
afterAll(() => site.close())

const read = async (id: DraftId) => ({ draftId: id, contentHash: (await draftById(db, id))!.contentHash! })

describe('two variants approved as an experiment', () => {
  it('needs two of one brief, as they were read', async () => {
    const trial = { decidedBy: 'click', allocation: 'fixed', by: site.users.owner } as const
    const both = await Promise.all(drafts.map(read))
    expect(await approveTogether(site.pages, { ...trial, drafts: both.slice(0, 1) })).toMatchObject({
      rule: 'not-together',
    })
    expect(await approveTogether(site.pages, { ...trial, drafts: [both[0]!, await read(site.draftId)] })).toMatchObject({ rule: 'not-together' }) // prettier-ignore
    const stale = { ...both[1]!, contentHash: both[0]!.contentHash }
    expect(await approveTogether(site.pages, { ...trial, drafts: [both[0]!, stale] })).toMatchObject({
      rule: 'changed',
    })
  })

  it('is one campaign that tries both: each is approved as it was read, and people get one or the other', async () => {
    const page = await owner.text(`/desk/${drafts[0]}/set`)
    expect(page).toContain('Or try them against each other')
    const [first, second] = await Promise.all(drafts.map(read))
    const form = { csrf: await owner.csrf(), [`tried-${first!.draftId}`]: first!.contentHash, [`tried-${second!.draftId}`]: second!.contentHash, decidedBy: 'order', allocation: 'bandit' } // prettier-ignore
    const { [`tried-${second!.draftId}`]: _other, ...alone } = form
    const refused = await (await owner.post(`/desk/${drafts[0]}/together`, alone)).text()
    expect(refusalIn(refused)).toContain('two')
    expect(formsAt(refused, `/desk/${drafts[0]}/together`)).toEqual([alone])
    const answer = await owner.post(`/desk/${drafts[0]}/together`, form)
    expect(noticeOf(answer)).toContain('who gets which is drawn when they leave')
    const campaign = decodeURIComponent(/\/campaigns\/([^/]+)\/experiments/.exec(answer.headers.get('location') ?? '')?.[1] ?? '') // prettier-ignore
    const definition = definitionOf((await liveRelease(db, campaign))!)
    expect(definition.goalReachedBy).toEqual({ event: 'order_paid', withinDays: 14 })
    expect(definition.journey[0]).toMatchObject({
      contentHash: first!.contentHash,
      experiment: {
        control: { name: 'offer-first' },
        others: [{ name: 'question', contentHash: second!.contentHash }],
        allocation: 'bandit',
      },
    })
    for (const id of drafts) expect(await draftById(db, id)).toMatchObject({ state: 'approved' })
    expect(await finishLaunches(site.pages)).toEqual([])
    const { channel, given } = memoryChannel()
    const worker = workerOver(db, channel, clock, { members: site.pages.members })
    await tick(worker)
    await tick(worker)
    const subjects = (await Promise.all(drafts.map((id) => draftById(db, id)))).map(
      (draft) => draft!.body!.subject.text,
    )
    expect(given.length).toBeGreaterThan(0)
    for (const { subject } of given) expect(subjects.some((one) => subject.startsWith(one.split('{{')[0]!))).toBe(true)
    expect(await marketer.text(`/campaigns/${campaign}/experiments`)).toContain('mail-1: which content')
    expect(await marketer.text(`/campaigns/${campaign}/journey`)).toContain('more and more what does better')
    const again = { decidedBy: 'order', allocation: 'bandit', by: site.users.owner, drafts: [first!, second!] } as const
    expect(await approveTogether(site.pages, again)).toMatchObject({
      kind: 'launched',
      campaign,
      plan: { enrolled: 0 },
    })
  })
})

describe('who is held out', () => {
  it('is set by an owner on its page, in percent, with who and why', async () => {
    expect(await marketer.text('/holdout')).toContain('Nobody is held out')
    expect(await marketer.text('/holdout')).not.toContain('name="percent"')
    expect((await marketer.post('/holdout', { csrf: await marketer.csrf(), percent: '5' })).status).toBe(403)
    const csrf = await owner.csrf()
    expect(await refusalOf(await owner.post('/holdout', { csrf, percent: '60' }))).toContain('between nobody and half')
    expect(noticeOf(await owner.post('/holdout', { csrf, percent: '2.5', reason: 'to know' }))).toContain('Kept')
    expect(await globalHoldout(db)).toMatchObject({ share: 0.025 })
    const page = await owner.text('/holdout')
    expect(page).toContain('2.5 % of the people are sent nothing by any campaign')
    expect(page).toContain('to know')
  })

  it('is changed for one campaign on the page of its journey, as a new version, and shown on the campaign’s page', async () => {
    const path = `/campaigns/${site.campaign}`
    clock.advance(60_000)
    const form = { ...formIn(await marketer.text(`${path}/edit`)), do: 'keep', holdout: '10' }
    expect(noticeOf(await marketer.post(`${path}/edit`, form))).toContain('Kept')
    const [waiting] = await waitingVersions(db, site.campaign)
    expect(campaignDefinition.parse(waiting!.definition).holdout).toEqual({ share: 0.1 })
    expect(await marketer.text(path)).toContain(`hx-get="${path}/lift"`)
    expect(await marketer.text(`${path}/lift`)).toContain('Against people held out of every campaign')
  })
})

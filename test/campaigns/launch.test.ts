import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimBatch } from '#campaigns/delivery/claim.ts'
import { deliver } from '#campaigns/delivery/deliver.ts'
import { launchDraft, type Launched } from '#campaigns/launch/launch.ts'
import { approved, withdrawApproval } from '#governance/approvals.ts'
import { liveRelease, releaseHistory, setRollout } from '#governance/releases.ts'
import { recordConsents } from '#ingest/consent.ts'
import type { Hash } from '#kernel/ids.ts'
import { draftById, editDraft } from '#rag/drafts.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Site } from '../support/website.ts'
import { aClock, addPeople, anOwner, campaign, enrol, linksKey, memoryChannel, readers, releaseBody, states, workerOver } from './world.ts' // prettier-ignore

const db = testDatabase()
let clock = aClock()

describe('a yes at the desk (promise 1)', () => {
  let site: Site
  let contentHash: Hash
  beforeEach(async () => {
    clock = aClock()
    site = await openSite(db, clock, { givenNames: ['Ada', 'Bo'] })
    contentHash = (await draftById(db, site.draftId))!.contentHash!
  })
  afterEach(() => site.close())

  const yes = (hash = contentHash): Promise<Launched> =>
    launchDraft(site.pages, { draftId: site.draftId, contentHash: hash, by: site.users.owner })

  async function launched() {
    const done = await yes()
    if (done.kind !== 'launched') throw new Error(done.why)
    return done
  }

  it('releases what was read, and plans a message for each of its audience', async () => {
    const { campaign: name, releaseHash, plan } = await launched()
    expect(plan).toMatchObject({ members: 2, enrolled: 2, planned: 2 })
    expect((await liveRelease(db, name))?.hash).toBe(releaseHash)
    expect(await approved(db, releaseHash)).not.toBeNull()
  })

  it('counts for the text that was read and no other', async () => {
    const draft = (await draftById(db, site.draftId))!
    const body = { ...draft.body!, preheader: { text: 'Changed since', citations: [] } }
    await editDraft(site.pages.agent, { draftId: draft.id, body, by: site.users.marketer })
    expect(await yes()).toMatchObject({ kind: 'refused', rule: 'changed' })
  })

  it('said twice moves nothing a second time', async () => {
    const { campaign: name, releaseHash } = await launched()
    await setRollout({ db, clock }, { hash: releaseHash, percent: 10, by: site.users.owner, reason: 'careful' })
    expect(await yes()).toMatchObject({ kind: 'launched', releaseHash, plan: { enrolled: 0, planned: 0 } })
    expect(await releaseHistory(db, name)).toHaveLength(1)
    expect((await liveRelease(db, name))?.percent).toBe(10)
  })

  it('from a page that was left open does not start again what was stopped', async () => {
    const { releaseHash } = await launched()
    await withdrawApproval({ db, clock }, { releaseHash, by: site.users.owner, note: 'stop' })
    expect(await yes()).toMatchObject({ kind: 'refused', rule: 'decided' })
    expect(await approved(db, releaseHash)).toBeNull()
  })
})

describe('somebody who leaves between the claim and the sending (promise 7)', () => {
  it('gets nothing, though the claim had let them through', async () => {
    clock = aClock()
    const deps = { db, clock, linksKey }
    const people = await addPeople(db, clock, readers(2))
    await enrol(deps, await releaseBody(deps, await anOwner(db, clock)), people)
    const memory = memoryChannel()
    const worker = workerOver(db, memory.channel, clock)
    const claim = await claimBatch(worker, { campaign, limit: 10 })
    if (claim.kind !== 'claimed') throw new Error('nothing was claimed')
    clock.advance(1000)
    const gone = {
      source: 'crm',
      externalId: 'w1',
      identifierId: people[0]!.identifierId,
      channel: 'email',
      basis: 'asked by phone',
    }
    await db.transaction((tx) => recordConsents(tx, clock, [{ ...gone, state: 'withdrawn', occurredAt: clock() }]))
    await deliver(worker, claim.approved, claim, new AbortController().signal)
    expect(memory.given.map((message) => message.to)).toEqual([people[1]!.address])
    expect(await states(db)).toEqual({ sent: 1, suppressed: 1 })
  })
})

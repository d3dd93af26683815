import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { approveDraft } from '#campaigns/launch/approve-draft.ts'
import { approveCopy, approvedCopy, approvedCopyOf } from '#campaigns/content/copy.ts'
import { finishLaunches } from '#campaigns/launch/finish-launches.ts'
import { launchDraft } from '#campaigns/launch/launch.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { recheckCampaigns } from '#campaigns/content/recheck.ts'
import { rewriteCampaign } from '#campaigns/content/rewrite.ts'
import { approveVersion, proposeVersion } from '#campaigns/launch/versions.ts'
import { approved, decisionsOn } from '#governance/approvals.ts'
import { liveRelease } from '#governance/releases.ts'
import type { DraftId } from '#kernel/ids.ts'
import { underLease } from '#kernel/leases.ts'
import { sql } from '#kernel/sql.ts'
import { createDrafts } from '#rag/agent/draft-set.ts'
import { resumeDraft, runDraft, startDraft } from '#rag/agent/run.ts'
import { draftById, leaseMs, leaseOf } from '#rag/drafts.ts'
import { brief } from '../rag/written-drafts.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Site } from '../support/website.ts'
import { aClock } from './world.ts'

const db = testDatabase()
let clock = aClock()
let site: Site
beforeEach(async () => {
  clock = aClock()
  site = await openSite(db, clock, { givenNames: ['Ada', 'Bo'] })
})
afterEach(() => site.close())

const yes = async (draftId: DraftId) => ({
  draftId,
  contentHash: (await draftById(db, draftId))!.contentHash!,
  by: site.users.owner,
})

const stateOf = async (id: DraftId) => (await draftById(db, id))!.state

/** Two mails that say the same to the same people, and lead with other ideas. */
async function twoVariants(): Promise<[DraftId, DraftId]> {
  const { channel: _, segment, ...asked } = brief
  const ideas = ['offer-first', 'question'] as const
  const made = await createDrafts(site.pages.agent, { brief: asked, segments: [segment], channels: ['email'], ideas })
  if (made.kind === 'refused') throw new Error(made.why)
  for (const id of made.drafts) await runDraft(site.pages.agent, id)
  return [made.drafts[0]!, made.drafts[1]!]
}

/** The campaign of the site's own draft, live. */
async function launched(): Promise<string> {
  const done = await launchDraft(site.pages, await yes(site.draftId))
  if (done.kind === 'refused') throw new Error(done.why)
  return done.campaign
}

describe('a yes that the draft does not take', () => {
  it('leaves no approval where somebody else was at the draft: sent back, the copy is not among the approved', async () => {
    const id = await startDraft(site.pages.agent, { ...brief, channel: 'telegram' })
    const word = await yes(id)
    const refused = await underLease(site.pages.agent, leaseOf(id), leaseMs, () => approveCopy(site.pages, word))
    expect(refused).toMatchObject({ kind: 'refused', rule: 'busy' })
    const decisions = await db.query(sql`select decision from governance.approvals a join governance.releases r
      on r.hash = a.release_hash where r.name like 'telegram-%' order by seq desc limit 1`)
    expect(decisions).toEqual([{ decision: 'withdrawn' }])
    await resumeDraft(site.pages.agent, { draftId: id, decision: 'rejected', by: site.users.marketer, reason: 'no' })
    expect(await approvedCopy(db, 10)).toEqual([])
  })

  it('leaves none where the house fails, and counts when it is said again', async () => {
    const id = await startDraft(site.pages.agent, { ...brief, channel: 'telegram' })
    const agent = { ...site.pages.agent, brand: () => Promise.reject(new Error('gone')) }
    await expect(approveCopy({ ...site.pages, agent }, await yes(id))).rejects.toThrow('gone')
    expect(await stateOf(id)).toBe('waiting')
    expect(await approvedCopy(db, 10)).toEqual([])
    const done = await approveCopy(site.pages, await yes(id))
    if (done.kind === 'refused') throw new Error(done.why)
    expect((await decisionsOn(db, done.releaseHash)).map(({ decision }) => decision)).toEqual(['approved', 'withdrawn', 'approved'])
    expect(await approvedCopyOf(db, done.releaseHash)).toMatchObject({ draftId: id })
  }) // prettier-ignore

  it('stays out of the approved copy where a killed process left its approval, until it is said again', async () => {
    const id = await startDraft(site.pages.agent, { ...brief, channel: 'telegram' })
    const done = await approveCopy(site.pages, await yes(id))
    if (done.kind === 'refused') throw new Error(done.why)
    await db.query(sql`update rag.drafts set state = 'rejected', approval_id = null where id = ${id}`)
    expect(await approved(db, done.releaseHash)).not.toBeNull()
    expect(await approvedCopyOf(db, done.releaseHash)).toBeNull()
    expect(await approvedCopy(db, 10)).toEqual([])
  })
})

describe('of two variants', () => {
  it('that are picked at once, each with the others sent back, one goes', async () => {
    const ids = await twoVariants()
    const words = await Promise.all(ids.map((id) => yes(id)))
    const done = await Promise.all(words.map((one) => approveDraft(site.pages, { ...one, others: 'back' })))
    expect(done.map(({ kind }) => kind).toSorted()).toEqual(['launched', 'refused'])
    expect((await Promise.all(ids.map(stateOf))).toSorted()).toEqual(['approved', 'rejected'])
    const mails = await db.query(sql`select distinct campaign from campaigns.enrolments where campaign like 'filter-%'`)
    expect(mails).toHaveLength(1)
  })

  it('the second is not picked in place of the first, and may go beside it', async () => {
    const [first, second] = await twoVariants()
    const word = await yes(second)
    const keeping = await approveDraft(site.pages, { ...(await yes(first)), others: 'keep' })
    expect(keeping).toMatchObject({ kind: 'launched', sentBack: 0 })
    expect(await approveDraft(site.pages, { ...word, others: 'back' })).toMatchObject({ rule: 'another-picked' })
    expect(await stateOf(second)).toBe('waiting')
    expect(await approveDraft(site.pages, { ...word, others: 'keep' })).toMatchObject({ kind: 'launched' })
  })
})

describe('a launch that breaks off between the yes and the plan', () => {
  const enrolled = async (campaign: string) =>
    (await db.query<{ n: number }>(sql`select count(*)::int as n from campaigns.enrolments where campaign = ${campaign}`))[0]!.n // prettier-ignore

  /** Breaks when the graph is asked for members once the release is live. */
  const breaking = (): Site['pages'] => ({
    ...site.pages,
    members: async (...asked) => {
      if ((await stateOf(site.draftId)) === 'approved') throw new Error('gone')
      return site.pages.members(...asked)
    },
  })

  it('is finished by a later round, once, and nothing that was finished is let in again', async () => {
    await expect(launchDraft(breaking(), await yes(site.draftId))).rejects.toThrow('gone')
    const [done, ...more] = await finishLaunches(site.pages)
    expect([done, more]).toMatchObject([{ kind: 'launched', draftId: site.draftId }, []])
    const campaign = done?.kind === 'launched' ? done.campaign : ''
    expect(await enrolled(campaign)).toBe(2)
    expect(await finishLaunches(site.pages)).toEqual([])
  })

  it('before anything of it was live, too; a fault is told and tried again', async () => {
    const campaign = await launched()
    // As a process leaves it that is killed right behind the word.
    await db.query(sql`alter table kernel.pointers disable trigger pointers_append_only`)
    await db.query(sql`alter table kernel.audit disable trigger audit_append_only`)
    await db.query(sql`delete from kernel.pointers where name = ${campaign}`)
    await db.query(sql`delete from kernel.audit where action = 'release.planned'`)
    await db.query(sql`delete from campaigns.deliveries where campaign = ${campaign}`)
    await db.query(sql`delete from campaigns.enrolments where campaign = ${campaign}`)
    await db.query(sql`alter table kernel.pointers enable trigger pointers_append_only`)
    await db.query(sql`alter table kernel.audit enable trigger audit_append_only`)
    const failed = await finishLaunches(breaking())
    expect(failed).toEqual([{ draftId: site.draftId, kind: 'fault', why: 'gone' }])
    expect(await finishLaunches(site.pages)).toMatchObject([{ kind: 'launched', campaign }])
    expect((await liveRelease(db, campaign))?.percent).toBe(100)
    expect(await enrolled(campaign)).toBe(2)
  })

  it('is left to a person after three days', async () => {
    await expect(launchDraft(breaking(), await yes(site.draftId))).rejects.toThrow('gone')
    clock.advance(4 * 86_400_000)
    expect(await finishLaunches(site.pages)).toEqual([])
    expect(await launchDraft(site.pages, await yes(site.draftId))).toMatchObject({ kind: 'launched' })
  })
})

describe('a campaign that is written anew', () => {
  it('is refused where it is more than one mail: a draft would replace the rest of it', async () => {
    const campaign = await launched()
    expect(await rewriteCampaign({ db, clock }, { campaign, by: site.users.marketer })).toMatchObject({
      kind: 'entered',
    })
    const definition = definitionOf((await liveRelease(db, campaign))!)
    const later = [
      { key: 'wait-1', kind: 'wait', minutes: 60 },
      { ...definition.journey[0]!, key: 'mail-2' },
    ]
    const changed = { ...definition, journey: [...definition.journey, ...later] }
    const proposed = await proposeVersion({ db, clock }, { definition: changed, by: 'millrace' })
    if (proposed.kind === 'refused') throw new Error(proposed.why)
    const live = await approveVersion(site.pages, { releaseHash: proposed.releaseHash, by: site.users.owner })
    if (live.kind === 'refused') throw new Error(live.why)
    const refused = await rewriteCampaign({ db, clock }, { campaign, by: site.users.marketer })
    expect(refused).toMatchObject({ kind: 'refused', rule: 'no-one-mail', why: expect.stringContaining('replace all of it') as string }) // prettier-ignore
  })

  it('says beside the yes that it replaces what is live', async () => {
    const campaign = await launched()
    const entered = await rewriteCampaign({ db, clock }, { campaign, by: site.users.marketer })
    if (entered.kind === 'refused') throw new Error(entered.why)
    await runDraft(site.pages.agent, entered.draftId)
    const owner = await site.as('owner')
    expect(await owner.text(`/desk/${entered.draftId}`)).toMatch(new RegExp(`replaces what is live of\\s*<a href="/campaigns/${campaign}"`))
    expect(await owner.text(`/desk/${await startDraft(site.pages.agent, brief)}`)).not.toContain('replaces what is live')
  }) // prettier-ignore
})

describe('looking at campaigns again', () => {
  it('goes on past one that cannot be looked at', async () => {
    const campaign = await launched()
    const second = await startDraft(site.pages.agent, brief)
    const other = await launchDraft(site.pages, await yes(second))
    if (other.kind === 'refused') throw new Error(other.why)
    const [first] = [campaign, other.campaign].toSorted()
    await db.query(sql`alter table kernel.versions disable trigger versions_append_only`)
    await db.query(sql`update kernel.versions set body = jsonb_set(body, '{definition,goal}', '"another"')
      where kind = 'campaign' and name = ${first!}`)
    await db.query(sql`alter table kernel.versions enable trigger versions_append_only`)
    const looked = await recheckCampaigns({ db, clock, brand: site.pages.agent.brand })
    const kindOf = (name: string) => looked.find((one) => one.campaign === name)?.kind
    expect([campaign, other.campaign].toSorted().map(kindOf)).toEqual(['fault', 'checked'])
  })
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { approvedCopyOf } from '#campaigns/content/copy.ts'
import { approveDelegated } from '#campaigns/launch/delegated.ts'
import { launchDraft } from '#campaigns/launch/launch.ts'
import { approved, approveRelease, decisionsOn } from '#governance/approvals.ts'
import { delegate, takeBack } from '#governance/agents/delegate.ts'
import { isSampled } from '#governance/agents/delegation.ts'
import { agentStanding } from '#governance/agents/reviews.ts'
import { liveRelease } from '#governance/releases.ts'
import { readAudit } from '#kernel/audit.ts'
import { newId, type DraftId, type Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { startDraft } from '#rag/agent/run.ts'
import { draftById, editDraft, type Brief } from '#rag/drafts.ts'
import { countAlike } from '../governance/agent-work.ts'
import { brief } from '../rag/written-drafts.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Site } from '../support/website.ts'
import { aClock } from './world.ts'

const db = testDatabase()
let clock = aClock()
let site: Site
let policyHash: Hash

const share = 0.05
const segment = { name: brief.segment.name, rule: brief.segment.rule }

/** A draft that waits and is not of the share that stays reviewed. */
async function aDraft(channel: Brief['channel'] = 'email'): Promise<DraftId> {
  for (;;) {
    const id = await startDraft(site.pages.agent, { ...brief, channel })
    if (!isSampled(id, share)) return id
    await db.query(sql`delete from rag.drafts where id = ${id}`)
  }
}

async function delegated(samplePercent: number): Promise<Hash> {
  const scope = {
    forms: ['email' as const, 'telegram' as const],
    segments: [segment],
    mostPeople: 10,
    mostCostMicroUsd: 1000,
    samplePercent,
  }
  const given = await delegate(
    { db, clock },
    { agent: 'copywriter', scope, by: site.users.owner, reason: 'it is good' },
  )
  if (given.kind === 'refused') throw new Error(given.why)
  return given.hash
}

/** A person approves a first draft at the desk; ninety-nine more are counted as it was. */
async function reviewed(): Promise<void> {
  const { contentHash } = (await draftById(db, site.draftId))!
  const done = await launchDraft(site.pages, { draftId: site.draftId, contentHash: contentHash!, by: site.users.owner })
  if (done.kind === 'refused') throw new Error(done.why)
  await countAlike(db, site.draftId, Array.from({ length: 99 }, () => newId<'draft'>(clock))) // prettier-ignore
}

beforeEach(async () => {
  clock = aClock()
  site = await openSite(db, clock, { givenNames: ['Ada', 'Bo'] })
  await reviewed()
  policyHash = await delegated(100 * share)
})
afterEach(() => site.close())

describe('a draft that was delegated', () => {
  it('goes the way of a person’s yes, under the name of its policy', async () => {
    const id = await aDraft()
    const [done] = await approveDelegated(site.pages)
    expect(done).toMatchObject({ draftId: id, kind: 'approved', by: `policy:${policyHash}` })
    expect(await draftById(db, id)).toMatchObject({ state: 'approved', decidedBy: `policy:${policyHash}` })
    const hash = done?.kind === 'approved' ? done.releaseHash : policyHash
    const release = await approved(db, hash)
    expect((await liveRelease(db, release?.name ?? ''))?.hash).toBe(hash)
    expect(await decisionsOn(db, hash)).toMatchObject([{ decidedBy: `policy:${policyHash}` }])
    const actors = (await readAudit(db, 0, 1000)).filter(({ actor }) => actor === `policy:${policyHash}`)
    expect(actors.map(({ action }) => action)).toEqual(['release.approved', 'draft.approved', 'release.released'])
  })

  it('is approved as copy where nothing sends its form', async () => {
    const id = await aDraft('telegram')
    const [done] = await approveDelegated(site.pages)
    const hash = done?.kind === 'approved' ? done.releaseHash : policyHash
    expect(await approvedCopyOf(db, hash)).toMatchObject({ draftId: id, form: 'telegram', by: `policy:${policyHash}` })
  })

  it('is no review: the count stays with people', async () => {
    await aDraft()
    expect((await agentStanding(db, 'copywriter')).reviewed).toBe(100)
    await approveDelegated(site.pages)
    expect((await agentStanding(db, 'copywriter')).everReviewed).toBe(100)
  })

  it('is approved once, however many rounds take it at once', async () => {
    const id = await aDraft()
    const rounds = await Promise.all([1, 2, 3].map(() => approveDelegated(site.pages)))
    const again = await approveDelegated(site.pages)
    const done = [...rounds.flat(), ...again].filter(({ kind }) => kind === 'approved')
    expect(done.length).toBeGreaterThanOrEqual(1)
    expect(again).toEqual([])
    expect(rounds.flat().filter(({ kind }) => kind === 'fault')).toEqual([])
    const draft = (await draftById(db, id))!
    const approvals = await db.query<{ id: string }>(
      sql`select id from governance.approvals where decided_by = ${`policy:${policyHash}`}`,
    )
    expect(approvals).toEqual([{ id: draft.approvalId }])
    const people = await db.query<{ person: string; n: number }>(sql`select e.person_id as person, count(*) as n
      from campaigns.enrolments e where e.campaign like 'filter-drinkers-%' and e.campaign like ${`%${id.slice(-6)}`}
      group by e.person_id`)
    expect(people.map(({ n }) => n)).toEqual([1, 1])
  })

  it('has one approval where a person says yes at the same moment', async () => {
    const id = await aDraft()
    const { contentHash } = (await draftById(db, id))!
    const yes = { draftId: id, contentHash: contentHash!, by: site.users.owner }
    await Promise.all([approveDelegated(site.pages), launchDraft(site.pages, yes)])
    const draft = (await draftById(db, id))!
    expect(draft.state).toBe('approved')
    const given = await db.query<{ id: string }>(sql`select a.id from governance.approvals a
      join governance.releases r on r.hash = a.release_hash
      where r.name like 'filter-drinkers-%' and r.name like ${`%${id.slice(-6)}`}`)
    expect(given).toEqual([{ id: draft.approvalId }])
  })

  it('waits for a person when it is of the share that stays reviewed', async () => {
    await takeBack({ db, clock }, { hash: policyHash, by: site.users.owner, reason: 'see them all' })
    await delegated(100)
    const id = await startDraft(site.pages.agent, brief)
    expect(await approveDelegated(site.pages)).toEqual([])
    expect((await draftById(db, id))?.state).toBe('waiting')
  })

  it('waits for a person once it was taken back', async () => {
    const id = await aDraft()
    await takeBack({ db, clock }, { hash: policyHash, by: site.users.marketer, reason: 'odd drafts' })
    expect(await approveDelegated(site.pages)).toEqual([])
    expect((await draftById(db, id))?.state).toBe('waiting')
  })

  it('waits for a person once she touched it', async () => {
    const id = await aDraft()
    const { body } = (await draftById(db, id))!
    const preheader = { text: 'A note from us', citations: [] }
    await editDraft(site.pages.agent, { draftId: id, body: { ...body, preheader }, by: site.users.marketer })
    expect(await approveDelegated(site.pages)).toEqual([])
  })

  it('waits for a person when a guardrail warns only after it was decided, and before it was said', async () => {
    const id = await aDraft()
    let asked = 0
    const audienceOf = async (): Promise<number> => {
      asked += 1
      // A customer of this very name signs up.
      if (asked === 2)
        await db.query(sql`update ingest.profiles set given_name = 'Yirgacheffe', family_name = 'Kochere'
          where email = 'reader0@example.com'`)
      return 2
    }
    const done = await approveDelegated({ ...site.pages, agent: { ...site.pages.agent, audienceOf } })
    expect(done).toEqual([{ draftId: id, kind: 'refused', why: 'A guardrail warns of it: a person must decide' }])
    const draft = (await draftById(db, id))!
    expect(draft).toMatchObject({ state: 'waiting', approvable: true })
    expect(draft.findings.map(({ verdict }) => verdict)).toContain('warn')
    const by = `policy:${policyHash}`
    const given = await db.query<{ decision: string }>(sql`select decision from governance.approvals
      where release_hash in (select release_hash from governance.approvals where decided_by = ${by}) order by seq desc`)
    expect(given.map(({ decision }) => decision)).toEqual(['withdrawn', 'approved'])
  })

  it('waits, untouched, when whoever delegated it asked for it; nobody is counted for what is not covered', async () => {
    const own = await startDraft(site.pages.agent, { ...brief, by: site.users.owner })
    const another = await startDraft(site.pages.agent, { ...brief, channel: 'x' })
    const audienceOf = (): Promise<number> => Promise.reject(new Error('counted'))
    expect(await approveDelegated({ ...site.pages, agent: { ...site.pages.agent, audienceOf } })).toEqual([])
    expect([(await draftById(db, own))?.state, (await draftById(db, another))?.state]).toEqual(['waiting', 'waiting'])
    expect(
      await db.query(sql`select from governance.releases where created_by = ${site.users.owner}
      and name like ${`%${own.slice(-6)}`}`),
    ).toEqual([])
  })

  it('taken back while its word was on its way is not approved; a person can approve it', async () => {
    await aDraft('telegram')
    const [done] = await approveDelegated(site.pages)
    if (done?.kind !== 'approved') throw new Error(JSON.stringify(done))
    clock.advance(1000)
    await takeBack({ db, clock }, { hash: policyHash, by: site.users.owner, reason: 'odd' })
    clock.advance(1000)
    await db.query(sql`insert into governance.approvals (id, release_hash, decision, decided_by, decided_at, note)
      values (${newId<'approval'>(clock)}, ${done.releaseHash}, 'approved', ${`policy:${policyHash}`}, ${clock()}, '')`)
    expect(await approved(db, done.releaseHash)).toBeNull()
    expect(await approvedCopyOf(db, done.releaseHash)).toBeNull()
    expect(await approveRelease({ db, clock }, { releaseHash: done.releaseHash, by: site.users.owner })).toMatchObject({ isNew: true })
    expect(await approved(db, done.releaseHash)).not.toBeNull()
  }) // prettier-ignore

  it('waits for a person when a fact it cites holds no longer, though its guardrails were silent', async () => {
    const id = await aDraft()
    clock.advance(1000)
    await db.query(sql`update ingest.facts set valid_to = ${clock()} where id = ${site.factId}`)
    expect(await approveDelegated(site.pages)).toEqual([])
    const draft = (await draftById(db, id))!
    expect(draft).toMatchObject({ state: 'waiting', approvable: false })
  })
})

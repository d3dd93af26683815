import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { launchDraft } from '#campaigns/launch/launch.ts'
import type { Finding } from '#campaigns/deliverability/finding.ts'
import { outletOf } from '#campaigns/deliverability/outlet.ts'
import { points } from '#campaigns/deliverability/points.ts'
import {
  definitionNamed,
  lastPreflight,
  runPreflight,
  standsInTheWay,
  type Checked,
} from '#campaigns/deliverability/preflight.ts'
import { noteUpkeep, upkeepDays } from '#campaigns/deliverability/upkeep.ts'
import { insertMail, upsertLook } from '#campaigns/queries/inbound.ts'
import { unwaive, waive } from '#campaigns/deliverability/waivers.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { approved } from '#governance/approvals.ts'
import { liveRelease } from '#governance/releases.ts'
import { draftById } from '#rag/drafts.ts'
import { sha256 } from '#kernel/crypto.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '../../support/database.ts'
import { openSite, type Site } from '../../support/website.ts'
import { aClock, campaign, sender } from '../world.ts'
import { trying } from './subject.ts'

const db = testDatabase()
const out = { kind: 'smtp', url: 'smtp://relay.example', host: 'relay.example' } as const
let clock = aClock()
let site: Site
beforeEach(async () => {
  clock = aClock()
  site = await openSite(db, clock, { givenNames: ['Ada', 'Bo'] })
})
afterEach(() => site.close())

const definition = async () => definitionOf((await liveRelease(db, campaign))!)
const checked = async (change: Parameters<typeof trying>[0] = {}) =>
  runPreflight({ ...site.pages, preflight: trying(change) }, { sender, definition: await definition() })
const marks = (list: readonly Checked[]): Record<string, Finding['mark']> =>
  Object.fromEntries(list.map(({ id, mark }) => [id, mark]))
const launched = async (change: Parameters<typeof trying>[0] = {}) => {
  const { contentHash } = (await draftById(db, site.draftId))!
  const yes = { draftId: site.draftId, contentHash: contentHash!, by: site.users.owner }
  return launchDraft({ ...site.pages, preflight: trying(change) }, yes)
}

describe('the preflight', () => {
  it('has 24 points, each with a name of its own, evidence, and a way on where it does not pass', async () => {
    expect(points).toHaveLength(24)
    expect(new Set(points.map(({ id }) => id)).size).toBe(24)
    const { points: found } = await checked()
    for (const { mark, evidence, fix } of found) {
      expect(evidence.length).toBeGreaterThan(10)
      expect(fix === null).toBe(mark === 'pass' || mark === 'not-applicable')
    }
    expect(await db.query(sql`select campaign, outlet from campaigns.preflights`)).toEqual([
      { campaign, outlet: 'sink' },
    ])
  })

  it('says of a sink on this machine that it is one, and asks nothing outside', async () => {
    const { points: found } = await checked()
    expect(marks(found)).toMatchObject({ spf: 'unknown', blocklists: 'unknown', content: 'pass', 'list-unsubscribe': 'pass', 'warm-up': 'pass', telegram: 'not-applicable', backup: 'unknown' }) // prettier-ignore
    expect(found.find(({ id }) => id === 'spf')?.evidence).toContain('your own test sink on this machine')
  })

  it('is unknown, and no pass, where nobody can be asked', async () => {
    const run = await checked({ outlet: out })
    expect(marks(run.points)).toMatchObject({ spf: 'unknown', dmarc: 'unknown', 'one-click': 'unknown', 'sender-address': 'unknown', 'warm-up': 'unknown' }) // prettier-ignore
    expect(standsInTheWay(run).map(({ id }) => id)).toContain('spf')
  })

  it('takes a smaller server of this machine for a sink, and any other for a way out', () => {
    expect(outletOf({ resendUrl: null, smtpUrl: null }).kind).toBe('none')
    expect(outletOf({ resendUrl: null, smtpUrl: 'smtp://localhost:25' }).kind).toBe('sink')
    expect(outletOf({ resendUrl: 'http://127.0.0.1:9', smtpUrl: 'smtp://relay.example' }).kind).toBe('sink')
    expect(outletOf({ resendUrl: 'https://api.resend.com', smtpUrl: null }).kind).toBe('resend')
    expect(outletOf({ resendUrl: null, smtpUrl: 'smtp://relay.example' }).kind).toBe('smtp')
  })

  it('asks the address of one click as a mail program would, and a redirect or a cookie fails', async () => {
    const answer = (status: number, headers: Record<string, string> = {}, body = 'This link was not made here') =>
      checked({ outlet: out, fetch: () => Promise.resolve(new Response(body, { status, headers })) })
    expect(marks((await answer(404)).points)['one-click']).toBe('pass')
    expect(marks((await answer(302, { location: '/' })).points)['one-click']).toBe('fail')
    expect(marks((await answer(404, { 'set-cookie': 'a=b' })).points)['one-click']).toBe('fail')
    expect(marks((await answer(404, {}, 'nginx')).points)['one-click']).toBe('fail')
    const ours = (url: string | URL | Request, init?: RequestInit) => Promise.resolve(site.app.request(url, init))
    expect(marks((await checked({ outlet: out, fetch: ours })).points)['one-click']).toBe('pass')
  })
})

describe('the first send of a campaign', () => {
  it('goes to a sink of one’s own though much is unknown', async () => {
    expect((await launched()).kind).toBe('launched')
  })

  it('is refused with the list while a point fails or is unknown, and nothing is approved', async () => {
    const done = await launched({ outlet: out })
    if (done.kind !== 'refused') throw new Error('it was launched')
    expect(done.rule).toBe('preflight')
    expect(done.why).toContain('SPF names who may send for the domain: unknown')
    expect((await draftById(db, site.draftId))?.state).toBe('waiting')
    const [, name = ''] = /preflight of (\S+)/.exec(done.why) ?? []
    expect((await definitionNamed(db, name))?.name).toBe(name)
    expect((await lastPreflight(db, clock, name))?.points).toHaveLength(24)
  })

  it('goes out once an owner has taken every unknown on themselves, for as long as that lasts', async () => {
    const run = await checked({ outlet: out })
    for (const { id } of standsInTheWay(run)) {
      expect((await waive({ db, clock }, { point: id, reason: 'looked at by hand', by: site.users.owner })).kind).toBe(
        'waived',
      )
    }
    await unwaive({ db, clock }, { point: 'spf', by: site.users.owner })
    expect(await launched({ outlet: out })).toMatchObject({ kind: 'refused' })
    await waive({ db, clock }, { point: 'spf', reason: 'looked at by hand', by: site.users.owner })
    const done = await launched({ outlet: out })
    if (done.kind !== 'launched') throw new Error(done.why)
    expect(await approved(db, done.releaseHash)).not.toBeNull()
  })

  it('is never let through a fail by anybody’s word', async () => {
    const run = await checked({ outlet: out })
    for (const { id } of run.points)
      await waive({ db, clock }, { point: id, reason: 'all of it', by: site.users.owner })
    const broken = { outlet: out, links: { ...trying().links, publicUrl: 'http://desk.alder.example' } }
    const done = await launched(broken)
    expect(done).toMatchObject({ kind: 'refused', rule: 'preflight' })
    if (done.kind === 'refused') expect(done.why).toContain('Every message offers to leave with one click: fail')
  })

  it('is waived by owners alone, with a reason, and not for ever', async () => {
    const word = { point: 'backup', reason: 'ours runs at night', by: site.users.marketer }
    expect(await waive({ db, clock }, word)).toMatchObject({ kind: 'refused', rule: 'not-permitted' })
    expect(await waive({ db, clock }, { ...word, reason: ' ', by: site.users.owner })).toMatchObject({
      rule: 'no-reason',
    })
    await waive({ db, clock }, { ...word, by: site.users.owner })
    const waived = async () => (await checked({ outlet: out })).points.find(({ id }) => id === 'backup')?.waiver
    expect(await waived()).toMatchObject({ reason: 'ours runs at night' })
    clock.advance(31 * 24 * 3_600_000)
    expect(await waived()).toBeNull()
  })
})

describe('what people do for the house', () => {
  const dayMs = 24 * 3_600_000
  const marked = async (point: string) => (await checked()).points.find(({ id }) => id === point)!
  const noted = (change: { point?: string; what?: string; doneAt?: Date; by?: keyof Site['users'] } = {}) =>
    noteUpkeep(
      { db, clock },
      { point: 'backup', what: 'pg_dump to the vault', ...change, by: site.users[change.by ?? 'owner'] },
    )

  it.each(['retention', 'backup', 'restore-drill', 'portability'] as const)('passes %s as long as it lasts, and no longer', async (point) => {
    expect(await marked(point)).toMatchObject({ mark: 'unknown', fix: expect.stringContaining(`--done ${point}`) as string }) // prettier-ignore
    expect(await noted({ point })).toMatchObject({ kind: 'noted' })
    expect(await marked(point)).toMatchObject({ mark: 'pass', evidence: expect.stringContaining('the vault') as string })
    clock.advance(upkeepDays[point] * dayMs)
    expect(await marked(point)).toMatchObject({ mark: 'unknown', evidence: expect.stringContaining('too long ago') as string }) // prettier-ignore
  }) // prettier-ignore

  it('counts from when it was done, and is an owner’s word in words', async () => {
    await noted({ doneAt: new Date(clock().getTime() - 3 * dayMs) })
    expect((await marked('backup')).mark).toBe('unknown')
    expect(await noted({ what: ' ' })).toMatchObject({ rule: 'no-words' })
    expect(await noted({ point: 'spf' })).toMatchObject({ rule: 'unknown-point' })
    expect(await noted({ doneAt: new Date(clock().getTime() + 1) })).toMatchObject({ rule: 'wrong-time' })
    expect(await noted({ doneAt: new Date(Number.NaN) })).toMatchObject({ rule: 'wrong-time' })
    expect(await noted({ by: 'marketer' })).toMatchObject({ rule: 'not-permitted' })
  })

  it('hears of complaints by the mail that is read, and takes silence for no proof', async () => {
    const feeds = async () => (await checked({ outlet: out })).points.find(({ id }) => id === 'complaint-feeds')!.mark
    expect(await feeds()).toBe('unknown')
    await upsertLook(db, { mailbox: 'INBOX at mail.example', fault: 'it refuses the password' }, clock())
    expect(await feeds()).toBe('unknown')
    await upsertLook(db, { mailbox: 'INBOX at mail.example', fault: null }, clock())
    expect(await feeds()).toBe('warn')
    const note = { sha256: sha256('a report'), outcome: 'recorded', what: 'complained', deliveryId: null, sealed: null } as const // prettier-ignore
    await db.transaction((tx) => insertMail(tx, note, clock()))
    expect(await feeds()).toBe('pass')
  })
})

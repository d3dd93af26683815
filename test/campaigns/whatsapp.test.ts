import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import { sql } from '#kernel/sql.ts'
import type { UserId } from '#kernel/ids.ts'
import { mayReceive } from '#governance/consent.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { openHolds } from '#campaigns/content/holds.ts'
import { letChannelGoOn } from '#campaigns/stops/channel-stops.ts'
import { numberStanding, whatsappRoom } from '#campaigns/whatsapp/number.ts'
import { syncWhatsApp } from '#campaigns/whatsapp/sync.ts'
import { acceptMovedCategory, proposeTemplate, templatesOf, toPropose } from '#campaigns/whatsapp/templates.ts'
import { tellOfStops } from '#campaigns/stops/tell-of-stops.ts'
import { whatsappWord } from '#campaigns/whatsapp/word.ts'
import { recordShortClick } from '#campaigns/heard/reader-events.ts'
import { tick, type Tick } from '#campaigns/delivery/worker.ts'
import { testDatabase } from '../support/database.ts'
import { fakeWhatsApp, webhook, type FakeWhatsApp, type Taken } from '../support/fake-whatsapp.ts'
import {
  aCampaign, accountOf, addReaders, approveTemplates, aTemplateBody, channelOver, phones, wrote, zone, type Reader,
} from './whatsapp-world.ts' // prettier-ignore
import { anOwner, ledger, memoryChannel, releaseBody, sender, start, states, workerOver } from './world.ts'

const db = testDatabase()
let clock = stoppedClock(start)
let meta: FakeWhatsApp
let owner: UserId
const deps = () => ({ db, clock })
beforeEach(async () => {
  clock = stoppedClock(start)
  meta = await fakeWhatsApp()
  owner = await anOwner(db, clock)
})
afterEach(() => meta.close())

const publicUrl = 'https://desk.alder.example'
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const work = (): Promise<Tick> => tick(workerOver(db, channelOver(deps(), meta), clock, { zone }))
const tell = (body: string): Promise<void> => db.transaction((tx) => whatsappWord(clock)(tx, Buffer.from(body)))
const told = (of: Taken, status: string, more: { code?: number; category?: string } = {}): Promise<void> =>
  tell(meta.statuses({ of, status, at: clock(), ...more }))
const whatsapp = () => accountOf(meta, clock)
const stateOf = async (reader: Reader): Promise<string> => (await ledger(db)).get(reader.number)?.state ?? 'none'

describe('a campaign over WhatsApp', () => {
  it('goes by its template with each reader’s values, once, and is followed to the reading', async () => {
    const readers = await addReaders(deps(), phones(5))
    await aCampaign(deps(), meta, { owner, readers })
    expect(await work()).toMatchObject({ sent: 5 })
    await work()
    expect([...meta.copies().values()]).toEqual([1, 1, 1, 1, 1])
    expect(meta.taken[0]!.payload).toMatchObject({
      type: 'template',
      template: {
        language: { code: 'en' },
        components: [
          { type: 'body', parameters: [{ type: 'text', text: 'there' }] },
          { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: expect.stringMatching(/^[0-9A-Za-z]{10}$/) as unknown }] },
        ],
      },
    })
    const [, code = ''] = /"index":"0","parameters":\[\{"type":"text","text":"(\w+)"/.exec(JSON.stringify(meta.taken[0]!.payload)) ?? [] // prettier-ignore
    const visit = { method: 'GET', userAgent: 'Mozilla/5.0 (Linux; Android 16) Firefox/140.0', headers: {} }
    const url = 'https://shop.example/beans?utm_source=whatsapp&utm_medium=whatsapp&utm_campaign=spring&utm_content=whatsapp-1'
    expect(await recordShortClick(deps(), { code, visit })).toMatchObject({ kind: 'redirect', url })
    await told(meta.taken[0]!, 'read', { category: 'marketing' })
    await told(meta.taken[0]!, 'delivered')
    await told(meta.taken[1]!, 'sent')
    expect(await states(db)).toEqual({ delivered: 1, sent: 4 })
    const kinds = await db.query<{ kind: string }>(sql`select kind from ingest.events where source = 'millrace' and kind <> 'message_sent' order by 1`) // prettier-ignore
    expect(kinds.map(({ kind }) => kind)).toContain('message_opened')
  }) // prettier-ignore

  it('of answers to what people did never goes by a template of marketing', async () => {
    const readers = await addReaders(deps(), phones(1))
    const { release } = await aCampaign(deps(), meta, { owner, readers })
    const definition = definitionOf(release)
    const room = (kind: 'marketing' | 'transactional') =>
      db.transaction((tx) => whatsappRoom(tx, meta, { definition: { ...definition, kind }, at: clock(), zone }))
    expect([...(await room('marketing')).held]).toEqual([])
    expect([...(await room('transactional')).held.values()].join()).toContain('propose it as utility')
  })

  it('waits in words for its template: proposed, rejected, moved to another category', async () => {
    const readers = await addReaders(deps(), phones(1))
    await releaseBody(deps(), owner, aTemplateBody(), { channel: 'whatsapp' }).then((release) =>
      import('#campaigns/journeys/enrol.ts').then(({ planRelease }) => planRelease({ ...deps(), members: () => Promise.resolve(readers.map(({ personId }) => personId)) }, release)),
    )
    await syncWhatsApp({ ...deps(), zone, whatsapp: whatsapp() })
    const why = async (): Promise<string> => (await work()).blocked.map((one) => `${one.rule}: ${one.why}`).join()
    expect(await why()).toContain('has no WhatsApp template yet')
    const [copy] = await toPropose(db, meta.account)
    const asked = { contentHash: copy!.contentHash, category: 'utility', language: 'en', by: owner }
    expect(await proposeTemplate({ ...deps(), publicUrl, whatsapp: whatsapp() }, asked)).toMatchObject({ kind: 'proposed', status: 'pending' })
    expect(await proposeTemplate({ ...deps(), publicUrl, whatsapp: whatsapp() }, asked)).toMatchObject({ kind: 'refused' })
    expect(await why()).toContain('waits for Meta to approve it')
    const [made] = meta.templates
    Object.assign(made!, { status: 'REJECTED', rejected_reason: 'TAG_CONTENT_MISMATCH' })
    await syncWhatsApp({ ...deps(), zone, whatsapp: whatsapp() })
    expect(await why()).toContain('was rejected by Meta (tag content mismatch)')
    Object.assign(made!, { status: 'APPROVED', category: 'MARKETING', rejected_reason: 'NONE' })
    await syncWhatsApp({ ...deps(), zone, whatsapp: whatsapp() })
    expect(await why()).toContain('from utility to marketing')
    expect(meta.taken).toEqual([])
    const moved = { name: made!.name, language: 'en', category: 'marketing', by: owner }
    expect(await acceptMovedCategory({ ...deps(), whatsapp: whatsapp() }, moved)).toEqual({ kind: 'accepted' })
    expect(await work()).toMatchObject({ sent: 1 })
  }) // prettier-ignore

  it('goes as free text within 24 hours of what somebody wrote, else by its template', async () => {
    const [open, late, closed] = await addReaders(deps(), phones(3))
    await wrote(deps(), open!, meta.number, new Date(start.getTime() - hourMs))
    await wrote(deps(), late!, meta.number, new Date(start.getTime() - 25 * hourMs))
    await wrote(deps(), closed!, meta.number, new Date(start.getTime() - hourMs))
    meta.behave((to, payload) => (to === closed!.number && payload['type'] !== 'template' ? { code: 131_047 } : 'take'))
    await aCampaign(deps(), meta, { owner, readers: [open!, late!, closed!] })
    expect(await work()).toMatchObject({ sent: 3 })
    expect(Object.fromEntries(meta.taken.map(({ to, type }) => [to, type]))).toEqual({
      [open!.number]: 'interactive',
      [late!.number]: 'template',
      [closed!.number]: 'template',
    })
    // Only who was written to first counts against what the portfolio may begin.
    expect(await numberStanding(db, meta.number, clock())).toMatchObject({ begun: 2, most: 50, mostADay: 2_000 })
  })

  it('begins with no more people in 24 hours than ramp and portfolio allow, over all campaigns', async () => {
    meta.about.whatsapp_business_manager_messaging_limit = 'TIER_250'
    const readers = await addReaders(deps(), phones(70))
    await aCampaign(deps(), meta, { owner, readers: readers.slice(0, 40) })
    await aCampaign(deps(), meta, { owner, readers: readers.slice(40), name: 'summer' })
    await work()
    const second = await work()
    expect(meta.taken).toHaveLength(50)
    expect(second.blocked.map(({ why }) => why).join()).toContain('50 people were begun with in 24 hours: day 1 of the ramp')
    clock.advance(24 * hourMs + minuteMs)
    await work()
    await work()
    expect(meta.taken).toHaveLength(70)
    expect(await numberStanding(db, meta.number, clock())).toMatchObject({ step: 2, begun: 20 })
    expect(Math.max(...meta.copies().values())).toBe(1)
  }, 120_000) // prettier-ignore

  it('sends no marketing to the United States, and no template while the number is poor', async () => {
    const [american, canadian] = await addReaders(deps(), ['+12025550143', '+14165550143'])
    await aCampaign(deps(), meta, { owner, readers: [american!, canadian!] })
    meta.about.quality_rating = 'RED'
    await syncWhatsApp({ ...deps(), zone, whatsapp: whatsapp() })
    expect((await work()).blocked.map(({ why }) => why).join()).toContain('quality of the WhatsApp number low')
    meta.about.quality_rating = 'GREEN'
    await syncWhatsApp({ ...deps(), zone, whatsapp: whatsapp() })
    await work()
    expect(meta.taken.map(({ to }) => to)).toEqual([canadian!.number])
    expect((await ledger(db)).get(american!.number)).toMatchObject({ state: 'failed', reason: expect.stringContaining('United States') as unknown }) // prettier-ignore
  })
})

describe('what Meta answers', () => {
  it('stops the number until a person lets it go on, and people hear of it once', async () => {
    const readers = await addReaders(deps(), phones(12))
    await aCampaign(deps(), meta, { owner, readers })
    meta.behave(() => ({ code: 131_048 }))
    await work()
    expect(await states(db)).toEqual({ planned: 12 })
    clock.advance(hourMs)
    meta.behave(() => 'take')
    expect((await work()).blocked.map(({ why }) => why).join()).toContain('called spam')
    const { channel, given } = memoryChannel()
    const telling = { ...deps(), channel, sender, publicUrl: 'https://desk.example' }
    expect(await tellOfStops(telling)).toEqual([{ stopped: 'WhatsApp', reached: 1 }])
    expect(await tellOfStops(telling)).toEqual([])
    expect(given[0]).toMatchObject({ to: 'owner@alder.example', subject: 'WhatsApp was stopped' })
    await letChannelGoOn(deps(), { channel: 'whatsapp', by: owner, reason: 'Meta says it is green again' })
    expect(await work()).toMatchObject({ sent: 12 })
    expect(Math.max(...meta.copies().values())).toBe(1)
  })

  it('holds the campaign whose template was paused, at once and by a late word', async () => {
    const readers = await addReaders(deps(), phones(3))
    await aCampaign(deps(), meta, { owner, readers })
    meta.behave((to) => (to === readers[0]!.number ? { code: 132_015 } : 'take'))
    await work()
    expect((await openHolds(deps(), 'spring')).map(({ rule }) => rule)).toEqual(['channel'])
    expect((await templatesOf(db, meta.account)).map(({ status }) => status)).toEqual(['paused'])
    expect((await work()).sent).toBe(0)
    expect(await stateOf(readers[0]!)).toBe('planned')
  })

  it('leaves somebody alone for a day whom it kept a message from, in every campaign', async () => {
    const [reader] = await addReaders(deps(), phones(1))
    await aCampaign(deps(), meta, { owner, readers: [reader!] })
    meta.behave(() => ({ code: 131_049 }))
    await work()
    meta.behave(() => 'take')
    await aCampaign(deps(), meta, { owner, readers: [reader!], name: 'summer' })
    clock.advance(23 * hourMs)
    await work()
    expect(meta.taken).toEqual([])
    clock.advance(3 * hourMs)
    await work()
    expect(meta.taken.length).toBeGreaterThan(0)
  })

  it('ends WhatsApp for who wants no more: by its code, by STOP, by the settings of WhatsApp', async () => {
    const readers = await addReaders(deps(), phones(4))
    const may = async () => [...(await mayReceive(db, { channel: 'whatsapp', purpose: 'marketing', at: clock() }, readers.map(({ identifierId }) => identifierId))).values()].map(({ kind }) => kind) // prettier-ignore
    await aCampaign(deps(), meta, { owner, readers })
    meta.behave((to) => (to === readers[0]!.number ? { code: 131_050 } : 'take'))
    await work()
    const from = (reader: Reader) => reader.number.slice(1)
    const said = (reader: Reader, body: string) => webhook({ messages: [{ id: `wamid.in.${reader.number}`, from: from(reader), timestamp: String(start.getTime() / 1_000), type: 'text', text: { body } }] }) // prettier-ignore
    await tell(said(readers[1]!, ' Stop! '))
    await tell(said(readers[3]!, 'Do you stop at noon?'))
    await tell(webhook({ user_preferences: [{ wa_id: from(readers[2]!), category: 'marketing_messages', value: 'stop', timestamp: start.getTime() / 1_000 }] }, 'user_preferences')) // prettier-ignore
    expect(await may()).toEqual(['blocked', 'blocked', 'blocked', 'allowed'])
  })

  it('loses nobody to a number or an account that Meta refuses: all wait until a person looked', async () => {
    const readers = await addReaders(deps(), phones(12))
    await aCampaign(deps(), meta, { owner, readers })
    for (const refused of [{ code: 131_005, status: 403 }, { code: 131_037 }, { code: 33 }, { code: 100, subcode: 33 }, { code: 199_999, status: 403 }]) {
      meta.behave(() => refused)
      await work()
      expect(await states(db), JSON.stringify(refused)).toEqual({ planned: 12 })
      expect(await letChannelGoOn(deps(), { channel: 'whatsapp', by: owner, reason: 'mended' })).toEqual({ kind: 'released' })
      clock.advance(hourMs)
    }
    meta.behave(() => 'take')
    expect(await work()).toMatchObject({ sent: 12 })
  }) // prettier-ignore

  it('takes what a webhook tells of templates and limits at once', async () => {
    const readers = await addReaders(deps(), phones(1))
    await aCampaign(deps(), meta, { owner, readers })
    const about = { message_template_name: meta.templates[0]!.name, message_template_language: 'en' }
    await tell(webhook({ event: 'PAUSED', reason: 'NONE', ...about }, 'message_template_status_update'))
    await tell(webhook({ new_quality_score: 'YELLOW', ...about }, 'message_template_quality_update'))
    await tell(webhook({ previous_category: 'MARKETING', new_category: 'UTILITY', ...about }, 'template_category_update')) // prettier-ignore
    await tell(webhook({ max_daily_conversations_per_business: 'TIER_10K' }, 'business_capability_update'))
    expect(await templatesOf(db, meta.account)).toMatchObject([{ status: 'paused', quality: 'yellow', category: 'utility', acceptedCategory: 'marketing' }]) // prettier-ignore
    expect(await numberStanding(db, meta.number, clock())).toMatchObject({ mostADay: 10_000 })
  })

  it('is asked again where the answer to a proposal was lost', async () => {
    await releaseBody(deps(), owner, aTemplateBody(), { channel: 'whatsapp' })
    const asked = { contentHash: hashOf(aTemplateBody()), category: 'marketing', language: 'en', by: owner }
    const { meta: real, ...rest } = whatsapp()
    const losing = { ...rest, meta: { ...real, propose: (one: Parameters<typeof real.propose>[0]) => real.propose(one).then(() => Promise.reject(new Error('lost'))) } } // prettier-ignore
    expect(await proposeTemplate({ ...deps(), publicUrl, whatsapp: losing }, asked)).toMatchObject({
      kind: 'refused',
      rule: 'meta',
    })
    await approveTemplates(deps(), meta)
    expect(await templatesOf(db, meta.account)).toMatchObject([{ status: 'approved', contentHash: asked.contentHash }])
    expect(meta.templates).toHaveLength(1)
  })
})

describe('an answer that is lost', () => {
  it('is unknown, never sent again, and settled by the status that brings our id back', async () => {
    const [taken, dropped, read] = await addReaders(deps(), phones(3))
    await aCampaign(deps(), meta, { owner, readers: [taken!, dropped!, read!] })
    meta.behave((to) => (to === dropped!.number ? 'drop' : to === taken!.number ? 'take-and-drop' : 'take-and-cut'))
    expect(await work()).toMatchObject({ unknown: 3 })
    clock.advance(3 * hourMs)
    await work()
    expect(meta.taken).toHaveLength(2)
    for (const one of meta.taken) await told(one, one.to === read!.number ? 'read' : 'sent')
    expect([await stateOf(taken!), await stateOf(read!), await stateOf(dropped!)]).toEqual(['sent', 'delivered', 'unknown']) // prettier-ignore
    await work()
    const heard = await db.query<{ id: string }>(sql`select identifier_id as id from ingest.events where source = 'millrace' and kind = 'message_sent'`) // prettier-ignore
    expect(heard.map(({ id }) => id).toSorted()).toEqual([taken!.identifierId, read!.identifierId].toSorted())
  })

  it('told late as failed goes back to the plan, and words of the earlier try do not touch the next', async () => {
    const [reader] = await addReaders(deps(), phones(1))
    await aCampaign(deps(), meta, { owner, readers: [reader!] })
    await work()
    await told(meta.taken[0]!, 'failed', { code: 131_049 })
    await told(meta.taken[0]!, 'failed', { code: 131_049 })
    expect(await stateOf(reader!)).toBe('planned')
    clock.advance(26 * hourMs)
    expect(await work()).toMatchObject({ sent: 1 })
    await told(meta.taken[0]!, 'failed', { code: 131_049 })
    await told(meta.taken[0]!, 'sent')
    expect(await stateOf(reader!)).toBe('sent')
    await told(meta.taken[1]!, 'delivered')
    expect(await stateOf(reader!)).toBe('delivered')
  })

  it('whatever goes wrong: nobody gets it twice, and nobody is lost', async () => {
    const manners = ['take', 'take-and-drop', 'take-and-cut', 'drop', { code: 131_016, status: 503 }, { code: 130_429, status: 429 }, { code: 131_056 }, { code: 1, status: 500 }, { page: 502 }] as const // prettier-ignore
    await aCampaign(deps(), meta, { owner, readers: await addReaders(deps(), phones(1, 9_000)) })
    // How many people may be begun with is no matter here.
    await db.query(sql`update campaigns.whatsapp_numbers set graduated = 'a test'`)
    meta.about.whatsapp_business_manager_messaging_limit = 'UNLIMITED'
    let batch = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(manners.length - 1), fc.boolean()), { minLength: 6, maxLength: 12 }),
        async (plan) => {
          batch += 1
          const readers = await addReaders(deps(), phones(plan.length, batch * 10))
          const before = meta.taken.length
          const tries = new Map<string, number>()
          meta.behave((to) => {
            const which = readers.findIndex(({ number }) => number === to)
            tries.set(to, (tries.get(to) ?? 0) + 1)
            return tries.get(to) === 1 ? manners[plan[which]?.[0] ?? 0]! : 'take'
          })
          await aCampaign(deps(), meta, { owner, readers, name: `c${batch}` })
          for (let round = 0; round < 5; round += 1) {
            await work()
            clock.advance(30 * minuteMs)
          }
          // The next morning: at night nothing leaves.
          clock.advance(24 * hourMs - 5 * 30 * minuteMs)
          // Webhooks twice, and the later before the earlier.
          for (const one of meta.taken.slice(before)) {
            const which = readers.findIndex(({ number }) => number === one.to)
            if (!plan[which]?.[1]) continue
            for (const status of ['delivered', 'sent', 'delivered']) await told(one, status)
          }
          const rows = await ledger(db)
          for (const [at, reader] of readers.entries()) {
            const copies = meta.copies().get(reader.number) ?? 0
            const state = rows.get(reader.number)?.state
            expect(copies, `${reader.number} ${state}`).toBeLessThanOrEqual(1)
            const isTold = plan[at]![1] && copies === 1
            expect(['sent', 'delivered', 'unknown']).toContain(state)
            if (copies === 0) expect(state).toBe('unknown')
            if (isTold) expect(state).toBe('delivered')
          }
        },
      ),
      { numRuns: 5, seed: 7 },
    )
  }, 120_000)
})

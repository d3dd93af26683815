import { describe, expect, it } from 'vitest'
import { hashOf } from '#kernel/crypto.ts'
import { mayReceive } from '#governance/consent.ts'
import { openHolds } from '#campaigns/content/holds.ts'
import { letChannelGoOn } from '#campaigns/stops/channel-stops.ts'
import { numberStanding } from '#campaigns/whatsapp/number.ts'
import { proposeTemplate, templatesOf } from '#campaigns/whatsapp/templates.ts'
import { tellOfStops } from '#campaigns/stops/tell-of-stops.ts'
import { webhook } from '../support/fake-whatsapp.ts'
import { aCampaign, addReaders, approveTemplates, aTemplateBody, phones, type Reader } from './whatsapp-world.ts'
import { memoryChannel, releaseBody, sender, start, states } from './world.ts'
import { db, clock, meta, owner, deps, work, tell, whatsapp, stateOf, publicUrl, hourMs } from './whatsapp-house.ts'

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

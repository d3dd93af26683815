import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { definitionOf } from '#campaigns/definition.ts'
import { numberStanding, whatsappRoom } from '#campaigns/whatsapp/number.ts'
import { syncWhatsApp } from '#campaigns/whatsapp/sync.ts'
import { acceptMovedCategory, proposeTemplate, toPropose } from '#campaigns/whatsapp/templates.ts'
import { recordShortClick } from '#campaigns/heard/reader-events.ts'
import { aCampaign, addReaders, aTemplateBody, phones, wrote, zone } from './whatsapp-world.ts'
import { ledger, releaseBody, start, states } from './world.ts'
import { db, clock, meta, owner, deps, work, told, whatsapp, publicUrl, minuteMs, hourMs } from './whatsapp-house.ts'

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

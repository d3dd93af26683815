import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { tick } from '#campaigns/delivery/worker.ts'
import { aClock, memoryChannel, workerOver } from '../campaigns/world.ts'
import { formsAt, noticeOf, refusalIn, refusalOf } from '../support/forms.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let marketer: Reader
let csrf = ''
beforeAll(async () => {
  site = await openSite(db, clock, { givenNames: ['Ada', 'Bo'] })
  marketer = await site.as('marketer')
  csrf = await marketer.csrf()
})
afterAll(() => site.close())

/** What was sent becomes what nobody knows the end of, or what is held. */
const put = (state: 'held' | 'unknown', reason: string) =>
  db.query(sql`update campaigns.deliveries set state = ${state}, reason = ${reason}, sent_at = null,
    settled_at = ${clock()}`)

const page = (state: string, query = '') => `/campaigns/${site.campaign}/${state}${query}`

describe('the page of messages of an unknown end', () => {
  it('says who, why and what the campaign declares, to whoever may see people', async () => {
    expect(await marketer.text(page('unknown'))).toContain('Nothing waits for a word')
    await put('unknown', 'the <line> broke')
    expect(await marketer.text(`/campaigns/${site.campaign}`)).toContain('nobody knows whether they arrived')
    const shown = await marketer.text(page('unknown'))
    expect(shown).toContain('the &lt;line&gt; broke')
    expect(shown).toContain('none is sent again unless somebody says so')
    expect(shown.match(/Decide on the message to [^"]+/g)).toHaveLength(2)
    expect(await marketer.text(page('unknown', '?offset=50'))).toContain('Before')
    const viewer = await site.as('viewer')
    expect((await viewer.get(page('unknown'))).status).toBe(403)
    expect(await viewer.text(`/campaigns/${site.campaign}`)).not.toContain('/unknown')
    expect((await marketer.get('/campaigns/none-of-this/held')).status).toBe(404)
  })

  it('takes a word with a reason, from its own form, for one message or all of a reason', async () => {
    const rows = await db.query<{ id: string }>(sql`select id from campaigns.deliveries order by id`)
    const ofReason = `?reason=${encodeURIComponent('the <line> broke')}`
    const [door = ''] =
      /action="([^"]+\/unknown[^"]+)"/.exec(await marketer.text(page('unknown', ofReason)))?.slice(1) ?? []
    expect(new URL(door, 'http://here').searchParams.get('reason')).toBe('the <line> broke')
    for (const which of [{ id: rows[0]!.id }, { reason: 'the <line> broke' }]) {
      const refused = await (await marketer.post(door, { csrf, ...which, word: 'leave', why: ' ' })).text()
      expect(refusalIn(refused)).toContain('Say why')
      expect(refused).toContain('All of “the &lt;line&gt; broke”')
      const kept = formsAt(refused, door).filter(({ why }) => why === ' ')
      expect(kept).toEqual([{ csrf, ...which, why: ' ' }])
    }
    expect(await refusalOf(await marketer.post(page('unknown'), { csrf, id: rows[0]!.id, word: 'plan-again', why: 'x' }))).toContain('Say what to do') // prettier-ignore
    expect((await marketer.post(page('unknown'), { id: rows[0]!.id, word: 'leave', why: 'x' })).status).toBe(403)
    const operator = await site.as('operator')
    expect((await operator.post(page('unknown'), { csrf: await operator.csrf(), id: rows[0]!.id, word: 'leave', why: 'x' })).status).toBe(403) // prettier-ignore
    expect(noticeOf(await marketer.post(page('unknown'), { csrf, id: rows[0]!.id, word: 'leave', why: 'Ada has it' }))).toBe('Messages left as they are: 1.') // prettier-ignore
    expect(noticeOf(await marketer.post(page('unknown'), { csrf, reason: 'the <line> broke', word: 'send-again', why: 'It matters' }))).toBe('Messages to be sent again: 1.') // prettier-ignore
    const memory = memoryChannel()
    await tick(workerOver(db, memory.channel, clock))
    expect(memory.given).toHaveLength(1)
  })
})

describe('the page of held messages', () => {
  it('plans them again once their cause is mended', async () => {
    clock.advance(60_000)
    await put('held', 'person.given_name is not known')
    const shown = await marketer.text(page('held', `?reason=${encodeURIComponent('person.given_name is not known')}`))
    expect(shown).toContain('All of “person.given_name is not known”')
    expect(noticeOf(await marketer.post(page('held'), { csrf, reason: 'person.given_name is not known', word: 'plan-again', why: 'Names are here' }))).toBe('Messages planned again: 2.') // prettier-ignore
    const memory = memoryChannel()
    await tick(workerOver(db, memory.channel, clock))
    expect(memory.given).toHaveLength(2)
    expect(await marketer.text(page('held'))).toContain('Nothing waits for a word')
  })
})

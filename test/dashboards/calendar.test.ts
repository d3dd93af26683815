import fc from 'fast-check'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approvedCopyOf, type ApprovedCopy } from '#campaigns/content/copy.ts'
import { calendarCsv, calendarIcs } from '#campaigns/calendar/files.ts'
import type { Entry } from '#campaigns/calendar/calendar.ts'
import { readAudit } from '#kernel/audit.ts'
import { newId, type Hash } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { formText } from '#rag/form-text.ts'
import { forms } from '#rag/forms.ts'
import { aClock } from '../campaigns/world.ts'
import { noticeOf, refusalOf } from '../support/forms.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'
import { approvedPage, approvedPost } from './approved-page.ts'

const db = testDatabase({ keep: true })
const clock = aClock()
let site: Site
let owner: Reader
let csrf = ''
let post: Hash
beforeAll(async () => {
  site = await openSite(db, clock)
  owner = await site.as('owner')
  csrf = await owner.csrf()
  post = await approvedPost(site)
})
afterAll(() => site.close())

const says = (text: string) => ({ text, citations: [] })

const plan = (due: string, copy: string = post): Promise<Response> => owner.post('/calendar', { csrf, copy, due })
const csvOf = async (month: string): Promise<string[][]> =>
  parse(await owner.text(`/calendar/export.csv?month=${month}&form=linkedin`))
const idIn = (page: string): string => /\/calendar\/([0-9a-f-]{36})\/drop/.exec(page)?.[1] ?? ''

describe('the calendar of copy', () => {
  it('plans what was approved at a moment in the zone of the business, and exports it for its platform', async () => {
    expect(await owner.text(`/copy/${post}`)).toContain('Put it on the calendar')
    expect(noticeOf(await plan('2026-03-30T09:15'))).toBe('Planned.')
    const [{ due } = { due: new Date(0) }] = await db.query<{ due: Date }>(sql`select due_at as due from campaigns.placements`)
    // Summer time began the day before.
    expect(due.toISOString()).toBe('2026-03-30T07:15:00.000Z')
    expect(await owner.text('/calendar?month=2026-03')).toMatch(/09:15/)
    const [header, row] = await csvOf('2026-03')
    expect(header).toEqual(['Date', 'Time', 'Text', 'Link'])
    expect(row?.slice(0, 3)).toEqual(['2026-03-30', '09:15', 'Yirgacheffe Kochere for €13.50'])
    expect(await csvOf('2026-04')).toHaveLength(1)
    expect(await owner.text('/calendar/copy.ics?month=2026-03')).toContain('DTSTART:20260330T071500Z')
  }) // prettier-ignore

  it('refuses a moment that has passed or is none, what nobody approved, and what this house publishes itself', async () => {
    expect(await refusalOf(await plan('2026-03-01T09:00'))).toContain('has passed')
    expect(await refusalOf(await plan('tomorrow'))).toContain('Say when')
    expect(await refusalOf(await plan('2026-03-30T09:00', 'nothing'))).toContain('No approval')
    expect(await refusalOf(await plan('2026-03-30T09:00', await approvedPage(site)))).toContain('not published by hand')
    const viewer = await site.as('viewer')
    expect((await viewer.post('/calendar', { csrf: await viewer.csrf(), copy: post, due: '2026-03-30T09:00' })).status).toBe(403)
  }) // prettier-ignore

  it('is moved, noted as published with its address, and then left as it is', async () => {
    const id = idIn(await owner.text('/calendar?month=2026-03'))
    await owner.post(`/calendar/${id}/move`, { csrf, due: '2026-04-02T10:00' })
    expect((await csvOf('2026-04'))[1]?.slice(0, 2)).toEqual(['2026-04-02', '10:00'])
    for (const url of ['javascript:alert(1)', 'no address', '']) expect(await refusalOf(await owner.post(`/calendar/${id}/published`, { csrf, url }))).toContain('https://')
    expect(noticeOf(await owner.post(`/calendar/${id}/published`, { csrf, url: 'https://www.linkedin.com/posts/1' }))).toBe('Noted.')
    const page = await owner.text('/calendar?month=2026-04')
    expect(page).toContain('href="https://www.linkedin.com/posts/1"')
    expect(await csvOf('2026-04')).toHaveLength(1)
    expect(await refusalOf(await owner.post(`/calendar/${id}/drop`, { csrf }))).toContain('published already')
    expect((await readAudit(db, 0, 1000)).map(({ action }) => action).filter((one) => one.startsWith('copy.'))).toEqual(['copy.planned', 'copy.moved', 'copy.published'])
  }) // prettier-ignore

  it('says of copy that is no longer true not to publish it, and exports it no more', async () => {
    await plan('2026-05-04T09:00')
    const ends = (at: Date | null) => db.query(sql`update ingest.facts set valid_to = ${at} where id = ${site.factId}`)
    await ends(clock())
    expect(await owner.text('/calendar?month=2026-05')).toContain('Do not publish it')
    expect(await csvOf('2026-05')).toHaveLength(1)
    await ends(null)
    expect(await csvOf('2026-05')).toHaveLength(2)
    await owner.post(`/copy/${post}/withdraw`, { csrf, reason: 'a mistake' })
    expect(await owner.text('/calendar?month=2026-05')).toContain('its approval was taken back')
    expect(noticeOf(await owner.post(`/calendar/${idIn(await owner.text('/calendar?month=2026-05'))}/drop`, { csrf }))).toContain('Taken off')
  }) // prettier-ignore
})

describe('a file of the calendar', () => {
  const entryOf = (copy: ApprovedCopy, text: string): Entry => ({
    id: newId(clock), releaseHash: copy.releaseHash, dueAt: clock(), plannedBy: 'millrace', publishedAt: null, publishedBy: null, url: null, held: null,
    copy: { ...copy, content: { ...copy.content, subject: says(text), blocks: [{ kind: 'paragraph', sentences: [says(text)] }] } },
  }) // prettier-ignore

  it('holds any text as it is: no cell is a formula, no line of a calendar is too long or ends early', async () => {
    const copy = (await approvedCopyOf(db, await approvedPost(site)))!
    const text = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom('=1+1', '@x', '-2', 'a\r\nEND:VEVENT\r\nb', 'a;b,c\\n', '€'.repeat(200))) // prettier-ignore
    fc.assert(
      fc.property(text, (words) => {
        const entry = entryOf(copy, words)
        const csv = calendarCsv([entry], 'linkedin', 'Europe/Amsterdam')
        const cells = parse(csv)
        for (const cell of cells.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
        const said = formText(entry.copy!.content, forms.linkedin).text
        expect([said, `'${said}`]).toContain(cells[1]?.[2])
        const ics = calendarIcs([entry], { site: 'https://desk.example', at: clock() })
        for (const line of ics.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
        const lines = ics.replaceAll('\r\n ', '').split('\r\n')
        expect(lines.filter((line) => line === 'END:VEVENT')).toHaveLength(1)
        expect(lines.filter((line) => !/^[A-Z-]+:/.test(line))).toEqual([''])
      }),
    )
  })
})

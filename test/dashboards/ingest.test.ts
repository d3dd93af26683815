import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseMapping } from '#ingest/mapping.ts'
import { runSource } from '#ingest/run.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { sql } from '#kernel/sql.ts'
import { aClock } from '../campaigns/world.ts'
import { noticeOf } from '../support/forms.ts'
import { testDatabase } from '../support/database.ts'
import { openSite, type Reader, type Site } from '../support/website.ts'

const db = testDatabase({ keep: true })
const folder = mkdtempSync(join(tmpdir(), 'millrace-data-'))
const orders = ordersCsv(parseMapping('id=id,customer=customer,date=date,amount=amount'))
let site: Site
let operator: Reader
beforeAll(async () => {
  site = await openSite(db, aClock())
  operator = await site.as('operator')
  const path = join(folder, 'orders.csv')
  writeFileSync(path, 'id,customer,date,amount\n1,<b>anna</b>,never,5.00\n2,ben,soon,6.00\n3,cas,2025-12-01,7.00\n')
  await runSource(site.pages.ingest, orders, { path })
})
afterAll(async () => {
  await site.close()
  rmSync(folder, { recursive: true })
})

const waiting = async (): Promise<string[]> =>
  (await db.query<{ id: string }>(sql`select id from ingest.quarantine where resolved_at is null order by place ->> 'line'`)).map(({ id }) => id) // prettier-ignore

// In order, as an operator works through what waits.
describe('the pages of data', () => {
  it('tell how each source stands, to whoever runs the house and nobody else', async () => {
    const page = await operator.text('/ingest')
    expect(page).toContain('Orders')
    expect(page).toMatch(/href="\/ingest\/quarantine\?source=orders">2</)
    expect((await (await site.as('marketer')).get('/ingest')).status).toBe(403)
    expect(await (await site.as('marketer')).text('/desk')).not.toContain('href="/ingest"')
  })

  it('list what waits without showing what the rows hold', async () => {
    const page = await operator.text('/ingest/quarantine?source=orders')
    expect(page).toContain('is no date')
    expect(page).toContain('orders.csv, line 2')
    expect(page).not.toContain('anna')
    expect(page).not.toMatch(/<th[^>]*><\/th>/)
  })

  it('show a row only when it is opened, escaped, and write that down', async () => {
    const [id = ''] = await waiting()
    const before = await db.query(sql`select count(*) as n from kernel.audit where action = 'quarantine.opened'`)
    expect(before).toEqual([{ n: 0 }])
    const csrf = await operator.csrf()
    const answer = await operator.post(`/ingest/quarantine/${id}/open`, { csrf })
    const page = await answer.text()
    expect(page).toContain('1,&lt;b&gt;anna&lt;/b&gt;,never,5.00')
    expect(page).not.toContain('<b>anna')
    expect(await db.query(sql`select actor, subject from kernel.audit where action = 'quarantine.opened'`)).toEqual([
      { actor: site.users.operator, subject: id },
    ])
    const refused = await (await site.as('marketer')).post(`/ingest/quarantine/${id}/open`, { csrf: await (await site.as('marketer')).csrf() }) // prettier-ignore
    expect(refused.status).toBe(403)
  })

  it('say why a correction cannot be taken in, and keep what was written', async () => {
    const [id = ''] = await waiting()
    const answer = await operator.post(`/ingest/quarantine/${id}/correct`, {
      csrf: await operator.csrf(),
      text: '1,anna,later,5.00',
    })
    expect(answer.status).toBe(200)
    const page = await answer.text()
    expect(page).toContain('role="alert"')
    expect(page).toContain('1,anna,later,5.00')
    expect(await waiting()).toHaveLength(2)
  })

  it('take a corrected row in, and dismiss another with the reason', async () => {
    const [first = '', second = ''] = await waiting()
    const csrf = await operator.csrf()
    const taken = await operator.post(`/ingest/quarantine/${first}/correct`, { csrf, text: '1,anna,2025-11-01,5.00', why: 'asked her' }) // prettier-ignore
    expect(noticeOf(taken)).toBe('1 row taken in. The original is kept.')
    expect(noticeOf(await operator.post(`/ingest/quarantine/${second}/dismiss`, { csrf, why: ' ' }))).toMatch(/Say why/)
    expect(noticeOf(await operator.post(`/ingest/quarantine/${second}/dismiss`, { csrf, why: 'a test' }))).toMatch(/Dismissed/) // prettier-ignore
    expect(await waiting()).toEqual([])
    expect(await db.query(sql`select resolution, resolved_why as why from ingest.quarantine order by place ->> 'line'`)).toEqual([
      { resolution: 'corrected', why: 'asked her' },
      { resolution: 'dismissed', why: 'a test' },
    ]) // prettier-ignore
    expect(await operator.text('/ingest/quarantine')).toContain('Nothing waits')
  })

  it('read all that waits of a source again', async () => {
    writeFileSync(join(folder, 'more.csv'), 'id,customer,date,amount\n4,dirk,nope,5.00\n')
    await runSource(site.pages.ingest, orders, { path: join(folder, 'more.csv') })
    const answer = await operator.post('/ingest/replay', { csrf: await operator.csrf(), source: 'orders' })
    expect(noticeOf(answer)).toBe('1 row read again: 0 are in, 1 still wait.')
  })
})

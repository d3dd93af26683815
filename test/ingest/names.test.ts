import { describe, expect, it } from 'vitest'
import { parseMapping } from '#ingest/mapping.ts'
import { quarantineReport } from '#ingest/quarantine.ts'
import { runSource } from '#ingest/run.ts'
import { hubspotContacts } from '#ingest/sources/hubspot-contacts.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { peopleCsv } from '#ingest/sources/people-csv.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps, testFolder } from './ingest-support.ts'

const folder = testFolder()

describe('names that things go by', () => {
  const db = testDatabase()
  const organisations = () => db.query(sql`select organisation from ingest.profiles order by organisation`)

  it('are read: where people work, from a mapped file', async () => {
    const path = folder.write('people.csv', 'id,mail,firm\n1,anna@example.test,Café  Noir B.V.\n2,ben@example.test,\n')
    const mapped = parseMapping('name=crm,id=id,email=mail,organisation=firm', 'people')
    expect(await runSource(deps(db), peopleCsv(mapped), { path })).toMatchObject({ accepted: 2 })
    expect(await organisations()).toEqual([{ organisation: 'Café Noir B.V.' }, { organisation: null }])
  })

  it('are read: where people work, from an export of HubSpot', async () => {
    const header = 'Record ID,Email,Create Date,Last Modified Date,Company Name'
    const path = folder.write('contacts.csv', `${header}\n7,anna@example.test,2026-01-01 10:00,2026-01-02 10:00,Acme\n`)
    expect(await runSource(deps(db), hubspotContacts(), { path })).toMatchObject({ accepted: 1 })
    expect(await organisations()).toEqual([{ organisation: 'Acme' }])
  })

  it('are no texts: a row with a longer one is quarantined with the reason', async () => {
    const mapped = parseMapping('name=shop,customer=who,date=day,amount=paid,sku=article')
    const path = folder.write('orders.csv', `who,day,paid,article\nanna,2026-01-05,5.00,A\nben,2026-01-05,5.00,${'x'.repeat(501)}\n`) // prettier-ignore
    expect(await runSource(deps(db), ordersCsv(mapped), { path })).toMatchObject({ accepted: 1, quarantined: 1 })
    const { rows } = await quarantineReport(db)
    expect(rows.map(({ reason }) => reason.split(':')[0])).toEqual(['A name is longer than 500 characters'])
  })
})

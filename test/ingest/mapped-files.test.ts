import { describe, expect, it } from 'vitest'
import { parseMapping } from '#ingest/mapping.ts'
import { quarantineReport } from '#ingest/quarantine.ts'
import { runSource } from '#ingest/run.ts'
import type { Item, Source } from '#ingest/source.ts'
import { eventsCsv } from '#ingest/sources/events-csv.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { peopleCsv } from '#ingest/sources/people-csv.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps, testFolder } from './ingest-support.ts'

const folder = testFolder()
const setting = { clock: () => new Date('2026-09-01T08:00:00Z'), zone: 'Europe/Amsterdam', currency: 'EUR', country: 'NL' } // prettier-ignore

async function* once(text: string): AsyncGenerator<Buffer> {
  await Promise.resolve()
  yield Buffer.from(text)
}

async function rowsOf(source: Source, text: string, file = 'f.csv'): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of source.read({ file, bytes: once(text) }, setting)) items.push(item)
  return items.filter((item) => item.is !== 'header')
}

describe('people read by a mapping', () => {
  const people = (map: string) => peopleCsv(parseMapping(map, 'people'))

  it('are what one source says of each: names, addresses, birth, and what they agreed to', async () => {
    const [row] = await rowsOf(
      people('name=crm;id=1,full-name=2,email=3,phone=4,street=5,postcode=6,city=7,country=8,born=9:dd-MM-yyyy,updated=10,consent-email=11,consent-sms=12,consent-date=13'),
      'id,name,mail,tel,street,zip,town,land,born,changed,news,sms,since\n7,Anna de  Vries, Anna@Example.com ,06 12345678,Dam 1,1012 AB,Amsterdam,Netherlands,03-04-1990,2026-05-01,yes,no,2026-04-01\n',
    ) // prettier-ignore
    const at = new Date('2026-03-31T22:00:00Z')
    expect(row).toMatchObject({
      is: 'row', kind: 'person', externalId: 'crm:7',
      canon: [
        {
          is: 'profile', of: { kind: 'crm', value: '7' }, givenName: 'Anna', familyName: 'de Vries', email: 'anna@example.com',
          phone: '+31612345678', street: 'Dam 1', postcode: '1012 AB', city: 'Amsterdam', country: 'NL', born: '1990-04-03',
          updatedAt: new Date('2026-04-30T22:00:00Z'),
          links: [{ kind: 'email', value: 'anna@example.com' }, { kind: 'phone', value: '+31612345678' }],
        },
        { is: 'consent', channel: 'email', state: 'granted', by: { kind: 'email', value: 'anna@example.com' }, occurredAt: at },
        { is: 'consent', channel: 'sms', state: 'withdrawn', by: { kind: 'phone', value: '+31612345678' }, occurredAt: at },
      ],
    }) // prettier-ignore
  })

  it('are known by their address where they have no id, and wait where they have neither', async () => {
    const rows = await rowsOf(people('id=1,email=2'), 'id,mail\n,anna@example.com\n,\n')
    expect(rows).toMatchObject([
      { externalId: 'customer:anna@example.com', canon: [{ of: { kind: 'customer', value: 'anna@example.com' } }] },
      { externalId: { unnamedIn: 'customer' }, canon: [{ of: { value: '' } }] },
    ])
  })

  it.each([
    ['id=1,consent-email=2', /email is missing: consent-email is about an address/],
    ['id=1,email=2,consent-sms=3', /phone is missing/],
    ['full-name=1', /id is missing: name the column with the id of the person, their email or phone/],
    ['id=1,city=2:dd', /only a date has a format/],
    ['id=1,born=2:QQQ', /dates born is no date format/],
    ['id=1,amount=2', /knows no "amount"/],
  ])('need a mapping that fits: %s', (map, message) => {
    expect(() => people(map)).toThrow(message)
  })

  it('never guess what a consent or a birthday means', async () => {
    const map = 'id=1,email=2,consent-email=3,born=4'
    const rows = await rowsOf(people(map), 'i,e,c,b\n1,a@example.com,perhaps,\n2,b@example.com,,31/31/1990\n3,c@example.com,,\n') // prettier-ignore
    expect(rows).toMatchObject([
      { is: 'rejected', reason: '"consent-email" is no consent' },
      { is: 'rejected', reason: '"born" is no date' },
      { is: 'row', canon: [{ is: 'profile' }] },
    ])
  })
})

describe('events read by a mapping', () => {
  const events = (map: string) => eventsCsv(parseMapping(map, 'events'))

  it('are done by a device, a customer or an address, and tie them together', async () => {
    const map = 'name=app;id=id,date=at,event=what,customer=user,device=cookie,email=mail;properties=plan'
    const [row] = await rowsOf(events(map), 'id,at,what,user,cookie,mail,plan,note\n1,2026-05-01T10:00:00Z,Signed up,u1,d1,A@example.com,pro,secret\n') // prettier-ignore
    expect(row).toMatchObject({
      kind: 'event', externalId: 'app:1',
      canon: [{
        is: 'event', kind: 'signed_up', by: { kind: 'device', value: 'd1' }, occurredAt: new Date('2026-05-01T10:00:00Z'),
        links: [{ kind: 'app', value: 'u1' }, { kind: 'email', value: 'a@example.com' }],
      }],
    }) // prettier-ignore
    expect(row?.is === 'row' && row.canon[0]?.is === 'event' && row.canon[0].properties).toEqual({ plan: 'pro' })
  })

  it('are all of one kind where the mapping says so', async () => {
    const [row] = await rowsOf(events('date=1,email=2;kind=webinar;properties=all'), 'when,mail,seat\n2026-05-01,a@example.com,4\n') // prettier-ignore
    expect(row).toMatchObject({ externalId: { unnamedIn: 'customer' }, canon: [{ kind: 'webinar', properties: { seat: '4' } }] }) // prettier-ignore
    expect(() => events('date=1,email=2')).toThrow(/event is missing: .* say kind=signup/)
  })
})

describe('files of any kind', () => {
  const db = testDatabase()
  const people = peopleCsv(parseMapping('name=crm;id=Nummer,full-name=Naam,city=Plaats;delimiter=semicolon', 'people'))
  const names = () => db.query(sql`select given_name as given, family_name as family, city from ingest.profiles order by city`) // prettier-ignore
  const zoe = [{ given: 'Zoë', family: 'Čapek', city: 'Köln' }]
  const table = 'Nummer;Naam;Plaats\r\n1;Zoë Čapek;Köln\r\n'

  it.each([
    ['UTF-16 of a spreadsheet', Buffer.from(`\u{FEFF}${table}`, 'utf16le')],
    ['UTF-16, the other way round', Buffer.from(`\u{FEFF}${table}`, 'utf16le').swap16()],
    ['UTF-8 with a mark', Buffer.from(`\u{FEFF}${table}`)],
    ['a first line that names the separator', Buffer.from(`sep=;\r\n${table}`)],
  ])('may be in %s', async (_, bytes) => {
    const path = folder.write('people.csv', bytes)
    expect(await runSource(deps(db), people, { path })).toMatchObject({ accepted: 1, quarantined: 0 })
    expect(await names()).toEqual(zoe)
    expect(await runSource(deps(db), people, { path })).toMatchObject({ accepted: 0, unchanged: 1 })
  })

  it('may be in Latin-1, where the mapping says so', async () => {
    const latin = peopleCsv(parseMapping('id=1,full-name=2,city=3;delimiter=tab;encoding=iso-8859-1', 'people'))
    const path = folder.write('latin.tsv', Buffer.from('n\tname\tcity\n1\tZo\u{eb} Muller\tK\u{f6}ln\n', 'latin1'))
    expect(await runSource(deps(db), latin, { path })).toMatchObject({ accepted: 1 })
    expect(await names()).toEqual([{ given: 'Zoë', family: 'Muller', city: 'Köln' }])
  })

  it('may be JSON, whose columns are dotted paths', async () => {
    const map =
      'id=id,customer=buyer.id,email=buyer.mail,date=at,amount=total.value,currency=total.code,sku=items.0.sku'
    const order = { id: 7, buyer: { id: 'b1', mail: 'a@example.com' }, at: '2026-05-01', total: { value: 12.5, code: 'eur' }, items: [{ sku: 'X1' }] } // prettier-ignore
    const source = ordersCsv(parseMapping(map))
    const lines = folder.write('orders.jsonl', `${JSON.stringify(order)}\n{"id": 8, "buyer"\n\n${JSON.stringify({ ...order, id: 9, total: null })}\n`) // prettier-ignore
    expect(await runSource(deps(db), source, { path: lines })).toMatchObject({
      received: 3,
      accepted: 1,
      quarantined: 2,
    })
    expect((await quarantineReport(db)).rows.map(({ reason, place }) => [place.line, reason])).toEqual([
      [2, 'The row is no JSON object'],
      [4, '"amount" is missing'],
    ])
    const list = folder.write('orders.json', JSON.stringify([order, { ...order, id: 10 }]))
    expect(await runSource(deps(db), source, { path: list })).toMatchObject({ received: 2, accepted: 1, unchanged: 1 })
    expect(await db.query(sql`select o.external_id as id, o.gross_minor as gross, l.sku from ingest.orders o
      join ingest.order_lines l on l.order_id = o.id order by 1`)).toEqual([
      { id: 'customer:10', gross: 1250, sku: 'X1' },
      { id: 'customer:7', gross: 1250, sku: 'X1' },
    ]) // prettier-ignore
    await expect(runSource(deps(db), ordersCsv(parseMapping('customer=1,date=2,amount=3')), { path: lines })).rejects.toThrow(/JSON, whose fields have names and no numbers: name the one for customer/) // prettier-ignore
  })

  it('keep birth, consent and events in their tables', async () => {
    const all = peopleCsv(parseMapping('id=1,email=2,born=3,consent-email=4,updated=5', 'people'))
    await runSource(deps(db), all, {
      path: folder.write('p.csv', 'i,e,b,c,u\n1,a@example.com,1990-04-03,ja,2026-05-01\n'),
    })
    expect(await db.query(sql`select born, email from ingest.profiles`)).toEqual([{ born: '1990-04-03', email: 'a@example.com' }]) // prettier-ignore
    expect(await db.query(sql`select channel, state from ingest.consents`)).toEqual([{ channel: 'email', state: 'granted' }]) // prettier-ignore
    // What stood together did so when the record says, not when it was read.
    expect(await db.query(sql`select at from ingest.links`)).toEqual([{ at: new Date('2026-04-30T22:00:00Z') }])
    const visits = eventsCsv(parseMapping('date=1,email=2;kind=visit', 'events'))
    const path = folder.write('v.csv', 'd,e\n2026-05-01,a@example.com\n2026-05-01,a@example.com\n')
    await runSource(deps(db), visits, { path })
    await runSource(deps(db), visits, { path })
    expect(await db.query(sql`select kind, count(*) as n from ingest.events group by kind`)).toEqual([{ kind: 'visit', n: 2 }]) // prettier-ignore
  })
})

import { describe, expect, it } from 'vitest'
import { parseMapping } from '#ingest/mapping.ts'
import type { Item } from '#ingest/source.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { UsageError } from '#kernel/errors.ts'
import { testFolder } from './ingest-support.ts'

const folder = testFolder()

async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  await Promise.resolve()
  yield Buffer.from(text)
}

async function read(map: string, text: string): Promise<Item[]> {
  const setting = {
    clock: () => new Date('2026-09-01T08:00:00Z'),
    zone: 'Europe/Amsterdam',
    currency: 'EUR',
    country: 'NL',
  }
  const items: Item[] = []
  for await (const item of ordersCsv(parseMapping(map)).read({ file: 'f.csv', bytes: bytesOf(text) }, setting))
    items.push(item)
  return items.filter((item) => item.is !== 'header')
}

describe('a mapping', () => {
  it('is written in one line', () => {
    expect(parseMapping('customer=1,date=3:YYYYMMDD,quantity=4,amount=5;delimiter=blanks;header=no;currency=USD;zone=America/New_York')).toEqual({
      name: 'customer', columns: { customer: 1, date: 3, quantity: 4, amount: 5 }, date: 'yyyyMMdd', delimiter: 'blanks',
      header: false, encoding: 'utf-8', decimal: 'auto', currency: 'USD', zone: 'America/New_York',
    }) // prettier-ignore
  })

  it('quotes a column whose name holds commas, and takes a code for the whole file', () => {
    const mapping = parseMapping(
      'customer="Name, first",date="When: day":dd/MM/yyyy HH:mm; amount = Paid ; currency=GBP; country=GB',
    )
    expect(mapping).toMatchObject({
      columns: { customer: 'Name, first', date: 'When: day', amount: 'Paid' },
      date: 'dd/MM/yyyy HH:mm',
      currency: 'GBP',
      country: 'GB',
    })
    expect(parseMapping('customer=1,date=2,amount=3,currency=Currency').columns).toMatchObject({ currency: 'Currency' })
    expect(parseMapping('customer=1,date=2,amount=3,currency="EUR"').columns).toMatchObject({ currency: 'EUR' })
  })

  it('may stand in a JSON file', () => {
    const path = folder.write(
      'map.json',
      JSON.stringify({ name: 'till', columns: { customer: 'Card', date: 1, amount: 2 }, date: 'unix' }),
    )
    expect(parseMapping(path)).toMatchObject({
      name: 'till',
      columns: { customer: 'Card' },
      date: 'unix',
      header: true,
    })
  })

  it.each([
    ['customer=1,date=2', /amount is missing/],
    ['date=2,amount=3', /customer is missing/],
    ['customer=1,date=2:QQQ,amount=3', /date is no date format/],
    ['customer=1,date=2,amount=3;zone=Mars/Olympus', /zone is no IANA time zone/],
    ['customer=1,date=2,amount=3;encoding=klingon', /encoding is no encoding/],
    ['customer=1,date=2,amount=3;delimiter=dots', /delimiter/],
    ['customer=1,date=2,amount=3;name=email', /name is reserved/],
    ['customer=1,date=2,amount=3,colour=4', /knows no "colour"\. It knows id, customer/],
    ['customer=1,date=2,amount=3:x', /only a date has a format/],
    ['customer 1', /cannot be read from "customer 1"/],
    ['nowhere.json', /must be a JSON file/],
  ])('says what is wrong with %s', (text, message) => {
    expect(() => parseMapping(text)).toThrow(UsageError)
    expect(() => parseMapping(text)).toThrow(message)
  })
})

describe('orders read by a mapping', () => {
  it('are in the zone of the file and the minor units of their currency', async () => {
    const [row] = await read(
      'customer=1,date=2:dd/MM/yyyy HH:mm,amount=3,currency=4;zone=Asia/Tokyo',
      'c,d,a,k\nanna,05/01/2026 09:00,1200,jpy\n',
    )
    expect(row).toMatchObject({
      canon: [
        {
          is: 'order',
          by: { kind: 'customer', value: 'anna' },
          orderedAt: new Date('2026-01-05T00:00:00Z'),
          currency: 'JPY',
          grossMinor: 1200,
        },
      ],
    })
  })

  it('trust a named decimal mark where a number alone would be a guess', async () => {
    const gross = async (map: string) => {
      const [row] = await read(`customer=1,date=2,amount=3;delimiter=semicolon${map}`, 'c;d;a\nanna;2026-01-05;1.230\n')
      return row?.is === 'row' && row.canon[0]?.is === 'order' ? row.canon[0].grossMinor : row?.is
    }
    expect(await gross(';decimal=comma')).toBe(123000)
    expect(await gross(';decimal=point')).toBe(123)
  })

  it('say who the customer is, where there are columns for it', async () => {
    const [row] = await read(
      'date=1,amount=2,email=3,phone=4,full-name=5',
      'd,a,e,p,n\n2026-01-05,1.00, Anna.V@Gmail.com ,06 12345001,Anna de  Vries\n',
    )
    expect(row).toMatchObject({
      externalId: { unnamedIn: 'customer' },
      canon: [
        {
          is: 'profile',
          of: { kind: 'customer', value: 'annav@gmail.com' },
          givenName: 'Anna',
          familyName: 'de Vries',
          phone: '+31612345001',
          links: [
            { kind: 'email', value: 'annav@gmail.com' },
            { kind: 'phone', value: '+31612345001' },
          ],
        },
        { is: 'order', by: { kind: 'customer', value: 'annav@gmail.com' } },
      ],
    })
  })

  it('may be worth nothing', async () => {
    const [row] = await read('customer=1,date=2,amount=3', 'c,d,a\nanna,2026-01-05,0.00\n')
    expect(row).toMatchObject({ is: 'row', canon: [{ grossMinor: 0, status: 'paid' }] })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { xmlItems } from '#ingest/reading/xml-items.ts'
import { runSource } from '#ingest/run.ts'
import { productFeed } from '#ingest/sources/product-feed.ts'
import { testDatabase } from '../support/database.ts'
import { deps, testFolder } from './ingest-support.ts'

describe('a product feed', () => {
  const db = testDatabase()
  const folder = testFolder()
  const read = (name: string, content: string | Uint8Array) =>
    runSource(deps(db), productFeed(), { path: folder.write(name, content) })
  const products = () =>
    db.query(sql`select external_id as id, sku, title, description, type, tags, price_minor as price, currency, available, url
      from ingest.products order by external_id`)

  const tin = { id: 'TIN', sku: 'TIN', title: 'Airtight Tin', description: 'A tin & its lid', type: 'Tins', tags: ['Home', 'Alder'], price: 1250, currency: 'EUR', available: null, url: 'https://shop.example/tin?a=1&b=2' } // prettier-ignore

  it('is that of Google Merchant Center in RSS, with its prefixes, plain sections and shipping', async () => {
    const feed = `<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
      <item><g:id>TIN</g:id><title><![CDATA[Airtight Tin]]></title><description>&lt;p&gt;A tin &amp;amp; its lid&lt;/p&gt;</description>
        <link>https://shop.example/tin?a=1&amp;b=2</link><g:shipping><g:country>NL</g:country><g:price>4.95 EUR</g:price></g:shipping>
        <g:price>12.50 EUR</g:price><g:availability>in_stock</g:availability><g:product_type>Home &gt; Tins</g:product_type><g:brand>Alder</g:brand></item>
      <item><g:id>OLD</g:id><title>Old</title><g:price>9</g:price><g:sale_price>8.00</g:sale_price><g:availability>out of stock</g:availability></item>
      <item><g:id>BAD</g:id><title>Bad</title><g:price>cheap</g:price></item>
      <item><g:id>SOON</g:id><title>Soon</title><g:price>9 GBP</g:price><g:sale_price>1 GBP</g:sale_price><g:sale_price_effective_date>2026-01-01/2026-02-01</g:sale_price_effective_date></item>
      </channel></rss>`
    expect(await read('feed.xml', feed)).toMatchObject({ received: 4, accepted: 3, quarantined: 1, problems: [{ reason: '"price" is no price', example: { item: 3 } }] }) // prettier-ignore
    expect(await products()).toEqual([
      { ...tin, id: 'OLD', sku: 'OLD', title: 'Old', description: '', type: null, tags: [], price: 800, available: 0, url: null },
      { ...tin, id: 'SOON', sku: 'SOON', title: 'Soon', description: '', type: null, tags: [], price: 900, currency: 'GBP', url: null },
      tin,
    ].toSorted((a, b) => (a.id < b.id ? -1 : 1))) // prettier-ignore
    expect(await read('feed.xml', feed)).toMatchObject({ accepted: 0, unchanged: 3, quarantined: 1 })
  })

  it('is the same in Atom, as a table with tabs, and as JSON of several kinds', async () => {
    const atom = `<feed><entry><id>TIN</id><title>Airtight Tin</title><summary/><link href="https://shop.example/tin?a=1&amp;b=2"/><price>12.50</price><description>A tin &amp;amp; its lid</description><product_type>Home > Tins</product_type><brand>Alder</brand></entry></feed>`
    expect(await read('atom.xml', atom)).toMatchObject({ accepted: 1, quarantined: 0 })
    expect(await products()).toEqual([tin])
    const table = `id\ttitle\tdescription\tlink\tprice\tproduct type\tbrand\nTIN\tAirtight Tin\tA tin &amp; its lid\t${tin.url}\t12,50 EUR\tHome > Tins\tAlder\n`
    expect(await read('feed.tsv', table)).toMatchObject({ accepted: 1, quarantined: 0 })
    expect(await products()).toEqual([tin])
    const json = { id: 'TIN', sku: 'TIN', name: 'Airtight Tin', body_html: '<p>A tin &amp; its lid</p>', url: tin.url, price: '12.50', product_type: 'Tins', tags: 'Home, Alder' } // prettier-ignore
    for (const [name, content] of [
      ['list.json', JSON.stringify([json])],
      ['wrapped.json', JSON.stringify({ products: [json] })],
      [
        'lines.jsonl',
        JSON.stringify({ ...json, price: { amount: 12.5, currencyCode: 'EUR' }, tags: ['Home', 'Alder'] }),
      ],
    ] as const) {
      expect(await read(name, content), name).toMatchObject({ accepted: 1, quarantined: 0 })
      expect(await products(), name).toEqual([tin])
    }
  })

  it('gives each variant a row of its own', async () => {
    const variants = [{ id: 1, sku: 'A-250', title: '250 g', price: 13.2, available: true }, { id: 2, sku: 'A-1K', title: '1 kg', price: '47.00', available: false }] // prettier-ignore
    await read('variants.json', JSON.stringify({ products: [{ id: 9, title: 'Aricha', product_type: 'Coffee', variants }] })) // prettier-ignore
    expect(await products()).toMatchObject([
      { id: '1', sku: 'A-250', title: 'Aricha - 250 g', price: 1320, available: null },
      { id: '2', sku: 'A-1K', title: 'Aricha - 1 kg', price: 4700, available: 0 },
    ])
    await read('groups.tsv', 'id\ttitle\titem_group_id\tsize\tcolor\tprice\nT-R\tTin\tT\t1 l\tred\t5\nT-B\tTin blue\tT\t\tblue\t5\n') // prettier-ignore
    expect((await products()).slice(2)).toMatchObject([{ title: 'Tin blue' }, { title: 'Tin - 1 l / red' }])
  })

  it('sets aside what cannot be read, and refuses what is no feed', async () => {
    expect(await read('cut.xml', '<rss><item><g:id>A</g:id><title>A</title></item><item><g:id>B')).toMatchObject({ accepted: 1, quarantined: 1, problems: [{ reason: 'The item is not closed' }] }) // prettier-ignore
    expect(await read('json.json', '[{"title":"No id"},{"id":1},{"id":1,"title":"x","price":"cheap"},{"id":2,"title":"ok"}]')).toMatchObject({ accepted: 1, quarantined: 3 }) // prettier-ignore
    const latin = Buffer.from(
      '<?xml version="1.0" encoding="iso-8859-1"?><rss><item><id>C</id><title>Caf\xe9</title></item></rss>',
      'latin1',
    )
    expect(await read('latin.xml', latin)).toMatchObject({ accepted: 1 })
    expect(await products()).toEqual(expect.arrayContaining([expect.objectContaining({ title: 'Café' })]))
    await expect(read('none.xml', '<html><body>Not found</body></html>')).rejects.toThrow(/no <item> or <entry>/)
    await expect(read('none.tsv', 'a\tb\n1\t2\n')).rejects.toThrow(/no column "id", "title"/)
    const bomb = `<!DOCTYPE x [<!ENTITY a "${'ha'.repeat(10)}"><!ENTITY b "&a;&a;&a;">]><rss><item><id>D</id><title>&b;</title></item></rss>`
    await read('bomb.xml', bomb)
    expect(await products()).toEqual(expect.arrayContaining([expect.objectContaining({ title: '&b;' })]))
  })

  it('finds the same items however the bytes are cut', async () => {
    const xml = Buffer.from(
      '<rss><itemised/><item a="1"><id>1</id><title>é&amp;</title></item>\n<item><id>2</id></item></rss>',
    )
    const itemsIn = async (cuts: readonly number[]) => {
      const ends = [...cuts, xml.length].toSorted((a, b) => a - b)
      const parts = ends.map((end, index) => xml.subarray(ends[index - 1] ?? 0, end))
      const found = []
      for await (const one of xmlItems({ file: 'x', bytes: (async function* () { yield* await Promise.resolve(parts) })() }, 'product')) found.push(one) // prettier-ignore
      return found
    }
    const whole = await itemsIn([])
    expect(whole).toMatchObject([{ fields: { id: '1', title: 'é&' }, place: { item: 1 } }, { fields: { id: '2' } }])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(xml.length), { maxLength: 8 }), async (cuts) => {
        expect(await itemsIn(cuts)).toEqual(whole)
      }),
      { numRuns: 50 },
    )
  })
})

import { domainToASCII } from 'node:url'
import { DateTime } from 'luxon'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { channelOf } from '#ingest/cleanse/channel.ts'
import { countryCode, countryOfZone } from '#ingest/cleanse/country.ts'
import { canonicalEmail } from '#ingest/cleanse/email.ts'
import { readInstant } from '#ingest/cleanse/instant.ts'
import { canonicalPhone } from '#ingest/cleanse/phone.ts'
import { cleanText, splitName, textOfHtml } from '#ingest/cleanse/text.ts'
import { csvRows } from '#ingest/reading/csv-rows.ts'
import { jsonItems } from '#ingest/reading/json-items.ts'

describe('cleansing', () => {
  it.each([
    [' Anna@Example.ORG ', 'anna@example.org'],
    ['a.nna+shop@gmail.com', 'anna@gmail.com'],
    ['anna@googlemail.com', 'anna@gmail.com'],
    ['a.nna+shop@example.org', 'a.nna+shop@example.org'],
    ['mailto:anna@example.org', 'anna@example.org'],
    ['Anna@BÜCHER.example', 'anna@bücher.example'],
    ['anna@xn--bcher-kva.example', 'anna@bücher.example'],
    ['Anna@shop.XN--P1AI', 'anna@shop.рф'],
    ['a.nna@gmail。com', 'anna@gmail.com'],
    ['anna@bücher.example。', undefined],
    ['anna@\u200b.example', undefined],
    ['anna@bücher.xn--foo', undefined],
    ['anna@bücher.example/path.nl', undefined],
    ['anna@bü%2ecker.example', undefined],
    ['anna', undefined],
    ['anna@localhost', undefined],
    ['a b@example.org', undefined],
    ['', undefined],
    [null, undefined],
  ])('writes the e-mail address %s as %s', (typed, canonical) => {
    expect(canonicalEmail(typed)).toBe(canonical)
  })

  it('writes an address of a domain in any script as it writes the same one in ASCII', () => {
    const letters = 'ä ö ß É ñ ç ø ł ğ а б в г д Ж 日 本 語 한 글 α β ς a b X Y 1 2'.split(' ')
    const label = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(label, (name) => {
        const once = canonicalEmail(`anna@${name}.example`)
        expect(once).toBeDefined()
        expect(canonicalEmail(`anna@${domainToASCII(`${name}.example`)}`)).toBe(once)
        expect(canonicalEmail(once)).toBe(once)
      }),
    )
  })

  it.each([
    ['06-12345001', 'NL', '+31612345001'],
    ['0031 6 12345001', 'NL', '+31612345001'],
    ['+31 (0)6 12345001', 'GB', '+31612345001'],
    ["'+447400123456", 'NL', '+447400123456'],
    ['07400 123456', 'GB', '+447400123456'],
    ['(+31) 612345001', 'NL', '+31612345001'],
    ['Tel.: 06 12345001,', 'NL', '+31612345001'],
    ['\u202A+31612345001\u202C', 'NL', '+31612345001'],
    ['="0612345001"', 'NL', '+31612345001'],
    ['06 12345001 (mobile)', 'NL', undefined],
    // Long enough, and given to nobody: a range that films use, and a row of nines.
    ['07700 900123', 'GB', undefined],
    ['06-9999999999', 'NL', undefined],
    ['call me', 'NL', undefined],
    ['12', 'NL', undefined],
    ['06-12345001', undefined, undefined],
  ])('writes the phone number %s in %s as %s', (typed, country, canonical) => {
    expect(canonicalPhone(typed, country)).toBe(canonical)
  })

  it('knows countries by name in several languages, and by zone', () => {
    expect(['Netherlands', 'Nederland', 'nl', 'The Netherlands', 'Deutschland', 'UK', 'Atlantis'].map(countryCode)).toEqual(['NL', 'NL', 'NL', 'NL', 'DE', 'GB', undefined]) // prettier-ignore
    expect(['Europe/Amsterdam', 'America/New_York', 'Asia/Tokyo', 'UTC'].map(countryOfZone)).toEqual(['NL', 'US', 'JP', undefined]) // prettier-ignore
  })

  it('tidies names and unwraps HTML', () => {
    expect(cleanText(' Zoe\u0308\u200B \t B. ')).toBe('Zoë B.')
    expect(splitName('Anna  de Vries')).toEqual({ givenName: 'Anna', familyName: 'de Vries' })
    expect(
      textOfHtml('<p>Two hours on grind &amp; water.</p><p>Bring a&nbsp;cup<br>or two&#33;</p><script>x</script>'),
    ).toBe('Two hours on grind & water.\nBring a cup\nor two!')
  })

  it('reads moments in UTC as luxon does, those that a month or a day does not have among them', () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'))
    const text = fc.tuple(fc.constantFrom('1999', '2024', '2026'), two(13), two(32), two(25), two(61), two(61)).map(([year, month, day, hour, minute, second]) => `${year}-${month}-${day}T${hour}:${minute}:${second}Z`) // prettier-ignore
    const byLuxon = (one: string) => DateTime.fromISO(one, { zone: 'UTC' }).toJSDate()
    fc.assert(
      fc.property(text, (one) => {
        const found = byLuxon(one)
        expect(readInstant(one, ['iso'], 'UTC')).toEqual(Number.isNaN(found.getTime()) ? null : found)
      }),
      { numRuns: 500 },
    )
  })

  it('reads wall-clock times in the zone and refuses days that are none', () => {
    expect(readInstant('2026-07-01 12:00', ['yyyy-MM-dd HH:mm'], 'Europe/Amsterdam')).toEqual(
      new Date('2026-07-01T10:00:00Z'),
    )
    expect(readInstant('2026-01-01 12:00:00 +0900', ['yyyy-MM-dd HH:mm:ss ZZZ'], 'UTC')).toEqual(
      new Date('2026-01-01T03:00:00Z'),
    )
    expect(readInstant('2026-02-30', ['iso'], 'UTC')).toBeNull()
    expect(readInstant('31/02/2026 25:61', ['iso'], 'UTC')).toBeNull()
  })

  it.each([
    [{ clickIds: ['gclid'], referrer: 'https://www.google.com/' }, 'google-ads'],
    [{ utmSource: 'google', utmMedium: 'cpc' }, 'google-ads'],
    [{ utmSource: 'meta', utmMedium: 'paid_social', clickIds: ['fbclid'] }, 'meta-ads'],
    [{ utmSource: 'instagram', utmMedium: 'cpc' }, 'meta-ads'],
    [{ clickIds: ['fbclid'], referrer: 'https://l.facebook.com/' }, 'social'],
    [{ utmSource: 'bing', utmMedium: 'cpc' }, 'other'],
    [{ utmSource: 'newsletter', utmMedium: 'email' }, 'email'],
    [{ utmSource: 'friend', utmMedium: 'referral' }, 'referral'],
    [{ utmSource: 'poster' }, 'other'],
    [{ referrer: 'https://www.bing.com/' }, 'organic'],
    [{ referrer: 'https://t.co/x' }, 'social'],
    [{ referrer: 'https://mail.google.com/' }, 'email'],
    [{ referrer: 'https://filterfans.example/best' }, 'referral'],
    [{ referrer: 'https://shop.example/cart', ownHost: 'shop.example' }, undefined],
    [{ referrer: 'https://www.shop.example/cart', ownHost: 'shop.example' }, undefined],
    [{ referrer: '' }, 'direct'],
    [{}, 'direct'],
  ] as const)('sees where a visit came from: %o is %s', (touch, channel) => {
    expect(channelOf(touch)).toBe(channel)
  })
})

/** The bytes in pieces of a few bytes each, as a slow stream gives them. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  await Promise.resolve()
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('reading', () => {
  it('gives back any CSV table that was written, however it arrives, with the exact bytes of each row', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '😀', ';'), maxLength: 6 })
    // A row of nothing but blanks is an empty line, which is no row.
    const row = fc.array(cell, { minLength: 2, maxLength: 4 }).map((cells) => ['x', ...cells])
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 8 }), fc.integer({ min: 1, max: 9 }), async (table, size) => {
        const bytes = Buffer.from(stringify(table))
        const read: string[][] = []
        for await (const found of csvRows(inPieces(bytes, size), { delimiter: ',' })) {
          expect(found.is).toBe('cells')
          if (found.is !== 'cells') continue
          read.push(found.cells)
          expect(bytes.subarray(found.offset, found.offset + found.length).equals(found.raw)).toBe(true)
        }
        expect(read).toEqual(table)
      }),
      { numRuns: 200 },
    )
  })

  it('finds the entries of any JSON list, however it is written and arrives, with their exact bytes', async () => {
    const object = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
    const shape = fc.constantFrom('list', 'array', 'lines')
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { maxLength: 5 }),
        shape,
        fc.integer({ min: 1, max: 11 }),
        fc.boolean(),
        async (list, how, size, wide) => {
          const space = wide ? 2 : 0
          const whole = {
            list: { object: 'list', url: '/v1/"data":[', data: list, has_more: false },
            array: list,
            lines: null,
          }[how]
          // An object with a list called data would be a list itself.
          fc.pre(how !== 'lines' || !list.some((one) => Array.isArray(one['data'])))
          const text =
            how === 'lines' ? list.map((one) => JSON.stringify(one)).join('\n') : JSON.stringify(whole, null, space)
          const bytes = Buffer.from(text)
          const read: unknown[] = []
          for await (const found of jsonItems(inPieces(bytes, size))) {
            expect(found.bytes?.toString()).toBe(bytes.subarray(found.offset, found.offset + found.length).toString())
            expect(found).toMatchObject({ item: read.length + 1, whole: true })
            read.push(JSON.parse(found.bytes!.toString()))
          }
          expect(read).toEqual(JSON.parse(JSON.stringify(list)))
        },
      ),
      { numRuns: 200 },
    )
  })
})

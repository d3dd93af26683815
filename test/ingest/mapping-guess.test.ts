import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guessMapping } from '#ingest/mapping-guess.ts'
import { parseMapping, type MappingKind } from '#ingest/mapping.ts'
import { sampleOf } from '#ingest/reading/sample.ts'
import { testFolder } from './ingest-support.ts'

const folder = testFolder()

async function guess(kind: MappingKind, name: string, content: string | Uint8Array) {
  return guessMapping(await sampleOf(folder.write(name, content), 'Europe/Amsterdam'), kind)
}

const lines = (header: string, row: (n: number) => string): string => [header, ...Array.from({ length: 30 }, (_, n) => row(n))].join('\n') // prettier-ignore
const names = ['Anna', 'Ben', 'Carla', 'David', 'Emma', 'Frank', 'Julia']
const surnames = ['Jansen', 'de Vries', 'Bakker', 'Visser', 'Smit']
const surnameOf = (n: number): string => surnames[n % surnames.length]!
const nameOf = (n: number): string => names[n % names.length]!

describe('a guessed mapping', () => {
  it('names the columns of a file of people, its separator and how its dates are written', async () => {
    const text = lines('Klantnummer;Voornaam;Achternaam;E-mailadres;Telefoon;Geboortedatum;Plaats;Nieuwsbrief', (n) =>
      `${1000 + n};${nameOf(n)};${surnameOf(n)};p${n}@example.com;06123456${10 + n};${1 + n}-07-19${60 + n};Delft;${n % 2 ? 'ja' : 'nee'}`,
    ) // prettier-ignore
    const { guesses, missing, mapping } = await guess('people', 'people.csv', text)
    expect(missing).toEqual([])
    expect(Object.fromEntries(guesses.map(({ what, column }) => [what, column]))).toMatchObject({
      id: 'Klantnummer', 'given-name': 'Voornaam', 'family-name': 'Achternaam', email: 'E-mailadres', phone: 'Telefoon',
      born: 'Geboortedatum', city: 'Plaats', 'consent-email': 'Nieuwsbrief',
    }) // prettier-ignore
    expect(parseMapping(mapping, 'people')).toMatchObject({ delimiter: 'semicolon', dates: { born: 'd-M-yyyy' } })
    for (const { confidence } of guesses) expect(confidence).toBeGreaterThan(0.3)
  })

  it('takes a customer who is an e-mail address for one, so that orders reach the people known by it', async () => {
    const text = lines('order,customer,date,amount', (n) => `${n},p${n}@example.com,2026-03-0${1 + (n % 9)},${n}.50`)
    const { guesses } = await guess('orders', 'by-mail.csv', text)
    expect(guesses.map(({ what, column }) => [what, column])).toContainEqual(['email', 'customer'])
  })

  it('names the columns of a file of orders, and leaves out what it cannot tell', async () => {
    const text = lines('Order No,Customer ID,Order Date,Total,Currency,Colour', (n) => `A${n},c${n},0${1 + (n % 9)}/28/2026 14:30,${n}.50,EUR,blue`) // prettier-ignore
    const { left, mapping, missing } = await guess('orders', 'orders.csv', text)
    expect(missing).toEqual([])
    expect(left).toEqual(['Colour'])
    expect(parseMapping(mapping)).toMatchObject({
      columns: { id: 'Order No', customer: 'Customer ID', date: 'Order Date', amount: 'Total', currency: 'Currency' },
      date: 'M/d/yyyy HH:mm',
    })
  })

  it('takes the paths of JSON lines, and says what is missing', async () => {
    const text = lines('', (n) => JSON.stringify({ event: 'play', at: `2026-05-01T10:00:${10 + n}Z`, user: { email: `p${n}@example.com` } })) // prettier-ignore
    const found = await guess('events', 'events.jsonl', text.trim())
    expect(parseMapping(found.mapping, 'events').columns).toEqual({ date: 'at', event: 'event', email: 'user.email' })
    expect((await guess('orders', 'events.jsonl', text.trim())).missing).toEqual(['amount'])
  })

  it('knows a file without a header, and one in Windows-1252', async () => {
    const plain = await guess('people', 'plain.csv', 'p0@example.com,Anna\np1@example.com,Ben\n')
    expect(parseMapping(plain.mapping, 'people')).toMatchObject({ header: false, columns: { email: 1 } })
    const latin = await guess('people', 'latin.csv', Buffer.from('email\tnaam\np@example.com\tZo\u{eb}\n', 'latin1'))
    expect(parseMapping(latin.mapping, 'people')).toMatchObject({ encoding: 'windows-1252', delimiter: 'tab' })
  })

  it('can always be read back as a mapping, whatever the columns are called', async () => {
    const name = fc.stringMatching(/^[\w ",;:=€-]{1,12}$/).map((text) => text.trim() || 'x')
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), async (others) => {
        const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
        const header = ['id', 'e-mail', 'phone', ...others].map(quoted).join(',')
        const row = (n: number): string => [`${n}`, `p${n}@example.com`, '0612345678', ...others.map(() => 'Anna')].map(quoted).join(',') // prettier-ignore
        const { mapping, missing } = await guess('people', 'any.csv', `${header}\n${row(1)}\n${row(2)}\n`)
        expect(missing).toEqual([])
        const read = parseMapping(mapping, 'people')
        const columns = ['id', 'e-mail', 'phone', ...others]
        for (const where of Object.values(read.columns)) expect([...columns, ...columns.keys(), columns.length]).toContain(where) // prettier-ignore
      }),
      { numRuns: 60 },
    )
  })
})

import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { header, identityTool, isTruth, people, table } from './identity-tool.ts'

const { path, write, resolve } = identityTool()
const rows = [header, ...people]
const plain = table(rows)
/** Letters that UTF-8 writes in two bytes. */
const accented = plain.replaceAll('Carla', 'Zoë').replaceAll('Becker', 'Bécker').replaceAll('Anna', 'Änne')

describe('millrace identity resolve reads files as they come', () => {
  it.each<[string, string, string | Uint8Array]>([
    ['commas', 'people.csv', plain],
    ['semicolons', 'semicolons.csv', table(rows, ';')],
    ['tabs', 'tabs.tsv', table(rows, '\t')],
    ['bars', 'bars.txt', table(rows, '|')],
    ['the mark of UTF-8', 'marked.csv', `\uFEFF${plain}`],
    ['line ends of Windows', 'windows.csv', table(rows, ',', '\r\n')],
    ['line ends of two kinds', 'mixed.csv', plain.replaceAll(/\n(?=r\da)/g, '\r\n')],
    ['no line end at the end', 'unended.csv', plain.trimEnd()],
    ['blank lines between', 'blanks.csv', table(rows, ',', '\n\n')],
    ['blanks after commas', 'spaced.csv', table(rows, ', ')],
    ['every cell in quotes', 'quoted.csv', table(rows.map((row) => row.map((cell) => `"${cell}"`)))],
    ['accents in UTF-8', 'accents.csv', accented],
    ['UTF-16 with its mark', 'utf16.csv', Buffer.from(`\uFEFF${accented}`, 'utf16le')],
    ['UTF-16 the other way round', 'utf16be.csv', Buffer.from(`\uFEFF${accented}`, 'utf16le').swap16()],
  ])('with %s', async (_, name, content) => {
    write(name, content)
    const { clusters, said, json } = await resolve(name)
    expect(said).toEqual([])
    expect(json).toMatchObject({ records: 90, clusters: 60 })
    expect(isTruth(clusters)).toBe(true)
  })

  it('in Latin-1, and says what it took them for', async () => {
    write('latin1.csv', Buffer.from(accented, 'latin1'))
    const { clusters, said } = await resolve('latin1.csv')
    expect(said).toEqual([expect.stringMatching(/^latin1\.csv is not in UTF-8 and was read as Windows-1252/)])
    expect(isTruth(clusters)).toBe(true)
  })

  it('knows letters of Latin-1 for what they are', async () => {
    write('latin1.csv', Buffer.from(accented, 'latin1'))
    const { words } = await resolve(['latin1.csv', 'r0b'], { explain: 'r0a' })
    expect(words.join('\n')).toContain('anne | anne')
  })

  it('without a header', async () => {
    write('headless.csv', table(people))
    const { clusters, json } = await resolve('headless.csv')
    expect(isTruth(clusters)).toBe(true)
    expect(json.columns.map(({ field }) => field)).toEqual(['record-id', 'given', 'family', 'dob', 'email', 'phone'])
  })

  it('without a header and without a number or an address in the first row', async () => {
    write('names.csv', table(people.map(([, given, family]) => [given!, family!, 'Berlin'])))
    expect((await resolve('names.csv')).json.records).toBe(90)
  })

  it('with a title above the header, and says what it left out', async () => {
    write('titled.csv', `Customers of 2026\n\n${plain}`)
    const { clusters, said } = await resolve('titled.csv')
    expect(said).toEqual(['The first 2 lines of titled.csv are no table: left out'])
    expect(isTruth(clusters)).toBe(true)
  })

  it('with delimiters, quotes and line breaks inside of quotes', async () => {
    const address = (n: number): string => `"Long Street ${n}, ""The ${n}th House""\nFlat; ${n % 9}"`
    write('addresses.csv', table([[...header, '"street, flat"'], ...people.map((row, n) => [...row, address(n)])]))
    const { clusters, json } = await resolve('addresses.csv')
    expect(json.columns.at(-1)).toMatchObject({ column: 'street, flat' })
    expect(isTruth(clusters)).toBe(true)
  })

  it('with line breaks inside of quotes beyond what is read at once', async () => {
    const note = 'x'.repeat(2000)
    const many = Array.from({ length: 20_000 }, (_, n) => [
      `n${n}`,
      `anna${n % 19_000}@mail.example`,
      `"${note}\n${n}"`,
    ])
    write('large.csv', table([['id', 'email', 'note'], ...many]))
    const map = write('large.json', JSON.stringify({ id: 'record-id', email: 'email' }))
    expect((await resolve('large.csv', { map })).json.records).toBe(20_000)
  })

  it('with rows too long and too short: no record is lost, none moved', async () => {
    const ragged = people.map((row, n) => (n === 2 ? [...row, 'more', 'cells'] : n === 5 ? row.slice(0, 3) : row))
    write('ragged.csv', table([header, ...ragged]))
    const { clusters } = await resolve('ragged.csv')
    expect([...clusters.keys()]).toEqual(people.map(([id]) => id))
  })

  it('with a quote that nobody closed: says where it looks wrong', async () => {
    write('unclosed.csv', plain.replace('r20a,Vera', 'r20a,"Vera'))
    const { said } = await resolve('unclosed.csv')
    expect(said.join('\n')).toMatch(/A cell of record \d+ holds \d+ lines. Is a quote before it not closed\?/)
  })

  it('with names of columns that come twice, are empty or are its own words', async () => {
    const names = ['id', 'given_first', 'last', 'dob_year', 'Last', '', 'file:', 'rid']
    write('odd.csv', table([names, ...people.map(([id, given, family, born, mail, phone]) => [id!, given!, family!, born!, mail!, phone!, 'x', given!])])) // prettier-ignore
    const map = { id: 'record-id', given_first: 'fuzzy', last: 'family', dob_year: 'dob', Last_1: 'email', column5: 'phone', rid: 'given' } // prettier-ignore
    const { clusters } = await resolve('odd.csv', { map: write('odd.json', JSON.stringify(map)) })
    expect(isTruth(clusters)).toBe(true)
  })

  it('as Parquet, whatever it is called', async () => {
    write('people.csv', plain)
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    for (const name of ['people.parquet', 'export.data'])
      await connection.run(`copy (select * from read_csv('${path}/people.csv')) to '${path}/${name}' (format parquet)`)
    connection.closeSync()
    for (const name of ['people.parquet', 'export.data']) {
      const { clusters, said } = await resolve(name)
      expect(said).toEqual([])
      expect(isTruth(clusters)).toBe(true)
    }
  })

  it('with one record', async () => {
    write('one.csv', table([header, people[0]!]))
    const { words, json } = await resolve('one.csv')
    expect(json).toMatchObject({ records: 1, clusters: 1, bands: { merge: 0, review: 0, alone: 1 } })
    expect(words[0]).toBe('1 records are 1 people: 0 joined surely, 0 to look at, 1 alone')
  })

  it.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /is empty: export it again/],
    ['blanks', ' \n\n', /is empty: there are only blanks/],
    ['a header only', table([header]), /has no records/],
    ['bytes', Buffer.from([1, 0, 2, 0, 255, 254, 0, 3]), /holds zero bytes, so it is no text/],
    ['a spreadsheet', Buffer.from('PK\u0003\u0004rest'), /is a spreadsheet or an archive.*save it as CSV/],
    ['something compressed', Buffer.from([0x1f, 0x8b, 8, 0, 1]), /is compressed: unpack it first/],
    ['a broken Parquet', 'PAR1 and no more', /cannot be read as a table/],
    ['nothing of a person', 'sku,price\n1,2.50\n2,3.50\n3,2.50\n', /No column says anything of a person: sku, price/],
  ])('refuses a file of %s, and writes nothing', async (what, content, says) => {
    const name = `${what.replaceAll(' ', '-')}.csv`
    write(name, content)
    await expect(resolve(name, { out: `${name}.out` })).rejects.toThrow(says)
    await expect(resolve(`${name}.out`)).rejects.toThrow('There is no file')
  })

  it('keeps what stands in a file out of its complaints', async () => {
    write('wide.csv', `id,first_name\n1,Anna\n2,"${'Secret'.repeat(500_000)}"\n`)
    const fault: unknown = await resolve('wide.csv').catch((one: unknown) => one)
    expect(String(fault)).toMatch(/wide\.csv cannot be read as a table\. Look at line \d+/)
    expect(String(fault)).not.toContain('Secret')
  })
})

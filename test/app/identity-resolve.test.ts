import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { columnMapSchema } from '#ingest/linkage/map.ts'
import { linkageModel } from '#ingest/linkage/model.ts'
import { root } from '#test/support/source-files.ts'
import { header, identityTool, isTruth, people, table } from './identity-tool.ts'

const { path, write, read, resolve } = identityTool()
write('people.csv', table([header, ...people]))
const column = (name: (typeof header)[number]): number => header.indexOf(name)
const withRows = (
  change: (row: readonly string[], n: number) => readonly string[],
  names: readonly string[] = header,
) => table([names, ...people.map(change)])

describe('millrace identity resolve', () => {
  it('writes one row for each record, in the order of the file', async () => {
    await resolve('people.csv')
    const lines = read('clusters.csv').trimEnd().split('\n')
    expect(lines[0]).toBe('record_id,cluster_id,probability_band')
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(people.map(([id]) => id))
    expect(lines.slice(1, 4)).toEqual(['r0a,1,merge', 'r0b,1,merge', 'r1a,2,alone'])
    expect(new Set(lines.slice(1).map((line) => line.split(',')[2]))).toEqual(new Set(['merge', 'alone']))
  })

  it('gives the same bytes for the same file', async () => {
    await resolve('people.csv', { out: 'once.csv', 'save-model': 'once.json' })
    await resolve('people.csv', { out: 'again.csv', 'save-model': 'again.json' })
    expect(read('again.csv')).toBe(read('once.csv'))
    expect(read('again.json')).toBe(read('once.json'))
  })

  it.each([
    ['German', ['Kundennr', 'Vorname', 'Nachname', 'Geburtsdatum', 'E-Mail-Adresse', 'Telefonnummer']],
    ['French', ['identifiant', 'prénom', 'nom de famille', 'date de naissance', 'courriel', 'téléphone']],
    ['Spanish', ['clave', 'nombre', 'apellido', 'fecha_nacimiento', 'correo', 'teléfono']],
    ['Dutch', ['recordnr', 'voornaam', 'achternaam', 'geboortedatum', 'mailadres', 'telefoon']],
    ['Polish', ['lp', 'imię', 'nazwisko', 'data urodzenia', 'e-mail', 'telefon']],
    ['no language', ['x1', 'Q_7', 'FLD_B', 'c', 'zz', '_9']],
  ])('understands columns named in %s', async (_, names) => {
    write(
      'foreign.csv',
      withRows((row) => row, names),
    )
    const { clusters, json } = await resolve('foreign.csv')
    expect(isTruth(clusters)).toBe(true)
    expect(json.columns.map(({ field }) => field)).toEqual(['record-id', 'given', 'family', 'dob', 'email', 'phone'])
  })

  it.each(['cluster', 'label', 'true_label'])('never uses a column named %s: mixing it up changes nothing', async (name) => {
    const told = (person: (n: number) => number) => withRows((row, n) => [...row, String(person(n))], [...header, name])
    write('told.csv', told((n) => Number(people[n]![0]!.slice(1, -1))))
    write('mixed.csv', told((n) => (n * 37) % 60))
    const { json } = await resolve('told.csv', { out: 'told-clusters.csv' })
    await resolve('mixed.csv', { out: 'mixed-clusters.csv' })
    expect(json.columns.at(-1)).toMatchObject({ column: name, field: 'truth' })
    expect(read('mixed-clusters.csv')).toBe(read('told-clusters.csv'))
  }) // prettier-ignore

  it('goes by row numbers where ids come twice, and says so', async () => {
    write(
      'twice.csv',
      withRows((row, n) => [n === 9 ? 'r0a' : row[0]!, ...row.slice(1)]),
    )
    const { clusters, said, json } = await resolve('twice.csv')
    expect([...clusters.keys()]).toEqual(people.map((__, n) => String(n + 1)))
    expect(said.join('\n')).toMatch(/records go by the number of their row/)
    expect(json.clusters).toBe(60)
  })
})

describe('a map of columns', () => {
  const map = (name: string, content: unknown) => write(name, JSON.stringify(content))

  it('says what columns are, and leaves out those it does not name', async () => {
    map('map.json', { id: 'record-id', first_name: 'given', last_name: 'family', birth_date: { field: 'dob', format: 'yyyy-MM-dd' } }) // prettier-ignore
    const { clusters, json, words } = await resolve('people.csv', { map: 'map.json' })
    expect(json.columns.map((one) => one.column)).toEqual(['id', 'first_name', 'last_name', 'birth_date'])
    expect(words[1]).toBe('compared: given (first_name), family (last_name), dob (birth_date)')
    expect(isTruth(clusters)).toBe(true)
  })

  it('reads dates as it is told to, day or month first', async () => {
    const turned = (row: readonly string[]) => row.with(3, row[3]!.split('-').toReversed().join('/'))
    write('dated.csv', withRows(turned))
    map('dated.json', { id: 'record-id', first_name: 'given', birth_date: { field: 'dob', format: 'd/M/yyyy' } })
    const { words } = await resolve(['dated.csv', 'r22b'], { map: 'dated.json', explain: 'r22a' })
    const [year, month, day] = people.find(([id]) => id === 'r22a')![3]!.split('-')
    expect(words.join('\n')).toContain(`${year}${month}${day} | ${year}${month}${day}`)
  })

  it.each<[string, unknown, RegExp]>([
    ['a column that is not there', { vorname: 'given' }, /names a column "vorname" that is not there\. Its columns: id, first_name/], // prettier-ignore
    ['a word that is none', { first_name: 'christian' }, /first_name: say one of record-id, given/],
    ['a key that is none', { birth_date: { field: 'dob', fmt: 'd' } }, /birth_date: Unrecognized key: "fmt"/],
    ['a list', ['given'], /bad\.json is no map: Invalid input: expected record, received array/],
    ['nothing', {}, /No column says anything of a person/],
    ['one meaning for two columns', { first_name: 'given', last_name: 'given' }, /takes "first_name" and "last_name" for given/], // prettier-ignore
    ['an id that comes twice', { birth_date: 'dob', last_name: 'record-id' }, /"last_name" is missing or the same in several records, so it cannot be the record id/], // prettier-ignore
  ])('is refused for %s, and nothing is written', async (_, content, says) => {
    map('bad.json', content)
    await expect(resolve('people.csv', { map: 'bad.json', out: 'never.csv' })).rejects.toThrow(says)
    expect(existsSync(join(path, 'never.csv'))).toBe(false)
    expect(existsSync(join(path, 'never.csv.part'))).toBe(false)
  })

  it('is refused where it is no JSON', async () => {
    write('text.json', 'first_name = given')
    await expect(resolve('people.csv', { map: 'text.json' })).rejects.toThrow('text.json is no JSON')
  })

  it('is described by the schema in docs', () => {
    const schema: unknown = JSON.parse(readFileSync(join(root, 'docs/identity-map.schema.json'), 'utf8'))
    expect(schema).toEqual(columnMapSchema())
  })
})

describe('a saved model', () => {
  it('gives the clusters that its training gave', async () => {
    await resolve('people.csv', { out: 'trained.csv', 'save-model': 'model.json' })
    await resolve('people.csv', { out: 'reused.csv', model: 'model.json' })
    expect(read('reused.csv')).toBe(read('trained.csv'))
  })

  it('holds no name that fewer than five people share, and no address and no number at all', async () => {
    const common = (row: readonly string[]) => row.with(column('first_name'), 'Maria')
    const office = (row: readonly string[]) => row.with(column('email'), 'info@office.example').with(column('phone'), '0201234567') // prettier-ignore
    write(
      'shared.csv',
      withRows((row, n) => (n % 9 === 1 ? office(common(row)) : row)),
    )
    await resolve('shared.csv', { 'save-model': 'shared.json' })
    const { terms } = linkageModel.parse(JSON.parse(read('shared.json')))
    expect(terms.flatMap(({ counts }) => Object.values(counts)).every((count) => count >= 5)).toBe(true)
    expect(terms.flatMap(({ counts }) => Object.keys(counts))).toEqual(['maria'])
    for (const [, first, last, , mail, phone] of [...people, office(people[0]!)])
      for (const text of [first!, last!, mail!, phone!.slice(-9)]) expect(read('shared.json').toLowerCase()).not.toContain(`"${text.toLowerCase()}"`) // prettier-ignore
    expect(read('shared.json')).not.toContain('@')
  })

  it('serves another file, and says what that file lacks', async () => {
    await resolve('people.csv', { 'save-model': 'model.json' })
    write('fewer.csv', table([['nr', 'vorname', 'nachname', 'geboren'], ...people.map((row) => row.slice(0, 4))]))
    const { clusters, said } = await resolve('fewer.csv', { model: 'model.json' })
    expect(said).toEqual(['email', 'phone'].map((name) => `The model compares "${name}", which this file does not have`)) // prettier-ignore
    expect(isTruth(clusters)).toBe(true)
  })

  it('is not made of too little, and not taken from what is none', async () => {
    write('one.csv', table([header, people[0]!]))
    expect((await resolve('one.csv', { 'save-model': 'one.json' })).said).toContain('There was too little to learn from: no model is saved') // prettier-ignore
    expect(existsSync(join(path, 'one.json'))).toBe(false)
    write('none.json', '{"version": 2}')
    await expect(resolve('people.csv', { model: 'none.json' })).rejects.toThrow('none.json is no model: version: Invalid input') // prettier-ignore
  })
})

describe('two files', () => {
  const first = people.filter(([id]) => id!.endsWith('a'))
  const second = people.filter(([id]) => id!.endsWith('b')).map(([id, ...rest]) => [id!.replace('b', 'a'), ...rest])
  write('shop.csv', table([header, ...first]))
  const pairs = (clusters: ReadonlyMap<string, string>, other: string): boolean =>
    second.every(([id]) => clusters.get(`shop.csv:${id}`) === clusters.get(`${other}:${id}`))

  it('are linked by ids that name their file', async () => {
    write('desk.csv', table([header, ...second], ';'))
    const { clusters, said, json } = await resolve(['shop.csv', 'desk.csv'])
    expect({ said, clusters: json.clusters }).toEqual({ said: [], clusters: 60 })
    expect([...clusters.keys()].slice(59, 61)).toEqual(['shop.csv:r59a', 'desk.csv:r0a'])
    expect(pairs(clusters, 'desk.csv')).toBe(true)
  })

  it('are linked where they name their columns each in its own way', async () => {
    const names = ['nummer', 'vorname', 'nachname', 'geburtsdatum', 'mail', 'telefon']
    write('kartei.csv', table([names, ...second]))
    const { clusters, said, json } = await resolve(['shop.csv', 'kartei.csv'])
    expect(said).toContain('"vorname" of kartei.csv is compared with "first_name" of shop.csv')
    expect(json.clusters).toBe(60)
    expect(pairs(clusters, 'kartei.csv')).toBe(true)
  })

  it('without ids go by the rows of each', async () => {
    for (const [name, rows] of [['left.csv', first], ['right.csv', second]] as const)
      write(name, table([header.slice(1), ...rows.map((row) => row.slice(1))])) // prettier-ignore
    const { clusters } = await resolve(['left.csv', 'right.csv'])
    expect([...clusters.keys()].slice(58, 62)).toEqual(['left.csv:59', 'left.csv:60', 'right.csv:1', 'right.csv:2'])
  })

  it('of one name go by their paths; one file twice is refused', async () => {
    write('old/shop.csv', table([header, ...second]))
    const { clusters } = await resolve(['shop.csv', 'old/shop.csv'])
    expect([...clusters.keys()].slice(59, 61)).toEqual(['shop.csv:r59a', 'old/shop.csv:r0a'])
    await expect(resolve(['shop.csv', './shop.csv'])).rejects.toThrow('shop.csv is named twice')
  })
})

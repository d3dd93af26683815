import { beforeEach, describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { newId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { openContradictions } from '#ingest/content/contradictions.ts'
import { indexContent } from '#ingest/content/index-content.ts'
import { topicsOf } from '#ingest/content/topics.ts'
import { runSource } from '#ingest/run.ts'
import { contentFiles } from '#ingest/sources/content-files.ts'
import { testDatabase } from '../support/database.ts'
import { deps, testFolder } from './ingest-support.ts'

const hour = 3_600_000

describe('content over time', () => {
  const db = testDatabase()
  const folder = testFolder()
  let clock = stoppedClock(new Date('2026-06-01T10:00:00Z'))
  let site = ''
  let number = 0
  beforeEach(() => {
    clock = stoppedClock(new Date('2026-06-01T10:00:00Z'))
    site = `site-${(number += 1)}`
  })
  const write = (name: string, body: string) => folder.write(`${site}/${name}`, body)
  const read = async () => {
    await runSource(deps(db, { clock }), contentFiles(), { path: `${folder.path}/${site}` })
    return indexContent(deps(db, { clock }))
  }
  const facts = (predicate: string) =>
    db.query(sql`select statement, valid_from as "from", valid_to as until, end_recorded_at as heard from ingest.facts
      where predicate = ${predicate} order by valid_from, statement`)

  it('closes the old price when it changes, and notes when that was heard of', async () => {
    write('tins.md', '# Tins\n\n## Tin\n\nTin costs €12.00.')
    const first = clock()
    await read()
    expect(await facts('price')).toEqual([{ statement: 'Tin costs €12.00.', from: first, until: null, heard: null }])
    clock.advance(hour)
    write('tins.md', '# Tins\n\n## Tin\n\nTin costs €13.00.')
    expect((await read()).facts).toEqual({ current: 1, opened: 1, closed: 1 })
    expect(await facts('price')).toEqual([
      { statement: 'Tin costs €12.00.', from: first, until: clock(), heard: clock() },
      { statement: 'Tin costs €13.00.', from: clock(), until: null, heard: null },
    ])
    clock.advance(hour)
    expect((await read()).facts).toEqual({ current: 1, opened: 0, closed: 0 })
  })

  it('lets a fact end when its text says so, without reading anything again, and begin when it says so', async () => {
    write('sale.md', 'Everything is 10 % off from 10 to 30 June 2026.')
    expect((await read()).facts).toEqual({ current: 0, opened: 0, closed: 0 })
    clock.advance(10 * 24 * hour)
    expect((await read()).facts).toEqual({ current: 1, opened: 1, closed: 0 })
    const [offer] = await facts('discount')
    expect(offer).toMatchObject({ from: new Date('2026-06-09T22:00:00Z'), until: new Date('2026-06-30T22:00:00Z'), heard: clock() }) // prettier-ignore
    expect((await read()).facts).toEqual({ current: 1, opened: 0, closed: 0 })
    clock.advance(30 * 24 * hour)
    expect((await read()).facts).toEqual({ current: 0, opened: 0, closed: 0 })
    expect(await facts('discount')).toEqual([offer])
  })

  it('ends the facts of a text that is gone, and brings them back with it', async () => {
    write('tins.md', '# Tins\n\n## Tin\n\nTin costs €12.00.')
    write('other.md', 'Hello.')
    await read()
    clock.advance(hour)
    folder.remove(`${site}/tins.md`)
    expect((await read()).facts).toEqual({ current: 0, opened: 0, closed: 1 })
    const ended = await db.query(sql`select uri, valid_to as until, end_recorded_at as heard from ingest.documents where valid_to is not null`) // prettier-ignore
    expect(ended).toEqual([{ uri: 'tins.md', until: clock(), heard: clock() }])
    clock.advance(hour)
    write('tins.md', '# Tins\n\n## Tin\n\nTin costs €12.00.')
    expect((await read()).facts).toEqual({ current: 1, opened: 1, closed: 0 })
    expect(await db.query(sql`select 1 from ingest.documents where valid_to is null and end_recorded_at is not null`)).toEqual([]) // prettier-ignore
    expect(await facts('price')).toMatchObject([{ heard: new Date('2026-06-01T11:00:00Z') }, { from: clock(), until: null }]) // prettier-ignore
  })

  it('never holds two versions of one text at a time, whatever date they name', async () => {
    write('a.md', '---\ndate: 2026-01-01\n---\nOne.')
    await read()
    clock.advance(hour)
    write('a.md', '---\ndate: 2026-01-01\n---\nTwo.')
    await read()
    const [overlap] = await db.query<{ count: number }>(sql`select count(*) as count from ingest.documents a
      join ingest.documents b on a.uri = b.uri and a.id < b.id and a.valid_to > b.valid_from and b.valid_from < a.valid_to`)
    expect(overlap).toEqual({ count: 0 })
  })

  it('believes the newest of two texts, keeps what the other says beside it, and settles it when they agree', async () => {
    write('returns-new.md', '---\ndate: 2026-05-01\n---\n# New\n\n## Returns\n\nReturn anything within 14 days.')
    write('returns-old.md', '---\ndate: 2026-01-01\n---\n# Old\n\n## Returns\n\nReturn anything within 30 days.')
    await read()
    expect(await facts('returns')).toMatchObject([{ statement: 'Return anything within 14 days.', until: null }])
    const [contradiction, ...rest] = await openContradictions(db, 10)
    expect(rest).toEqual([])
    expect(contradiction).toMatchObject({
      statement: 'Return anything within 30 days.', uri: 'returns-old.md', believed: 'Return anything within 14 days.', believedUri: 'returns-new.md', foundAt: clock(),
    }) // prettier-ignore
    clock.advance(hour)
    await read()
    expect(await openContradictions(db, 10)).toEqual([contradiction])
    write('returns-old.md', '---\ndate: 2026-01-01\n---\n# Old\n\n## Returns\n\nReturn anything within 14 days.')
    await read()
    expect(await openContradictions(db, 10)).toEqual([])
    expect(await db.query(sql`select settled_at as at from ingest.contradictions`)).toEqual([{ at: clock() }])
  })

  it('links texts to the topics they name and those of the catalogue they are about', async () => {
    const topics = () =>
      db.query(
        sql`select d.uri, t.topic from ingest.document_topics t join ingest.documents d on d.id = t.document_id order by 1, 2`,
      )
    await db.query(sql`insert into ingest.products (id, source, external_id, sku, title, description, type, tags, record_id)
      values (${newId(clock)}, 'shop', '1', '1', 'Aricha', '', 'Coffee', array['filter', 'Gift box'], ${newId(clock)})`)
    write('brew.md', '---\ntags: [Brewing, COFFEE]\n---\n# Filters at home\n\nA gift box.')
    write('gear.md', '# Gear\n\nA filter, two filters, more filters.')
    expect((await read()).topics).toEqual({ added: 4, removed: 0 })
    const known = [
      { uri: 'brew.md', topic: 'Brewing' }, { uri: 'brew.md', topic: 'Coffee' }, { uri: 'brew.md', topic: 'filter' }, { uri: 'gear.md', topic: 'filter' },
    ] // prettier-ignore
    expect(await topics()).toEqual(expect.arrayContaining(known))
    expect((await read()).topics).toEqual({ added: 0, removed: 0 })
    await db.query(sql`update ingest.products set tags = '{}'`)
    expect((await read()).topics).toEqual({ added: 0, removed: 2 })
  })
})

describe('the topics of a text', () => {
  const text = (body: string, title = 'x', tags: string[] = []) => ({ title, body, tags })

  it('need a heading, the title or three mentions, in whole words of any case and number', () => {
    expect(topicsOf(text('Decaf here.'), ['decaf'])).toEqual([])
    expect(topicsOf(text('Decaf, decafs and DECAF.'), ['decaf'])).toEqual(['decaf'])
    expect(topicsOf(text('Undecafed decaffeinated decafé.'), ['decaf'])).toEqual([])
    expect(topicsOf(text('x', 'Our Gift Boxes'), ['Gift box', 'gift'])).toEqual(['Gift box', 'gift'])
    expect(topicsOf(text('## Cold brew\n\nx'), ['cold-brew', 'brew', 'g'])).toEqual(['brew', 'cold-brew'])
  })

  it('are at most twenty, its own first', () => {
    const catalogue = Array.from({ length: 30 }, (_, index) => `topic${index}`)
    const found = topicsOf(text(`# ${catalogue.join(' ')}`, 'x', ['Own']), catalogue)
    expect(found).toHaveLength(20)
    expect(found[0]).toBe('Own')
  })
})

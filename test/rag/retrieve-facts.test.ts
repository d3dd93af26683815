import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { sql } from '#kernel/sql.ts'
import { retrieveFacts } from '#rag/retrieve.ts'
import { subjectsNamed } from '#rag/queries/subjects.ts'
import { allowUses } from '#rag/source-uses.ts'
import { testDatabase } from '../support/database.ts'
import { addDocument, addFact, addProduct, addRoastery, today } from './corpus.ts'

const db = testDatabase()
const clock = stoppedClock(today)

describe('facts as evidence', () => {
  it('are those valid at the time asked for, with what else is known of their subject', async () => {
    await addRoastery(db)
    const changed = new Date('2026-02-01T00:00:00Z')
    const price = { subject: 'product:KOCH-250', predicate: 'price' }
    await addFact(db, { ...price, statement: 'Yirgacheffe Kochere costs €12.00 for 250 g.', until: changed })
    await addFact(db, { ...price, statement: 'Yirgacheffe Kochere costs €13.50 for 250 g.', from: changed })
    await addFact(db, { subject: 'product:KOCH-250', predicate: 'stock', statement: '40 bags are in stock.' })
    await addFact(db, { subject: 'business', predicate: 'opening-hours', statement: 'We are open from 9:00.' })
    const facts = await retrieveFacts({ db }, { query: 'price of Kochere', at: today, limit: 5 })
    expect(facts.map((fact) => fact.statement)).toEqual([
      'Yirgacheffe Kochere costs €13.50 for 250 g.',
      '40 bags are in stock.',
    ])
    expect(facts[0]).toMatchObject({ title: 'Yirgacheffe Kochere', url: 'https://shop.example/KOCH-250' })
    const then = await retrieveFacts({ db }, { query: 'Kochere', at: new Date('2026-01-20'), limit: 1 })
    expect(then[0]?.statement).toContain('€12.00')
  })

  it('are found by the words that their statement and their product have now', async () => {
    const id = await addFact(db, {
      subject: 'product:KOCH-250',
      predicate: 'taste',
      statement: 'It tastes of bergamot.',
    })
    const found = async (query: string) =>
      (await retrieveFacts({ db }, { query, at: today, limit: 5 })).map((fact) => fact.factId)
    expect(await found('Yirgacheffe')).toEqual([])
    await addProduct(db, 'KOCH-250', 'Yirgacheffe Kochere', { tags: ['light roast'] })
    expect(await found('Yirgacheffe')).toEqual([id])
    expect(await found('light')).toEqual([id])
    await db.query(sql`update ingest.products set title = 'Kochere of this year'`)
    await db.query(sql`update ingest.facts set statement = 'It tastes of peach.' where id = ${id}`)
    expect(await found('Yirgacheffe bergamot')).toEqual([])
    expect(await found('year')).toEqual([id])
    expect(await found('peach')).toEqual([id])
    await db.query(sql`delete from ingest.products`)
    expect(await found('year')).toEqual([])
    await db.query(sql`delete from ingest.facts`)
    expect(await found('peach')).toEqual([])
  })

  it('are found behind thousands that ended and say it as well', async () => {
    await db.query(sql`insert into ingest.facts (id, subject, predicate, value, statement, valid_from, valid_to, recorded_at, record_id)
      select gen_random_uuid(), 'product:K', 'price', 'null', 'Kochere costs ' || n, '2025-01-01', '2026-01-01', '2025-01-01', gen_random_uuid()
      from generate_series(1, 2500) n`)
    const id = await addFact(db, { subject: 'product:K', predicate: 'price', statement: 'Kochere costs €13.50.' })
    const facts = await retrieveFacts({ db }, { query: 'what does Kochere cost', at: today, limit: 5 })
    expect(facts.map((fact) => fact.factId)).toEqual([id])
  })

  it('of sources that may not be used for it are not found', async () => {
    await addRoastery(db)
    const { documentId } = await addDocument(db, {
      uri: 'r.md',
      title: 'R',
      source: 'reviews',
      parts: [['R', 'Kochere is lovely.']],
    })
    const id = await addFact(db, { subject: 'review:1', predicate: 'said', statement: 'Kochere is lovely.' })
    await db.query(sql`update ingest.facts set document_id = ${documentId} where id = ${id}`)
    const marketing = { query: 'Kochere', at: today, limit: 5, scope: { sources: null, use: 'marketing' } }
    expect(await retrieveFacts({ db }, marketing)).toHaveLength(1)
    await allowUses({ db, clock }, { source: 'reviews', uses: ['support'], reason: 'asked for answers', by: 'mara' })
    expect(await retrieveFacts({ db }, marketing)).toEqual([])
  })
})

describe('what a brief names', () => {
  it('is a subject of the graph: topics by name, and the keys and topics of the rule', async () => {
    await addProduct(db, 'KOCH-250', 'Yirgacheffe Kochere', { tags: ['Light Roast', 'Ethiopia'] })
    await addProduct(db, 'HUILA', 'Huila Decaf', { tags: ['Decaf', 'Colombia'] })
    const rule = { any: [{ bought: { sku: 'KOCH-250' } }, { bought: { topic: 'Colombia' } }] }
    expect(
      await subjectsNamed(db, { text: 'Tell friends of light-roast coffee about decaffeinated ones', rule }),
    ).toEqual(['product:KOCH-250', 'topic:Colombia', 'topic:Light Roast'])
    expect(await subjectsNamed(db, { text: '', rule: null })).toEqual([])
  })
})

import { beforeEach, describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { json, sql } from '#kernel/sql.ts'
import { startDraft } from '#rag/agent/run.ts'
import type { Evidence } from '#rag/draft.ts'
import { draftById } from '#rag/drafts.ts'
import { subjectsAbout } from '#rag/queries/subjects.ts'
import { testDatabase } from '../support/database.ts'
import { addDocument, addFact, addProduct, today } from './corpus.ts'
import { agentDeps, brief, mailSaying, scripted } from './written-drafts.ts'

const db = testDatabase()
const clock = stoppedClock(today)
const where = { at: today, sources: null }

/** Sells a thing under a SKU: what it is and what it costs. */
async function sell(sku: string, title: string, type: string, says: { is: string; costs: string }): Promise<void> {
  await addProduct(db, sku, title, { type, tags: [type.toLowerCase()], url: `/products/${sku.toLowerCase()}` })
  await addFact(db, { subject: `product:${sku}`, predicate: 'description', statement: says.is })
  await addFact(db, { subject: `product:${sku}`, predicate: 'price', statement: says.costs })
}

async function evidenceFor(sentence: string): Promise<Evidence[]> {
  const model = scripted((request) => mailSaying('€13.50', request))
  const id = await startDraft(agentDeps(db, clock, model.callModel), { ...brief, sentence })
  return (await draftById(db, id))?.evidence ?? []
}

const texts = (evidence: readonly Evidence[]): string[] => evidence.map(({ text }) => text)

describe('the evidence of a draft', () => {
  beforeEach(async () => {
    await sell('SUB-M', 'Explorer - Monthly', 'Subscription', { is: 'Explorer: One bag each month.', costs: 'Explorer costs €14.50 a month.' }) // prettier-ignore
    await sell('TIN', 'Airtight Tin', 'Gear', { is: 'Airtight Tin: Holds 250 g.', costs: 'Airtight Tin costs €12.00.' })
    await sell('KETT', 'Kettle', 'Gear', { is: 'Kettle: Holds 0.9 litre.', costs: 'Kettle costs €64.00.' })
  })

  it('holds what a thing is and costs, found by its type alone, with its page on the site of the business', async () => {
    const evidence = await evidenceFor('Invite people to try a subscription')
    expect(texts(evidence)).toEqual(expect.arrayContaining(['Explorer: One bag each month.', 'Explorer costs €14.50 a month.'])) // prettier-ignore
    expect(evidence.find(({ predicate }) => predicate === 'price')?.url).toBe('https://shop.example/products/sub-m')
    expect(texts(evidence)).not.toContain('Kettle costs €64.00.')
  })

  it('holds the price of what only a passage names', async () => {
    const text = 'Keep your beans closed and dark. We use the Airtight Tin for that.'
    await addDocument(db, { uri: 'storage.md', title: 'Storage', parts: [['Beans', text]] })
    expect(texts(await evidenceFor('Explain how to keep beans'))).toContain('Airtight Tin costs €12.00.')
  })

  it('holds days that are still to come, and nothing of a thing whose last day is over', async () => {
    const takesPlace = (name: string, day: string, date: string) =>
      addFact(db, { subject: `workshop:${name.toLowerCase()}/${date}`, predicate: 'starts-at', statement: `${name} takes place on ${day}.` }) // prettier-ignore
    await takesPlace('Cupping', '1 February 2026', '2026-02-01')
    await takesPlace('Cupping', '1 April 2026', '2026-04-01')
    await takesPlace('Pouring', '1 February 2026', '2026-02-01')
    await addFact(db, { subject: 'workshop:pouring', predicate: 'price', statement: 'Pouring costs €45.00.' })
    const said = texts(await evidenceFor('Invite people to a workshop: Cupping or Pouring')).join(' ')
    expect(said).toContain('Cupping takes place on 1 April 2026.')
    expect(said).not.toMatch(/1 February/)
  })

  it('says of stock only that a thing cannot be had', async () => {
    const available = await addFact(db, { subject: 'product:TIN', predicate: 'available', statement: 'Airtight Tin is sold out.' }) // prettier-ignore
    await addFact(db, { subject: 'product:TIN', predicate: 'stock', statement: 'We have 0 of Airtight Tin in stock.' })
    await db.query(sql`update ingest.facts set value = ${json(false)}::jsonb where id = ${available}`)
    const said = texts(await evidenceFor('Sell the Airtight Tin'))
    expect(said).toContain('Airtight Tin is sold out.')
    expect(said).not.toContain('We have 0 of Airtight Tin in stock.')
  })

  it('is looked for under one name for all variants and days, the named in full first', async () => {
    await sell('SUB-Y', 'Explorer - Yearly', 'Subscription', { is: 'Explorer: One bag each month.', costs: 'Explorer costs €159.50 a year.' }) // prettier-ignore
    const found = await subjectsAbout(db, { brief: 'A subscription, or the Airtight Tin', passages: [] }, where, 5)
    expect(found.map(({ name, subjects }) => [name, subjects])).toEqual([
      ['airtight-tin', ['product:TIN']],
      ['explorer', ['product:SUB-M', 'product:SUB-Y']],
    ])
  })
})

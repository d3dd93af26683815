import { beforeEach, describe, expect, it } from 'vitest'
import { readAudit } from '#kernel/audit.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { newId, type DocumentId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import { openContradictions } from '#ingest/content/contradictions.ts'
import { indexContent } from '#ingest/content/index-content.ts'
import { acceptProposal, openProposals, proposeFact, rejectProposal, type Proposal } from '#ingest/content/proposals.ts'
import { testDatabase } from '../support/database.ts'

const body = '# Über uns\n\n## Water\n\nWe brew with soft water from the Veluwe.\n\n## Tin\n\nTin costs €12.00.'

describe('a fact that a model proposes', () => {
  const db = testDatabase()
  const clock = stoppedClock(new Date('2026-06-01T10:00:00Z'))
  const given = { db, clock }
  let documentId: DocumentId

  const write = async (text: string): Promise<DocumentId> => {
    const id = newId<'document'>(clock)
    await db.query(sql`update ingest.documents set valid_to = ${clock()}, end_recorded_at = ${clock()} where valid_to is null`) // prettier-ignore
    await db.query(sql`insert into ingest.documents (id, source, uri, title, language, content_hash, body, valid_from, record_id)
      values (${id}, 'content', 'about.md', 'About', 'en', ${id}, ${text}, ${clock()}, ${newId(clock)})`)
    await indexContent(given)
    return id
  }
  beforeEach(async () => {
    documentId = await write(body)
  })

  const proposal = (quote: string, change: Partial<Proposal> = {}): Proposal => {
    const startByte = Buffer.from(body).indexOf(quote)
    return {
      subject: 'business', predicate: 'water', value: 'soft water from the Veluwe', statement: 'The business brews with soft water from the Veluwe.',
      documentId, startByte, endByte: startByte + Buffer.byteLength(quote), quote, by: 'offline:composer', ...change,
    } // prettier-ignore
  }
  const water = () => proposal('soft water from the Veluwe')
  const proposed = async (one: Proposal) => {
    const outcome = await proposeFact(given, one)
    if (outcome.kind === 'refused') throw new Error(outcome.why)
    return outcome.id
  }
  const current = () =>
    db.query(sql`select subject, predicate, statement from ingest.facts where valid_to is null order by predicate`)

  it('is no fact until a person accepts it, and is then stated by the words it quotes', async () => {
    const id = await proposed(water())
    await indexContent(given)
    expect(await current()).toMatchObject([{ predicate: 'price' }])
    expect(await openProposals(db, 10)).toMatchObject([{ id, quote: 'soft water from the Veluwe', uri: 'about.md', proposedBy: 'offline:composer', isCurrent: true }]) // prettier-ignore
    const accepted = await acceptProposal(given, { id, by: 'mara' })
    expect(accepted).toMatchObject({ kind: 'accepted' })
    expect(await current()).toMatchObject([{ predicate: 'price' }, { subject: 'business', predicate: 'water' }])
    expect((await indexContent(given)).facts).toEqual({ current: 2, opened: 0, closed: 0 })
    expect(await openProposals(db, 10)).toEqual([])
    const [linked] = await db.query(sql`select decided_by as by, fact_id = (select id from ingest.facts where predicate = 'water') as linked from ingest.fact_proposals`) // prettier-ignore
    expect(linked).toEqual({ by: 'mara', linked: true })
  })

  it('is refused unless a current text really holds the words there, in whole characters', async () => {
    const why = async (change: Partial<Proposal>) => {
      const outcome = await proposeFact(given, { ...water(), ...change })
      return outcome.kind === 'refused' ? outcome.why : 'taken'
    }
    expect(await why({ quote: 'hard water from the Veluwe' })).toMatch(/does not hold the quoted words/)
    expect(await why({ startByte: 0, endByte: 26 })).toMatch(/does not hold/)
    expect(await why({ startByte: -1 })).toMatch(/does not hold/)
    expect(await why({ quote: '', endByte: water().startByte })).toMatch(/does not hold/)
    expect(await why({ quote: '\uFFFD', startByte: 3, endByte: 4 })).toMatch(/does not hold/)
    expect(await why({ documentId: newId<'document'>(clock) })).toMatch(/no such document/)
    const old = water()
    await write('Something else.')
    expect(await proposeFact(given, old)).toEqual({ kind: 'refused', why: 'The text has been replaced: read its current version' }) // prettier-ignore
  })

  it('is refused when its value is none of its kind, or it is no fact at all', async () => {
    const why = async (change: Partial<Proposal>) => {
      const outcome = await proposeFact(given, { ...proposal('Tin costs €12.00'), subject: 'offer:tin', predicate: 'price', value: { amountMinor: 1200, currency: 'EUR' }, ...change }) // prettier-ignore
      return outcome.kind === 'refused' ? outcome.why : 'taken'
    }
    expect(await why({ value: 12 })).toMatch(/value of price is not of its kind/)
    expect(await why({ value: { amountMinor: 12.5, currency: 'EUR' } })).toMatch(/"amountMinor"/)
    expect(await why({ value: { amountMinor: 1200, currency: 'XXY' } })).toMatch(/no currency/)
    expect(await why({ subject: 'Tin; drop table' })).toMatch(/subject is none/)
    expect(await why({ predicate: 'Price!' })).toMatch(/predicate is none/)
    expect(await why({ statement: ' ' })).toMatch(/one sentence/)
    expect(await why({ statement: 'a\0b' })).toMatch(/character that is none/)
    expect(await why({ validFrom: clock(), validTo: clock() })).toMatch(/end before it begins/)
    expect(await why({})).toBe('taken')
    expect(await why({})).toMatch(/proposed of the same words before/)
  })

  it('closes an extracted fact that says otherwise, and ends with the version of the text it quotes', async () => {
    const id = await proposed(proposal('Tin costs €12.00', { subject: 'offer:tin', predicate: 'price', value: { amountMinor: 1250, currency: 'EUR' }, statement: 'Tin costs €12.50.' })) // prettier-ignore
    expect(await acceptProposal(given, { id, by: 'mara' })).toMatchObject({ kind: 'accepted' })
    expect(await current()).toMatchObject([{ statement: 'Tin costs €12.50.' }])
    expect(await openContradictions(db, 10)).toMatchObject([{ statement: 'Tin costs €12.00.', believed: 'Tin costs €12.50.' }]) // prettier-ignore
    clock.advance(1000)
    await write(`${body}\n\nMore.`)
    expect(await current()).toMatchObject([{ statement: 'Tin costs €12.00.' }])
    const [ended] = await db.query(sql`select end_recorded_at as heard from ingest.facts where statement = 'Tin costs €12.50.'`) // prettier-ignore
    expect(ended).toEqual({ heard: clock() })
  })

  it('does not outweigh the catalogue, and says so', async () => {
    await db.query(sql`insert into ingest.products (id, source, external_id, sku, title, description, price_minor, currency, record_id)
      values (${newId(clock)}, 'shop', 'tin', 'TIN', 'Tin', '', 1200, 'EUR', ${newId(clock)})`)
    const id = await proposed(proposal('Tin costs €12.00', { subject: 'product:TIN', predicate: 'price', value: { amountMinor: 900, currency: 'EUR' }, statement: 'Tin costs €9.00.' })) // prettier-ignore
    expect(await acceptProposal(given, { id, by: 'mara' })).toMatchObject({ kind: 'outweighed' })
    expect(await openContradictions(db, 10)).toMatchObject([{ statement: 'Tin costs €9.00.', believed: 'Tin costs €12.00.' }]) // prettier-ignore
  })

  it('is decided once, by a person, on the current text, and the chain knows', async () => {
    const id = await proposed(water())
    expect(await rejectProposal(given, { id, by: 'mara', reason: 'Not so any more' })).toEqual({ kind: 'rejected' })
    expect(await acceptProposal(given, { id, by: 'mara' })).toEqual({ kind: 'refused', why: 'It was decided before' })
    expect(await rejectProposal(given, { id: newId<'proposal'>(clock), by: 'mara', reason: 'x' })).toMatchObject({ kind: 'refused' }) // prettier-ignore
    const other = await proposed(proposal('We brew', { predicate: 'does', value: 'brew', statement: 'The business brews.' })) // prettier-ignore
    await write('Something else.')
    expect(await acceptProposal(given, { id: other, by: 'mara' })).toMatchObject({ kind: 'refused', why: expect.stringMatching(/replaced/) as string }) // prettier-ignore
    expect(await openProposals(db, 10)).toEqual([])
    const chain = await readAudit(db, 0, 10)
    expect(chain.map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
      ['offline:composer', 'fact.propose', id], ['mara', 'fact.reject', id], ['offline:composer', 'fact.propose', other],
    ]) // prettier-ignore
    expect(JSON.stringify(chain)).not.toContain('Not so any more')
  })
})

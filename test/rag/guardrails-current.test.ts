import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { newId, type RecordId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'
import type { Citation, DraftBody, Evidence } from '#rag/draft.ts'
import { checkDraft } from '#rag/guardrails/check.ts'
import { testDatabase } from '../support/database.ts'
import { addDocument, addFact, addProduct, today } from './corpus.ts'
import { context, mail } from './guarded-copy.ts'

const db = testDatabase()
const clock = stoppedClock(today)

const citing = (text: string, citation: Citation): DraftBody =>
  mail([[text, { id: 'F1', citation, text: '-', validFrom: today, validTo: null } satisfies Evidence]])

const blocked = async (body: DraftBody, at = clock): Promise<string[]> =>
  (await checkDraft({ db, clock: at }, body, [], context))
    .filter(({ verdict }) => verdict === 'block')
    .map(({ why }) => why)

describe('evidence as it is now', () => {
  it('is read from the database, so that a person may cite what no model was offered', async () => {
    await addProduct(db, 'KOCH', 'Yirgacheffe Kochere')
    const factId = await addFact(db, {
      subject: 'product:KOCH',
      predicate: 'price',
      statement: 'Kochere costs €13.50.',
    })
    expect(await blocked(citing('Yirgacheffe Kochere costs €13.50.', { kind: 'fact', factId }))).toEqual([])
    expect(await blocked(citing('Yirgacheffe Kochere costs €12.50.', { kind: 'fact', factId }))).toHaveLength(1)
  })

  it('ends with its validity and does not begin before it', async () => {
    const until = new Date(today.getTime() + 1000)
    const factId = await addFact(db, {
      subject: 'a',
      predicate: 'price',
      statement: 'Kochere costs €13.50.',
      from: today,
      until,
    })
    const body = citing('Kochere costs €13.50.', { kind: 'fact', factId })
    expect(await blocked(body)).toEqual([])
    expect(await blocked(body, stoppedClock(until))).toContain('It cites what holds no longer: there is newer evidence')
    expect(await blocked(body, stoppedClock(new Date(today.getTime() - 1)))).toContain(
      'It cites what holds only from 2026-03-02',
    )
  })

  it('is none when a citation is invented', async () => {
    const body = citing('Kochere costs €13.50.', { kind: 'fact', factId: newId<'fact'>(clock) })
    expect(await blocked(body)).toContain('It cites something that does not exist')
  })

  it('must be the very bytes of the document', async () => {
    const text = 'Überall gilt: unopened bags may be sent back.'
    const { documentId, chunks } = await addDocument(db, { uri: 'a.md', title: 'Returns', parts: [['Returns', text]] })
    const [row] = await db.query<{ start: number; end: number }>(
      sql`select start_byte as start, end_byte as "end" from ingest.chunks`,
    )
    const span = {
      kind: 'span',
      chunkId: chunks[0]!,
      documentId,
      startByte: row!.start,
      endByte: row!.end,
      quote: text,
    } as const
    expect(await blocked(citing('Unopened bags may be sent back.', span))).toEqual([])
    const part = { ...span, startByte: row!.end - 31, quote: 'unopened bags may be sent back.' }
    expect(await blocked(citing('Unopened bags may be sent back.', part))).toEqual([])
    const forged = { ...span, quote: text.replace('unopened', 'all empty') }
    expect(await blocked(citing('Empty bags may be sent back.', forged))).toContain(
      'It quotes words that its document does not have',
    )
    const outside = { ...span, startByte: 0, endByte: 10, quote: '## Returns' }
    expect(await blocked(citing('Returns.', outside))).toContain('It quotes words that its document does not have')
  })
})

describe('names of customers', () => {
  it('are looked up among the profiles', async () => {
    const id = newId<'identifier'>(clock)
    await db.query(
      sql`insert into ingest.identifiers (id, kind, value, first_seen_at) values (${id}, 'hubspot', '1', ${today})`,
    )
    await db.query(sql`insert into ingest.profiles (identifier_id, source, record_id, given_name, family_name, updated_at)
      values (${id}, 'hubspot', ${newId<'record'>(clock) satisfies RecordId}, 'Marta', 'Kowalska', ${today})`)
    expect(await blocked(mail([['Shall we ask marta kowalska, or Marta Kowalska?']]))).toContain(
      'This is the name of a customer',
    )
    expect(await blocked(mail([['Shall we ask somebody?']]))).toEqual([])
  })
})

import { sha256 } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import { newId, type ChunkId, type DocumentId, type FactId } from '#kernel/ids.ts'
import { json, sql } from '#kernel/sql.ts'
import { stoppedClock } from '#kernel/clock.ts'

export const today = new Date('2026-03-02T09:00:00Z')
const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
const start = new Date('2026-01-01T00:00:00Z')

type NewDocument = {
  uri: string
  title: string
  parts: [heading: string, text: string][]
  source?: string
  until?: Date
}

/** Puts a document and its chunks into ingest's tables as the content indexer does; returns their ids. */
export async function addDocument(db: Db, given: NewDocument): Promise<{ documentId: DocumentId; chunks: ChunkId[] }> {
  const documentId = newId<'document'>(clock)
  const body = given.parts.map(([heading, text]) => `## ${heading}\n\n${text}\n\n`).join('')
  await db.query(sql`insert into ingest.documents
    (id, source, uri, title, language, content_hash, body, valid_from, valid_to, record_id)
    values (${documentId}, ${given.source ?? 'content'}, ${given.uri}, ${given.title}, 'en', ${sha256(body)}, ${body},
      ${start}, ${given.until ?? null}, ${newId(clock)})`)
  const rows = given.parts.map(([heading, text], ordinal) => {
    const startByte = Buffer.byteLength(body.slice(0, body.indexOf(text)))
    const endByte = startByte + Buffer.byteLength(text)
    return { id: newId<'chunk'>(clock), ordinal, heading, text, startByte, endByte, hash: sha256(text) }
  })
  await db.query(sql`insert into ingest.chunks (id, document_id, ordinal, heading, text, start_byte, end_byte, content_hash)
    select r.id, ${documentId}, r.ordinal, r.heading, r.text, r."startByte", r."endByte", r.hash
    from jsonb_to_recordset(${json(rows)}::jsonb)
      as r(id uuid, ordinal int, heading text, text text, "startByte" int, "endByte" int, hash text)`)
  return { documentId, chunks: rows.map((row) => row.id) }
}

type NewFact = { subject: string; predicate: string; statement: string; from?: Date; until?: Date }

/** Puts a fact into ingest's table; returns its id. */
export async function addFact(db: Db, given: NewFact): Promise<FactId> {
  const id = newId<'fact'>(clock)
  await db.query(sql`insert into ingest.facts
    (id, subject, predicate, value, statement, valid_from, valid_to, recorded_at, record_id)
    values (${id}, ${given.subject}, ${given.predicate}, ${json(null)}, ${given.statement}, ${given.from ?? start},
      ${given.until ?? null}, ${start}, ${newId(clock)})`)
  return id
}

type About = { type?: string; tags?: string[]; url?: string }

/** A product of the catalogue, so that facts of `product:SKU` have a title and a page. */
export async function addProduct(db: Db, sku: string, title: string, about: About = {}): Promise<void> {
  const { type = null, tags = [], url = `https://shop.example/${sku}` } = about
  await db.query(sql`insert into ingest.products (id, source, external_id, sku, title, description, type, tags, url, record_id)
    values (${newId(clock)}, 'shopify', ${sku}, ${sku}, ${title}, '', ${type}, ${tags}::text[], ${url}, ${newId(clock)})`)
}

/** What a small coffee roaster writes: enough to tell good retrieval from bad. */
export async function addRoastery(db: Db): Promise<void> {
  await addDocument(db, {
    uri: 'faq.md',
    title: 'Questions and answers',
    parts: [
      [
        'Delivery',
        'We post every order placed before noon on the same working day. Letters take two days within the country.',
      ],
      [
        'Returns',
        'Unopened bags may be sent back within 30 days. We refund the price of the coffee but not the postage.',
      ],
      ['Subscriptions', 'You may pause, skip or stop a subscription at any time from your account page.'],
      [
        'Storage',
        'Keep beans in their bag, closed, in a cupboard. Never put them in the refrigerator, where they draw moisture.',
      ],
      ['Grinding', 'We grind to order for filter, moka pot, French press and espresso.'],
    ],
  })
  await addDocument(db, {
    uri: 'blog/kochere.md',
    title: 'Kochere is back',
    parts: [
      ['The harvest', 'Yirgacheffe Kochere comes from a washing station in southern Ethiopia, at 1,950 metres.'],
      ['The taste', 'It tastes of bergamot, peach and black tea. We roast it light, for filter.'],
    ],
  })
  await addDocument(db, {
    uri: 'blog/descaling.md',
    title: 'Looking after an espresso machine',
    parts: [
      ['Why', 'Hard water leaves limescale in the boiler; the machine heats slowly and the espresso turns sour.'],
      ['How', 'Dissolve citric acid in warm water, run it through the group, wait ten minutes and rinse twice.'],
    ],
  })
  await addDocument(db, {
    uri: 'workshops.md',
    title: 'Workshops',
    parts: [
      [
        'Cupping',
        'On the first Saturday of the month we taste six coffees side by side. Eight people around one table.',
      ],
      ['Latte art', 'Learn to steam milk and pour a heart and a rosetta. Bring nothing but patience.'],
    ],
  })
  await addProduct(db, 'KOCH-250', 'Yirgacheffe Kochere')
  await addProduct(db, 'HUILA-250', 'Huila Decaf')
}

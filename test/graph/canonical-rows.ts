import type { Queryable } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'

/** A UUID that reads as what it stands for: uuid('ord', 3). */
export const uuid = (kind: string, nth: number): string =>
  `${Buffer.from(kind.padEnd(4, '_').slice(0, 4)).toString('hex')}-0000-7000-8000-${String(nth).padStart(12, '0')}`

const at = new Date('2026-03-01T09:00:00Z')
const record = uuid('rec', 1)

/** The run and the record that every row of a test comes from. */
export async function aRecord(db: Queryable): Promise<void> {
  await db.query(sql`insert into ingest.runs (id, source, input, fingerprint, state, started_at)
    values (${uuid('run', 1)}, 'test', 'test', 'test', 'done', ${at})`)
  await db.query(sql`insert into ingest.records (id, source, kind, external_id, version, content_hash, key_id, payload, run_id, place, received_at)
    values (${record}, 'test', 'test', '1', 1, '1', ${uuid('key', 1)}, '', ${uuid('run', 1)}, '{}', ${at})`)
}

export async function anIdentifier(db: Queryable, nth: number, kind = 'email'): Promise<string> {
  const id = uuid('idf', nth)
  await db.query(sql`insert into ingest.identifiers (id, kind, value, first_seen_at)
    values (${id}, ${kind}, ${`person${nth}@example.test`}, ${at}) on conflict do nothing`)
  return id
}

export async function aMembership(db: Queryable, identifier: number, person: number): Promise<void> {
  const id = await anIdentifier(db, identifier)
  await db.query(sql`update ingest.memberships set until = ${at} where identifier_id = ${id} and until is null`)
  await db.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
    values (${id}, ${uuid('per', person)}, ${at}, 'test')`)
}

export async function aProfile(
  db: Queryable,
  identifier: number,
  lifecycle: string,
  organisation: string | null = null,
): Promise<void> {
  const id = await anIdentifier(db, identifier)
  await db.query(sql`insert into ingest.profiles (identifier_id, source, record_id, given_name, family_name, organisation, lifecycle, channel, updated_at)
    values (${id}, 'test', ${record}, 'Anna', ${`Number ${identifier}`}, ${organisation}, ${lifecycle}, 'email', ${at})
    on conflict (identifier_id) do update set lifecycle = excluded.lifecycle, organisation = excluded.organisation`)
}

export async function anOrder(
  db: Queryable,
  nth: number,
  order: { identifier: number; status?: string; grossMinor?: number; skus?: readonly string[]; orderedAt?: Date },
): Promise<void> {
  const by = await anIdentifier(db, order.identifier)
  const id = uuid('ord', nth)
  await db.query(sql`insert into ingest.orders (id, source, external_id, kind, identifier_id, ordered_at, status, currency,
      gross_minor, rate_minor, record_id)
    values (${id}, 'test', ${`o${nth}`}, 'order', ${by}, ${order.orderedAt ?? at}, ${order.status ?? 'paid'}, 'EUR',
      ${order.grossMinor ?? 1000}, 1, ${record})
    on conflict (source, external_id) do update set identifier_id = excluded.identifier_id, status = excluded.status,
      gross_minor = excluded.gross_minor`)
  await db.query(sql`delete from ingest.order_lines where order_id = ${id}`)
  await db.query(sql`insert into ingest.order_lines (order_id, line, sku, title, quantity, amount_minor)
    select ${id}, n, sku, 'Something', 2, 500 from unnest(${order.skus ?? []}::text[]) with ordinality as l (sku, n)`)
}

export async function aRefund(db: Queryable, nth: number, order: number, amountMinor: number): Promise<void> {
  await db.query(sql`insert into ingest.adjustments (id, source, external_id, kind, order_external_id, occurred_at, status,
      currency, amount_minor, record_id)
    values (${uuid('adj', nth)}, 'test', ${`a${nth}`}, 'refund', ${`o${order}`}, ${at}, 'settled', 'EUR', ${amountMinor}, ${record})
    on conflict (source, kind, external_id) do update set amount_minor = excluded.amount_minor`)
}

export async function anEvent(
  db: Queryable,
  nth: number,
  event: { identifier: number; kind: string; properties?: object; campaignRef?: string; occurredAt?: Date },
): Promise<void> {
  const by = await anIdentifier(db, event.identifier)
  await db.query(sql`insert into ingest.events (id, source, external_id, kind, identifier_id, occurred_at, recorded_at, campaign_ref, properties, record_id)
    values (${uuid('evt', nth)}, 'test', ${`e${nth}`}, ${event.kind}, ${by}, ${event.occurredAt ?? at}, ${at}, ${event.campaignRef ?? null}, ${event.properties ?? {}}, ${record})
    on conflict (source, external_id) do update set kind = excluded.kind, properties = excluded.properties,
      campaign_ref = excluded.campaign_ref, identifier_id = excluded.identifier_id`)
}

export async function aConsent(db: Queryable, nth: number, identifier: number, state: string): Promise<void> {
  const by = await anIdentifier(db, identifier)
  await db.query(sql`insert into ingest.consents (id, source, external_id, identifier_id, channel, state, basis, occurred_at, record_id)
    values (${uuid('con', nth)}, 'test', ${`c${nth}`}, ${by}, 'email', ${state}, 'form', ${at}, ${record})
    on conflict (source, external_id) do update set state = excluded.state`)
}

export async function aProduct(
  db: Queryable,
  nth: number,
  product: { sku: string | null; title: string; tags?: readonly string[] },
): Promise<void> {
  await db.query(sql`insert into ingest.products (id, source, external_id, sku, title, description, type, tags, record_id)
    values (${uuid('prd', nth)}, 'test', ${`p${nth}`}, ${product.sku}, ${product.title}, '', 'Coffee', ${product.tags ?? []}::text[], ${record})
    on conflict (source, external_id) do update set sku = excluded.sku, title = excluded.title, tags = excluded.tags`)
}

export async function aDocument(db: Queryable, nth: number): Promise<void> {
  await db.query(sql`insert into ingest.documents (id, source, uri, title, language, content_hash, body, valid_from, record_id)
    values (${uuid('doc', nth)}, 'test', ${`doc-${nth}.md`}, ${`Document ${nth}`}, 'en', ${`h${nth}`}, 'body', ${at}, ${record})
    on conflict (id) do update set title = excluded.title`)
}

/** Chunks come in a transaction after their document's. */
export async function aChunk(db: Queryable, nth: number, document: number, text: string): Promise<void> {
  await aDocument(db, document)
  await db.query(sql`insert into ingest.chunks (id, document_id, ordinal, heading, text, start_byte, end_byte, content_hash)
    values (${uuid('chk', nth)}, ${uuid('doc', document)}, ${nth}, 'Heading', ${text}, 0, 10, ${`h${nth}`}) on conflict do nothing`)
}

/** What is said of a subject: its price, or, of every other fact, something else. */
export async function aFact(db: Queryable, nth: number, subject: string, until: Date | null = null): Promise<void> {
  const value = { amountMinor: 100 * nth, currency: 'EUR' }
  const predicate = nth % 2 === 1 ? `price-${['eur', 'usd'][nth % 4 === 1 ? 0 : 1]}` : `origin${nth}`
  await db.query(sql`insert into ingest.facts (id, subject, predicate, value, statement, valid_from, valid_to, recorded_at, end_recorded_at, record_id)
    values (${uuid('fct', nth)}, ${subject}, ${predicate}, ${value}, ${`Fact ${nth} of ${subject}.`}, ${at}, ${until}, ${at}, ${until}, ${record})
    on conflict (id) do update set subject = excluded.subject, valid_to = excluded.valid_to,
      end_recorded_at = excluded.end_recorded_at`)
}

/** Whom the house counts to a segment, or did until the instant. */
export async function aMember(
  db: Queryable,
  segment: number,
  person: number,
  until: Date | null = null,
): Promise<void> {
  await db.query(sql`insert into graph.segments (id, name, description, version_hash, created_at)
    values (${uuid('seg', segment)}, ${`segment ${segment}`}, '', 'hash', ${at}) on conflict do nothing`)
  await db.query(sql`insert into graph.segment_members (segment_id, person_id, since, until)
    values (${uuid('seg', segment)}, ${uuid('per', person)}, ${at}, ${until})
    on conflict (segment_id, person_id) do update set until = excluded.until`)
}

export async function aScore(db: Queryable, person: number, leadScore: number): Promise<void> {
  await db.query(sql`insert into graph.scores (person_id, engagement, lead_score, recency, computed_at)
    values (${uuid('per', person)}, ${leadScore / 8}, ${leadScore}, 3, ${at})
    on conflict (person_id) do update set lead_score = excluded.lead_score, engagement = excluded.engagement`)
}

export async function aCoPurchase(
  db: Queryable,
  pair: { product: string; other: string; gone: boolean },
): Promise<void> {
  await db.query(sql`insert into graph.co_purchases (product, other, people, support, confidence, lift, gone)
    values (${pair.product}, ${pair.other}, 2, 0.1, 0.5, 1.25, ${pair.gone})
    on conflict (product, other) do update set gone = excluded.gone`)
}

export async function aTopic(db: Queryable, document: number, topic: string): Promise<void> {
  await aDocument(db, document)
  await db.query(sql`insert into ingest.document_topics (document_id, topic) values (${uuid('doc', document)}, ${topic})
    on conflict do nothing`)
}

/** Deletes what a test wrote under a number; nothing when there is no such row. */
export async function deleted(db: Queryable, what: keyof typeof deletions, nth: number): Promise<void> {
  await db.query(deletions[what](nth))
}

const deletions = {
  order: (nth: number) => sql`delete from ingest.orders where id = ${uuid('ord', nth)}`,
  refund: (nth: number) => sql`delete from ingest.adjustments where id = ${uuid('adj', nth)}`,
  event: (nth: number) => sql`delete from ingest.events where id = ${uuid('evt', nth)}`,
  consent: (nth: number) => sql`delete from ingest.consents where id = ${uuid('con', nth)}`,
  profile: (nth: number) => sql`delete from ingest.profiles where identifier_id = ${uuid('idf', nth)}`,
  membership: (nth: number) => sql`delete from ingest.memberships where identifier_id = ${uuid('idf', nth)}`,
  product: (nth: number) => sql`delete from ingest.products where id = ${uuid('prd', nth)}`,
  document: (nth: number) => sql`delete from ingest.documents where id = ${uuid('doc', nth)}`,
  chunk: (nth: number) => sql`delete from ingest.chunks where id = ${uuid('chk', nth)}`,
  fact: (nth: number) => sql`delete from ingest.facts where id = ${uuid('fct', nth)}`,
  cost: (nth: number) => sql`delete from ingest.costs where id = ${uuid('cst', nth)}`,
}
export const deletable = Object.keys(deletions) as (keyof typeof deletions)[]

export async function aCost(db: Queryable, nth: number, campaign: string, name: string): Promise<void> {
  await db.query(sql`insert into ingest.costs (id, source, external_id, kind, channel, campaign_ref, campaign_name, day, currency, amount_minor, rate_minor, record_id)
    values (${uuid('cst', nth)}, 'test', ${`k${nth}`}, 'ads', 'google-ads', ${campaign}, ${name}, '2026-03-01', 'EUR', 100, 1, ${record})
    on conflict (source, external_id) do update set campaign_ref = excluded.campaign_ref,
      campaign_name = excluded.campaign_name`)
}

/** One person of two identifiers who bought, looked and agreed, with what they bought and what is said of it. */
export async function aSmallShop(db: Queryable): Promise<void> {
  await aMembership(db, 1, 1)
  await aMembership(db, 2, 1)
  await aProfile(db, 1, 'customer')
  await aProduct(db, 1, { sku: 'ARI-250', title: 'Ethiopia Aricha, 250 g', tags: ['filter', 'washed'] })
  await anOrder(db, 1, { identifier: 1, skus: ['ARI-250', 'ARI-250', 'GONE-1'], grossMinor: 2640 })
  await aRefund(db, 1, 1, 640)
  await anEvent(db, 1, {
    identifier: 2,
    kind: 'page',
    properties: { path: '/coffee/aricha' },
    campaignRef: 'spring',
  })
  await aConsent(db, 1, 2, 'granted')
  await aChunk(db, 1, 1, 'If it is steady, try Ethiopia Aricha at home.')
  await aFact(db, 1, 'product:ARI-250')
  await aCost(db, 1, 'spring', 'Spring coffees')
}

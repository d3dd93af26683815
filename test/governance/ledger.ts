import type { Db } from '#kernel/db.ts'
import { randomBytes } from 'node:crypto'
import { json, sql } from '#kernel/sql.ts'

/** Rows written straight into ingest's tables, as if a source had been read: what metrics are tested on. */
export type Sale = {
  id: string
  by: string
  at: string
  gross: number
  tax?: number
  currency?: string
  rate?: number | string
  status?: 'paid' | 'open' | 'failed' | 'cancelled'
}
export type Taking = {
  of: string
  at: string
  kind: 'refund' | 'dispute' | 'fee'
  amount: number
  currency?: string
  status?: 'settled' | 'pending' | 'void'
}
export type Spend = {
  day: string
  amount: number
  channel?: string
  kind?: string
  currency?: string
  rate?: number | string
}
export type Touch = { by: string; at: string; channel: string; kind?: string }

export const uuid = (): string => {
  const hex = randomBytes(16).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Identifiers by their value; one kind. Those named together in `people` are one person, the others are unresolved. */
export async function addIdentifiers(db: Db, values: readonly string[], kind = 'email'): Promise<Map<string, string>> {
  const rows = values.map((value) => ({ id: uuid(), kind, value }))
  await db.query(sql`insert into ingest.identifiers (id, kind, value, first_seen_at)
    select id, kind, value, '2020-01-01Z' from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, kind text, value text)`)
  return new Map(rows.map(({ id, value }) => [value, id]))
}

export async function addPeople(db: Db, identifiers: readonly string[][]): Promise<string[]> {
  const people = identifiers.map((ids) => ({ person: uuid(), ids }))
  const rows = people.flatMap(({ person, ids }) => ids.map((id) => ({ id, person })))
  await db.query(sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
    select id, person, '2020-01-01Z', 'test' from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, person uuid)`)
  return people.map(({ person }) => person)
}

export async function addSales(db: Db, ids: ReadonlyMap<string, string>, sales: readonly Sale[]): Promise<void> {
  const rows = sales.map((sale) => ({
    id: uuid(), record: uuid(), external: sale.id, identifier: ids.get(sale.by), at: sale.at, status: sale.status ?? 'paid',
    currency: sale.currency ?? 'EUR', gross: sale.gross, tax: sale.tax ?? 0, rate: String(sale.rate ?? 1),
  })) // prettier-ignore
  await db.query(sql`insert into ingest.orders (id, source, external_id, kind, identifier_id, ordered_at, status, currency,
      gross_minor, tax_minor, rate_minor, record_id)
    select id, 'shopify', external, 'order', identifier, at, status, currency, gross, tax, rate, record
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, record uuid, external text, identifier uuid,
      at timestamptz, status text, currency text, gross bigint, tax bigint, rate numeric)`)
}

export async function addTakings(db: Db, takings: readonly Taking[]): Promise<void> {
  const rows = takings.map((taking, index) => ({
    id: uuid(), record: uuid(), external: `t${index}-${uuid()}`, order: taking.of, at: taking.at, kind: taking.kind,
    amount: taking.amount, currency: taking.currency ?? 'EUR', status: taking.status ?? 'settled',
  })) // prettier-ignore
  await db.query(sql`insert into ingest.adjustments (id, source, external_id, kind, order_external_id, occurred_at, status,
      currency, amount_minor, record_id)
    select id, 'shopify', external, kind, "order", at, status, currency, amount, record
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, record uuid, external text, "order" text,
      at timestamptz, kind text, amount bigint, currency text, status text)`)
}

export async function addSpends(db: Db, spends: readonly Spend[]): Promise<void> {
  const rows = spends.map((spend, index) => ({
    id: uuid(), record: uuid(), external: `c${index}-${uuid()}`, day: spend.day, amount: spend.amount,
    channel: spend.channel ?? null, kind: spend.kind ?? 'ads', currency: spend.currency ?? 'EUR', rate: String(spend.rate ?? 1),
  })) // prettier-ignore
  await db.query(sql`insert into ingest.costs (id, source, external_id, kind, channel, day, currency, amount_minor,
      rate_minor, record_id)
    select id, 'ads', external, kind, channel, day, currency, amount, rate, record
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, record uuid, external text, day date, amount bigint,
      channel text, kind text, currency text, rate numeric)`)
}

export async function addTouches(db: Db, ids: ReadonlyMap<string, string>, touches: readonly Touch[]): Promise<void> {
  const rows = touches.map((touch, index) => ({
    id: uuid(), external: `e${index}-${uuid()}`, identifier: ids.get(touch.by), at: touch.at, channel: touch.channel,
    kind: touch.kind ?? 'visit',
  })) // prettier-ignore
  await db.query(sql`insert into ingest.events (id, source, external_id, kind, identifier_id, occurred_at, recorded_at, channel)
    select id, 'web', external, kind, identifier, at, at, channel
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, external text, identifier uuid, at timestamptz,
      channel text, kind text)`)
}

export async function addProfile(db: Db, identifier: string | undefined, channel: string): Promise<void> {
  await db.query(sql`insert into ingest.profiles (identifier_id, source, record_id, channel, updated_at)
    values (${identifier}, 'hubspot', ${uuid()}, ${channel}, '2024-01-01Z')`)
}

export async function emptyLedger(db: Db): Promise<void> {
  await db.query(sql`truncate ingest.orders, ingest.adjustments, ingest.costs, ingest.events, ingest.memberships,
    ingest.profiles, ingest.identifiers cascade`)
}

import type { Queryable, Tx } from '#kernel/db.ts'
import type { Id, PersonId } from '#kernel/ids.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { NewEvent } from '../events.ts'

type EventRow = NewEvent & { id: Id<'event'> }

const replacingKnown = sql`
    on conflict (source, external_id) do update set kind = excluded.kind, identifier_id = excluded.identifier_id,
      occurred_at = excluded.occurred_at, channel = excluded.channel, campaign_ref = excluded.campaign_ref,
      properties = excluded.properties, record_id = excluded.record_id
    where (known.kind, known.identifier_id, known.occurred_at, known.channel, known.campaign_ref, known.properties)
      is distinct from (excluded.kind, excluded.identifier_id, excluded.occurred_at, excluded.channel,
      excluded.campaign_ref, excluded.properties)`

/** Returns how many rows were inserted or changed. */
export async function upsertEvents(tx: Tx, recordedAt: Date, rows: readonly EventRow[]): Promise<number> {
  const written = await tx.query(sql`
    insert into ingest.events as known (id, source, external_id, kind, identifier_id, occurred_at, recorded_at, channel,
      campaign_ref, properties, record_id)
    select id, source, "externalId", kind, "identifierId", "occurredAt", ${recordedAt}, channel,
      "campaignRef", properties, "recordId"
    from jsonb_to_recordset(${json(rows)}::jsonb) as r (id uuid, source text, "externalId" text, kind text,
      "identifierId" uuid, "occurredAt" timestamptz, channel text, "campaignRef" text, properties jsonb, "recordId" uuid)
    ${replacingKnown}
    returning id`)
  return written.length
}

/** Events that the database already holds, as the rows of a statement (see `recordEventsOf`). */
export async function upsertEventsOf(tx: Tx, recordedAt: Date, source: string, rows: Sql): Promise<void> {
  await tx.query(sql`
    insert into ingest.events as known (id, source, external_id, kind, identifier_id, occurred_at, recorded_at, channel,
      campaign_ref, properties)
    select id, ${source}, external_id, kind, identifier_id, occurred_at, ${recordedAt}, channel, campaign_ref, properties
    from (${rows}) as r
    ${replacingKnown}`)
}

/** One line of a person's story. `what` is the kind of event, order or consent. */
export type TimelineRow = {
  at: Date
  type: 'event' | 'order' | 'consent'
  what: string
  source: string
  channel: string | null
  currency: string | null
  grossMinor: number | null
  detail: Record<string, unknown>
  recordId: string | null
}

/** What a person did, newest first; of equal instants, orders before events before consents, then by id. */
export function selectTimeline(db: Queryable, person: PersonId, limit: number): Promise<TimelineRow[]> {
  return db.query<TimelineRow>(sql`
    with mine as (select identifier_id from ingest.people where person_id = ${person}),
    line as (
      (select e.occurred_at as at, 'event' as type, e.kind as what, e.source, e.channel, null as currency,
        null::bigint as gross, e.properties as detail, e.record_id, e.id
       from ingest.events e join mine using (identifier_id) order by e.occurred_at desc, e.id desc limit ${limit})
      union all
      (select o.ordered_at, 'order', o.kind, o.source, null, o.currency, o.gross_minor, jsonb_build_object(
          'status', o.status, 'order', o.external_id, 'titles', (select coalesce(jsonb_agg(l.title order by l.line), '[]')
            from ingest.order_lines l where l.order_id = o.id)), o.record_id, o.id
       from ingest.orders o join mine using (identifier_id) order by o.ordered_at desc, o.id desc limit ${limit})
      union all
      (select c.occurred_at, 'consent', c.state, c.source, c.channel, null, null,
        jsonb_build_object('basis', c.basis, 'textVersion', c.text_version), c.record_id, c.id
       from ingest.consents c join mine using (identifier_id) order by c.occurred_at desc, c.id desc limit ${limit})
    )
    select at, type, what, source, channel, currency, gross as "grossMinor", detail, record_id as "recordId" from line
    order by at desc, type desc, id desc limit ${limit}`)
}

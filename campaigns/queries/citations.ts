import type { Queryable } from '#kernel/db.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'

/** Something a copy cites that holds no longer, and what stands in its place. */
export type Ended = {
  kind: 'fact' | 'span'
  key: string
  endedAt: Date | null
  /** The fact of the same subject and predicate that holds now. */
  nowId: string | null
  now: string | null
  nowSince: Date | null
  /** Whether it says the same again: the value of the fact, the words of the text. */
  same: boolean
}

type Asked = {
  facts: readonly { key: string; id: string }[]
  spans: readonly { key: string; documentId: string; quote: string }[]
  at: Date
}

/** What a fact says, for comparing: its value, or its words where it has none. */
const said = (fact: Sql): Sql => sql`coalesce(nullif(${fact}.value, 'null'::jsonb), to_jsonb(${fact}.statement))`

/** Of what is asked, what has ended or is gone. Whatever still holds costs one look into a primary key. */
export const selectEnded = (db: Queryable, { facts, spans, at }: Asked): Promise<Ended[]> =>
  db.query<Ended>(sql`
    select 'fact' as kind, c.key, f.valid_to as "endedAt", n.id as "nowId", n.statement as now,
      n.valid_from as "nowSince", coalesce(n.same, false) as same
    from jsonb_to_recordset(${json(facts)}::jsonb) as c (key text, id uuid)
    left join ingest.facts f on f.id = c.id
    left join lateral (
      select o.id, o.statement, o.valid_from, ${said(sql`o`)} = ${said(sql`f`)} as same from ingest.facts o
      where o.subject = f.subject and o.predicate = f.predicate and o.valid_from <= ${at}
        and (o.valid_to is null or o.valid_to > ${at})
      order by same desc, o.recorded_at desc limit 1) n on true
    where f.id is null or f.valid_to <= ${at}
    union all
    select 'span', c.key, d.valid_to, null, null, n.valid_from, coalesce(n.same, false)
    from jsonb_to_recordset(${json(spans)}::jsonb) as c (key text, "documentId" uuid, quote text)
    left join ingest.documents d on d.id = c."documentId"
    left join lateral (
      select o.valid_from, position(c.quote in o.body) > 0 as same from ingest.documents o
      where o.source = d.source and o.uri = d.uri and o.valid_to is null limit 1) n on true
    where d.id is null or d.valid_to <= ${at}`)

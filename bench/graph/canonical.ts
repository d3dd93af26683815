import { project, sizeOf } from '#graph/project.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { line, say, took } from './measure.ts'
import { today } from './shop.ts'
import { freshDatabase, type Bench } from './stores.ts'

type Opened = (db: Db) => Promise<Bench>

/**
 * From canonical tables to a published graph, all of it: rows read, golden values chosen, digests, written, counted and
 * compared; and once more after a hundredth of the events changed.
 */
export async function measureCanonical(input: {
  postgres: string
  stores: readonly Opened[]
  edges: number
}): Promise<void> {
  for (const open of input.stores) {
    const { db, close } = await freshDatabase(input.postgres)
    const bench = await open(db)
    try {
      say(`  ${bench.name}: filling the canonical tables`)
      for (const statement of canonicalRows(Math.round(input.edges / 9.4))) await db.query(statement)
      await time('projected, everything', bench, db)
      await db.query(sql`update ingest.events set channel = 'direct' where id in (select id from ingest.events where seq % 100 = 0)`) // prettier-ignore
      await time('projected, what changed', bench, db)
    } finally {
      await bench.close()
      await close()
    }
  }
}

async function time(what: string, { name, store }: Bench, db: Db): Promise<void> {
  const { ms, answer } = await took(() => project({ db, clock: systemClock, store }))
  if (answer.kind === 'busy') throw new Error(answer.why)
  const { changes, generation } = answer
  const { nodes, edges } = sizeOf(await store.census(generation))
  const rate = what.endsWith('everything') ? { 'edges/s': edges / (ms / 1000) } : { 'changes/s': changes / (ms / 1000) }
  line(what, name, { nodes, edges, changes, seconds: ms / 1000, ...rate })
}

const id = (kind: string, nth: Sql): Sql => sql`(${kind} || '-0000-7000-8000-' || lpad((${nth})::text, 12, '0'))::uuid`
const n = sql`n`
const record = id('7265636f', sql`1`)
const sku = (seed: number): Sql => sql`'sku-' || lpad((abs(hashint4(n * 7 + ${seed}::int)) % 2000)::text, 4, '0')`
const daysAgo = (days: number): Sql =>
  sql`${today}::timestamptz - make_interval(secs => abs(hashint4(n)) % (${days}::int * 86400))`
const somebody = (people: number): Sql => id('6964656e', sql`1 + abs(hashint4(n * 13)) % ${people}::int`)
const upTo = (count: number): Sql => sql`generate_series(1, ${Math.round(count)}::int) n`

/** About 9.4 edges a person. */
const canonicalRows = (people: number): Sql[] => [
  sql`insert into ingest.runs (id, source, input, fingerprint, state, started_at)
    values (${id('72756e00', sql`1`)}, 'bench', 'bench', 'bench', 'done', ${today})`,
  sql`insert into ingest.records (id, source, kind, external_id, version, content_hash, key_id, payload, run_id, place, received_at)
    values (${record}, 'bench', 'row', '1', 1, '1', ${record}, '', ${id('72756e00', sql`1`)}, '{}', ${today})`,
  sql`insert into ingest.identifiers (id, kind, value, first_seen_at)
    select ${id('6964656e', n)}, 'email', 'person' || n || '@example.test', ${today} from ${upTo(people * 1.2)}`,
  sql`insert into ingest.memberships (identifier_id, person_id, since, reason)
    select ${id('6964656e', n)}, ${id('70657273', sql`1 + (n - 1) % ${people}::int`)}, ${today}, 'bench' from ${upTo(people * 1.2)}`,
  sql`insert into ingest.profiles (identifier_id, source, record_id, given_name, family_name, city, country, language, lifecycle, channel, created_at, updated_at)
    select ${id('6964656e', n)}, 'bench', ${record}, 'Given' || n % 800, 'Family' || n % 5000, 'City ' || n % 300, 'NL', 'nl',
      'customer', 'organic', ${today}, ${today} from ${upTo(people)}`,
  sql`insert into ingest.products (id, source, external_id, sku, title, description, type, tags, record_id)
    select ${id('70726f64', n)}, 'bench', n::text, 'sku-' || lpad((n - 1)::text, 4, '0'), 'Product ' || n, '', 'coffee',
      array['topic-' || n % 40, 'topic-' || n % 7], ${record} from ${upTo(2000)}`,
  sql`insert into ingest.orders (id, source, external_id, kind, identifier_id, ordered_at, status, currency, gross_minor, rate_minor, record_id)
    select ${id('6f726465', n)}, 'bench', n::text, 'order', ${somebody(people)}, ${daysAgo(700)}, 'paid', 'EUR', 5000, 1, ${record}
    from ${upTo(people)}`,
  sql`insert into ingest.order_lines (order_id, line, sku, title, quantity, amount_minor)
    select ${id('6f726465', n)}, line, ${sku(1)} || case line when 1 then '' else 'x' end, 'Something', 1, 2500
    from ${upTo(people)} cross join generate_series(1, 2) line`,
  sql`insert into ingest.events (id, source, external_id, kind, identifier_id, occurred_at, recorded_at, properties, record_id)
    select ${id('6576656e', n)}, 'bench', n::text, 'page', ${somebody(people)}, ${daysAgo(400)}, ${today},
      case when n % 5 < 2 then jsonb_build_object('path', '/shop', 'sku', ${sku(2)}) else '{"path": "/"}' end, ${record}
    from ${upTo(people * 3)}`,
  sql`insert into ingest.consents (id, source, external_id, identifier_id, channel, state, basis, occurred_at, record_id)
    select ${id('636f6e73', n)}, 'bench', n::text, ${id('6964656e', n)}, 'email', 'granted', 'form', ${daysAgo(600)}, ${record}
    from ${upTo(people)}`,
  sql`analyze`,
]

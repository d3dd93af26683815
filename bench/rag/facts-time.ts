import { newId } from '#kernel/ids.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { seeded, zipfWords } from './zipf-texts.ts'

/** A catalogue of so many products with ten facts each: words as rare and as common as words are. */
export async function addCatalogue(db: Db, products: number): Promise<string[]> {
  const random = seeded(4)
  const next = zipfWords(random)
  const words = (count: number): string => Array.from({ length: count }, next).join(' ')
  const titles: string[] = []
  for (let from = 0; from < products; from += 500) {
    const rows = Array.from({ length: Math.min(500, products - from) }, (_, nth) => {
      const [sku, title] = [`S${from + nth}`, words(3)]
      titles.push(title)
      const facts = Array.from({ length: 10 }, (_fact, n) => ({ id: newId(systemClock), predicate: `p${n}`, statement: words(8) })) // prettier-ignore
      return { id: newId(systemClock), sku, title, tags: [words(1), words(1)], facts }
    })
    const text = `with given as (select * from jsonb_to_recordset($1::jsonb) as r (id uuid, sku text, title text, tags text[], facts jsonb)),
      products as (insert into ingest.products (id, source, external_id, sku, title, description, tags, record_id)
        select id, 'bench', sku, sku, title, '', tags, id from given)
      insert into ingest.facts (id, subject, predicate, value, statement, valid_from, recorded_at, record_id)
      select f.id, 'product:' || g.sku, f.predicate, 'null', f.statement, '2026-01-01', '2026-01-01', g.id
      from given g cross join jsonb_to_recordset(g.facts) as f (id uuid, predicate text, statement text)`
    await db.query({ text, values: [JSON.stringify(rows)] })
  }
  return titles
}

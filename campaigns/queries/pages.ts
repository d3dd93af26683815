import type { Queryable } from '#kernel/db.ts'
import type { FactId } from '#kernel/ids.ts'
import { sql } from '#kernel/sql.ts'

/** The names of all pages that were ever published. */
export const selectPageNames = async (db: Queryable): Promise<string[]> =>
  (await db.query<{ name: string }>(sql`select distinct name from kernel.pointers where kind = 'page' order by name`)).map(({ name }) => name) // prettier-ignore

/** A price that holds, with what the catalogue calls its product. */
export type Priced = { value: unknown; sku: string; title: string; url: string | null; available: boolean | null }

/** Of these facts, the prices that hold at an instant, with the product each is of. */
export const selectPrices = (db: Queryable, facts: readonly FactId[], at: Date): Promise<Priced[]> =>
  db.query<Priced>(sql`
    select distinct on (p.sku) f.value, p.sku, p.title, p.url, p.available > 0 as available
    from ingest.facts f join ingest.products p on f.subject = 'product:' || p.sku
    where f.id = any(${[...facts]}::uuid[]) and f.predicate = 'price' and f.valid_from <= ${at}
      and (f.valid_to is null or f.valid_to > ${at})
    order by p.sku, f.recorded_at desc`)

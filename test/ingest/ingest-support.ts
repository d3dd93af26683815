import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import type { Db } from '#kernel/db.ts'
import { silentLog } from '#kernel/log.ts'
import { json, sql } from '#kernel/sql.ts'
import type { IngestDeps } from '#ingest/run.ts'

/** A business in Amsterdam that counts in euros, on a day in 2026. */
export function deps(db: Db, change: Partial<IngestDeps> = {}): IngestDeps {
  return {
    db,
    clock: stoppedClock(new Date('2026-09-01T08:00:00Z')),
    recordsKey: new Uint8Array(32).fill(7),
    business: { zone: 'Europe/Amsterdam', currency: 'EUR' },
    log: silentLog,
    ...change,
  }
}

/** A folder that is gone after the tests of the file. */
export function testFolder(): {
  path: string
  write: (name: string, content: string | Uint8Array) => string
  remove: (name: string) => void
} {
  const path = mkdtempSync(join(tmpdir(), 'millrace-ingest-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return {
    path,
    write: (name, content) => {
      const file = join(path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
    remove: (name) => rmSync(join(path, name)),
  }
}

/** Rates kept as if an FX file had been read. */
export async function giveRates(
  db: Db,
  rates: readonly { day: string; base: string; quote: string; rate: string }[],
): Promise<void> {
  await db.query(sql`insert into ingest.fx_rates (day, base, quote, rate)
    select day, base, quote, rate from jsonb_to_recordset(${json(rates)}::jsonb) as r (day date, base text, quote text, rate numeric)`)
}

/** Counts and totals of the canonical tables: equal where equal data came in. */
export async function canonicalTotals(db: Db): Promise<Record<string, unknown>> {
  const rows = await db.query(sql`select
    (select count(*) from ingest.orders) as orders,
    (select coalesce(sum(gross_minor), 0)::bigint from ingest.orders) as gross,
    (select coalesce(sum(tax_minor), 0)::bigint from ingest.orders) as tax,
    (select count(*) from ingest.order_lines) as lines,
    (select count(*) from ingest.identifiers) as identifiers,
    (select count(*) from ingest.profiles) as profiles,
    (select count(*) from ingest.links) as links,
    (select count(*) from ingest.events) as events,
    (select count(*) from ingest.adjustments) as adjustments,
    (select coalesce(sum(amount_minor), 0)::bigint from ingest.costs) as costs,
    (select count(*) from ingest.records) as records,
    (select count(*) from kernel.keys) as keys,
    (select count(*) from ingest.quarantine where resolved_at is null) as waiting`)
  return rows[0]!
}

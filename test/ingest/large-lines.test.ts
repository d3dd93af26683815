import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { parseMapping } from '#ingest/mapping.ts'
import { runSource } from '#ingest/run.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { webEvents } from '#ingest/sources/web-events.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps, testFolder } from './ingest-support.ts'

const folder = testFolder()
const orders = ordersCsv(parseMapping('id=id,customer=customer,date=date,amount=amount,currency=currency'))
const header = 'id,customer,date,amount,currency'

describe('a line too large to hold', () => {
  const db = testDatabase()

  it.each([
    ['csv', orders, `${header}\n`, (id: number) => `${id},anna,2026-01-05,1.00,EUR\n`, '2,"'],
    [
      'jsonl',
      webEvents(),
      '',
      (id: number) => `{"id":"${id}","type":"page","anonymousId":"d","timestamp":"2026-01-05T10:00:00Z"}\n`,
      '{"id":"',
    ],
  ] as const)(
    'keeps its place and hash in constant memory, and the rows around it are read (%s)',
    async (ending, source, head, row, opening) => {
      // What a process takes for good with its first file (code, the embedded engine's pages) is not the line's.
      await runSource(deps(db), source, { path: folder.write(`first.${ending}`, head + row(9)) })
      const path = join(folder.path, `huge.${ending}`)
      const sizeMb = 256
      const expected = await writeHuge(path, head + row(1), opening, `\n${row(3)}`, sizeMb)
      globalThis.gc?.()
      const start = process.memoryUsage().rss
      let peak = start
      const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5)
      const report = await runSource(deps(db), source, { path })
      clearInterval(watch)
      rmSync(path)
      expect(report).toMatchObject({ received: 3, accepted: 2, quarantined: 1 })
      const [kept] = await db.query(sql`select place, sha256, payload, key_id from ingest.quarantine`)
      const place = {
        file: `huge.${ending}`,
        line: ending === 'csv' ? 3 : 2,
        offset: expected.offset,
        length: expected.length,
      }
      expect(kept).toEqual({ place, sha256: expected.sha256, payload: null, key_id: null })
      expect((peak - start) / 1024 / 1024).toBeLessThan(sizeMb / 2)
    },
  )

  /** A line of many megabytes between two good ones; returns where it stands and its hash. */
  async function writeHuge(path: string, before: string, opening: string, after: string, sizeMb: number) {
    const file = createWriteStream(path)
    const digest = createHash('sha256')
    const chunk = 'x'.repeat(1024 * 1024)
    file.write(before + opening)
    digest.update(opening)
    for (let written = 0; written < sizeMb; written += 1) {
      digest.update(chunk)
      if (!file.write(chunk)) await once(file, 'drain')
    }
    file.end(after)
    await finished(file)
    return {
      offset: before.length,
      length: opening.length + sizeMb * chunk.length,
      sha256: digest.digest('hex'),
    }
  }
})

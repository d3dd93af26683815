import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runFeed, type Feed, type Page } from '#ingest/feed.ts'
import type { IngestDeps } from '#ingest/run.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import type { Db } from '#kernel/db.ts'
import { sql } from '#kernel/sql.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps } from './ingest-support.ts'
import { lostAfter } from './lost-database.ts'

type Customer = { id: string; email: string; livemode?: boolean }

const bytesOf = ({ id, email, livemode = true }: Customer): Buffer =>
  Buffer.from(JSON.stringify({ id, object: 'customer', created: 1_767_225_600, livemode, email }))
const anna: Customer = { id: 'cus_anna', email: 'anna@example.com' }
const ben: Customer = { id: 'cus_ben', email: 'ben@example.com' }
const cleo: Customer = { id: 'cus_cleo', email: 'cleo@example.com' }

/** A vendor whose streams are pages in a row; the cursor counts the pages that are behind. */
function vendor(pages: Readonly<Record<string, readonly Customer[][]>>, fails: (stream: string) => void = () => {}) {
  const askedFrom: unknown[] = []
  const feed: Feed = {
    source: stripe(),
    streams: Object.keys(pages),
    pages: async function* (stream, cursor): AsyncGenerator<Page> {
      askedFrom.push(cursor)
      const all = pages[stream] ?? []
      for (let next = typeof cursor === 'number' ? cursor : 0; next < all.length; next += 1) {
        await Promise.resolve()
        fails(stream)
        yield { objects: all[next]!.map(bytesOf), cursor: next + 1, more: next + 1 < all.length }
      }
    },
  }
  return { feed, askedFrom }
}

const emails = (db: Db) =>
  db.query(sql`select i.value as id, p.email from ingest.profiles p
  join ingest.identifiers i on i.id = p.identifier_id order by 1`)
const runs = (db: Db) =>
  db.query(sql`select input, state, received, accepted, unchanged, quarantined, problem
  from ingest.runs order by seq`)

describe('a feed', () => {
  const db = testDatabase()

  it('brings in page by page, and goes on behind the last one next time', async () => {
    const pages = [[anna], [ben]]
    const { feed, askedFrom } = vendor({ customers: pages })
    expect(await runFeed(deps(db), feed)).toMatchObject([{ input: 'api:customers', received: 2, accepted: 2 }])
    pages.push([cleo])
    expect(await runFeed(deps(db), feed)).toMatchObject([{ received: 1, accepted: 1, resumed: false }])
    expect(askedFrom).toEqual([undefined, 2])
    expect(await emails(db)).toHaveLength(3)
  })

  it('counts what overlaps as unchanged, and a value that came back as a new version', async () => {
    const moved = { ...anna, email: 'anna@new.example.com' }
    const { feed } = vendor({ customers: [[anna, ben], [anna, moved], [anna]] })
    expect(await runFeed(deps(db), feed)).toMatchObject([{ received: 5, accepted: 4, unchanged: 1 }])
    expect(await emails(db)).toContainEqual({ id: 'cus_anna', email: 'anna@example.com' })
  })

  it('sets aside what cannot be read, once however often it comes', async () => {
    const trial = { ...ben, livemode: false }
    const { feed } = vendor({ customers: [[anna, trial], [trial]] })
    const [report] = await runFeed(deps(db), feed)
    expect(report).toMatchObject({ received: 3, accepted: 1, quarantined: 2 })
    expect(report?.problems).toMatchObject([
      { reason: 'The object is of test mode', example: { file: 'api:customers' } },
    ])
    expect(await db.query(sql`select id from ingest.quarantine`)).toHaveLength(1)
  })

  it('keeps the cursor of a stream that fails, and brings in the others', async () => {
    let down = true
    const failing = (stream: string): void => {
      if (down && stream === 'charges') throw new Error('the vendor is down')
    }
    const { feed } = vendor({ charges: [[anna]], customers: [[ben]] }, failing)
    await expect(runFeed(deps(db), feed)).rejects.toThrow('stripe: charges (the vendor is down) could not be pulled')
    expect(await runs(db)).toMatchObject([
      { input: 'api:charges', state: 'failed', received: 0, problem: 'the vendor is down' },
      { input: 'api:customers', state: 'done', received: 1, problem: null },
    ])
    down = false
    expect(await runFeed(deps(db), feed)).toMatchObject([{ accepted: 1 }, { received: 0 }])
  })

  it('stops behind the page under way when it is told to, and goes on with the same run', async () => {
    const { feed } = vendor({ customers: [[anna], [ben], [cleo]] })
    const stopping = new AbortController()
    const stopped = await runFeed(deps(db), feed, { signal: stopping.signal, onPage: () => stopping.abort() })
    expect(stopped).toMatchObject([{ accepted: 1 }])
    expect(await runFeed(deps(db), feed)).toMatchObject([{ runId: stopped[0]?.runId, resumed: true, accepted: 3 }])
  })

  it('is pulled by one process at a time: another one is refused and nothing is lost', async () => {
    const all = Array.from({ length: 12 }, (_, index) => [{ id: `cus_${index}`, email: `c${index}@example.com` }])
    const pull = (): Promise<unknown> => runFeed(deps(db), vendor({ customers: all }).feed)
    const ends = await Promise.allSettled([pull(), pull(), pull()])
    for (const end of ends) if (end.status === 'rejected') expect(String(end.reason)).toMatch(/Another process/)
    await runFeed(deps(db), vendor({ customers: all }).feed)
    expect(await emails(db)).toHaveLength(12)
    expect(await db.query(sql`select id from ingest.records`)).toHaveLength(12)
  })
})

describe('a pull of anything, killed and failing anywhere', () => {
  const db = testDatabase({ keep: true })
  let nth = 0

  const customer = fc.record({ who: fc.integer({ min: 1, max: 5 }), email: fc.constantFrom('a', 'b'), livemode: fc.boolean() }) // prettier-ignore
  const troubles = fc.array(
    fc.record({ is: fc.constantFrom('kill', 'fault'), after: fc.integer({ min: 0, max: 4 }) }),
    { maxLength: 5 },
  )

  it('ends as one that went well', async () => {
    const cases = fc.record({ pages: fc.array(fc.array(customer, { maxLength: 4 }), { maxLength: 6 }), troubles })
    await fc.assert(
      fc.asyncProperty(cases, async ({ pages, troubles: met }) => {
        nth += 1
        const named = (name: string): Feed => {
          const stream = pages.map((page) =>
            page.map(({ who, email, livemode }) => ({ id: `${name}-${who}`, email: `${email}${who}@example.com`, livemode })),
          ) // prettier-ignore
          return { ...vendor({ customers: stream }).feed, source: { ...stripe(), name } }
        }
        const outcome = async (name: string): Promise<unknown> => ({
          profiles: await db.query(sql`select replace(i.value, ${name}, '') as id, p.email from ingest.profiles p
            join ingest.identifiers i on i.id = p.identifier_id where p.source = ${name} order by 1`),
          waiting: await db.query(
            sql`select reason, count(*) from ingest.quarantine where source = ${name} group by 1`,
          ),
          records: await db.query(sql`select replace(external_id, ${name}, '') as id, version from ingest.records
            where source = ${name} order by 1, 2`),
        })
        const [calm, rough] = [`calm${nth}`, `rough${nth}`]
        await runFeed(deps(db), named(calm))
        for (const { is, after } of met) await disturbed(deps(db), named(rough), is === 'kill' ? { kill: after } : { fault: after }) // prettier-ignore
        const sums = await db.query<{ sums: boolean }>(sql`select received = accepted + unchanged + quarantined as sums from ingest.runs`) // prettier-ignore
        expect(sums.every((row) => row.sums)).toBe(true)
        await runFeed(deps(db), named(rough))
        expect(await outcome(rough)).toEqual(await outcome(calm))
      }),
      { numRuns: 30 },
    )
  })
})

/** Pulls until the connection is lost after some commits, or the vendor fails after some pages. */
async function disturbed(base: IngestDeps, feed: Feed, trouble: { kill: number } | { fault: number }): Promise<void> {
  if ('kill' in trouble)
    return void (await runFeed({ ...base, db: lostAfter(base.db, trouble.kill) }, feed).catch(() => {}))
  const pages: Feed['pages'] = async function* (...given) {
    let left = trouble.fault
    for await (const page of feed.pages(...given)) {
      left -= 1
      if (left < 0) throw new Error('the vendor is down')
      yield page
    }
  }
  await runFeed(base, { ...feed, pages }).catch(() => {})
}

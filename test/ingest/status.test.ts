import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { driftBetween, shapesOf, typeOfCell, type FieldType, type Shape } from '#ingest/drift.ts'
import { parseMapping } from '#ingest/mapping.ts'
import { runSource } from '#ingest/run.ts'
import { ordersCsv } from '#ingest/sources/orders-csv.ts'
import { stripe } from '#ingest/sources/stripe.ts'
import { ingestStatus, rhythmOf, spanOf } from '#ingest/status.ts'
import { testDatabase } from '#test/support/database.ts'
import { deps, testFolder } from './ingest-support.ts'

const folder = testFolder()
const hour = 3_600_000
const day = 24 * hour
const orders = (name = 'till') =>
  ordersCsv(parseMapping(`name=${name};id=id,customer=customer,date=date,amount=amount`))
const start = new Date('2026-03-02T08:00:00Z')

const csv = (columns: string, rows: readonly string[]): string => [columns, ...rows].join('\n')
const sold = (n: number, at: string, more = ''): string => `o${n},c${n},${at},${n}.00${more}`

describe('the state of ingest', () => {
  const db = testDatabase()

  it('tells the last run of each source, how old its newest row is, and what waits', async () => {
    const clock = stoppedClock(start)
    const path = folder.write('a.csv', csv('id,customer,date,amount', [sold(1, '2026-03-01'), 'o2,c2,never,2.00']))
    await runSource(deps(db, { clock }), orders(), { path })
    clock.advance(2 * hour)
    const [source] = await ingestStatus({ db, clock })
    expect(source).toMatchObject({
      source: 'orders', waiting: 1, sinceMs: 2 * hour, rhythmMs: null, drift: [], alarms: [],
      // Midnight in Amsterdam of the day before, seen at ten.
      newestAt: new Date('2026-02-28T23:00:00Z'), lagMs: 35 * hour,
      runs: [{ state: 'done', received: 2, accepted: 1, unchanged: 0, quarantined: 1 }],
    }) // prettier-ignore
  })

  it('says which columns are new, missing or hold something else since the run before', async () => {
    const rows = (more: (n: number) => string) => Array.from({ length: 8 }, (_, n) => sold(n, '2026-03-01', more(n)))
    const first = csv('id,customer,date,amount,city,points', rows((n) => `,Delft,${n}`)) // prettier-ignore
    await runSource(deps(db), orders(), { path: folder.write('first.csv', first) })
    expect((await ingestStatus(deps(db)))[0]?.drift).toEqual([])
    const second = csv('id,customer,date,amount,points,shop', rows(() => ',many,Delft')) // prettier-ignore
    await runSource(deps(db), orders(), { path: folder.write('second.csv', second) })
    expect((await ingestStatus(deps(db)))[0]?.drift).toEqual([
      { kind: 'order', layout: 'till', field: 'city', is: 'missing' },
      { kind: 'order', layout: 'till', field: 'points', is: 'retyped', was: 'number', now: 'text' },
      { kind: 'order', layout: 'till', field: 'shop', is: 'new' },
    ])
    await runSource(deps(db), orders(), { path: folder.write('third.csv', `${second}\n`) })
    expect((await ingestStatus(deps(db)))[0]?.drift).toEqual([])
  })

  it('compares only what is read alike: another mapping’s file is no change', async () => {
    await runSource(deps(db), orders('till'), { path: folder.write('till.csv', csv('id,customer,date,amount', [sold(1, '2026-03-01')])) }) // prettier-ignore
    const shop = csv('nr,id,customer,date,amount', ['9,o1,c1,2026-03-01,1.00'])
    await runSource(deps(db), orders('shop'), { path: folder.write('shop.csv', shop) })
    expect((await ingestStatus(deps(db)))[0]?.drift).toEqual([])
  })

  it('looks at the fields of JSON objects, each kind for itself', async () => {
    const charge = (id: number, extra: object) => ({ id: `ch_${id}`, object: 'charge', created: 1767600000, livemode: true, amount: 100, currency: 'eur', customer: 'cus_1', status: 'succeeded', ...extra }) // prettier-ignore
    const list = (extra: object) => JSON.stringify({ data: Array.from({ length: 6 }, (_, id) => charge(id, extra)) })
    await runSource(deps(db), stripe(), { path: folder.write('charges.json', list({ radar: { score: 1 } })) })
    await runSource(deps(db), stripe(), { path: folder.write('charges.json', list({ radar: 'none', level: 3 })) })
    expect((await ingestStatus(deps(db)))[0]?.drift).toMatchObject([
      { field: 'level', is: 'new' },
      { field: 'radar', is: 'retyped', was: 'object', now: 'text' },
    ])
  })

  it('raises an alarm when a source is late by its own rhythm, and no sooner', async () => {
    const clock = stoppedClock(start)
    for (let n = 0; n < 5; n += 1) {
      const path = folder.write(`daily-${n}.csv`, csv('id,customer,date,amount', [sold(n, '2026-03-01')]))
      await runSource(deps(db, { clock }), orders(), { path })
      clock.advance(day)
    }
    expect((await ingestStatus({ db, clock }))[0]).toMatchObject({ rhythmMs: day, sinceMs: day, alarms: [] })
    clock.advance(1.5 * day)
    const [late] = await ingestStatus({ db, clock })
    expect(late?.alarms).toMatchObject([
      { kind: 'late', why: 'Nothing new for 3 days; it usually comes every 24 hours' },
    ])
    // The same file again brings nothing new.
    await runSource(deps(db, { clock }), orders(), { path: `${folder.path}/daily-0.csv` })
    expect((await ingestStatus({ db, clock }))[0]?.alarms).toHaveLength(1)
  })

  it('raises an alarm for a run that failed, and for one that was ended', async () => {
    const clock = stoppedClock(start)
    const path = folder.write('wrong.csv', 'id,customer\n1,anna\n')
    await expect(runSource(deps(db, { clock }), orders(), { path })).rejects.toThrow(/no column "date"/)
    const [alarm] = (await ingestStatus({ db, clock }))[0]?.alarms ?? []
    expect(alarm).toMatchObject({ kind: 'failed' })
    expect(alarm?.why).toContain('The last run failed: wrong.csv has no column "date"')
    const killed = folder.write(
      'killed.csv',
      csv('id,customer,date,amount', [sold(1, '2026-03-01'), sold(2, '2026-03-01')]),
    )
    const dying = deps(db, { clock, rowsPerBatch: 1, onProgress: () => { throw new Error('killed') } }) // prettier-ignore
    await expect(runSource(dying, orders(), { path: killed })).rejects.toThrow('killed')
    expect((await ingestStatus({ db, clock }))[0]?.alarms).toEqual([])
    clock.advance(2 * hour)
    expect((await ingestStatus({ db, clock }))[0]?.alarms).toMatchObject([{ kind: 'unfinished' }])
    await runSource(deps(db, { clock }), orders(), { path: killed })
    expect((await ingestStatus({ db, clock }))[0]?.alarms).toEqual([])
  })
})

describe('the rhythm of a source', () => {
  const times = (...gaps: number[]): Date[] => gaps.reduce<Date[]>((all, gap) => [...all, new Date(all.at(-1)!.getTime() - gap)], [start]) // prettier-ignore

  it('rests at weekends without being late', () => {
    const rhythm = rhythmOf(times(day, day, day, day, 3 * day, day, day, day, day, 3 * day))
    expect(rhythm?.usualMs).toBe(day)
    expect(rhythm?.patienceMs).toBeGreaterThan(3 * day)
  })

  it('takes what comes within an hour for one arrival, and needs four to speak', () => {
    expect(rhythmOf(times(60_000, 60_000, 60_000, 60_000))).toBeNull()
    expect(rhythmOf(times(day, day))).toBeNull()
    expect(rhythmOf(times(day, 60_000, day, 60_000, day))?.usualMs).toBeGreaterThanOrEqual(day)
  })

  it('is patient for at least twice the usual time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: hour, max: 40 * day }), { minLength: 3, maxLength: 30 }), (gaps) => {
        const rhythm = rhythmOf(times(...gaps))!
        expect(rhythm.patienceMs).toBeGreaterThanOrEqual(2 * rhythm.usualMs)
        expect(gaps).toContain(rhythm.usualMs)
      }),
    )
  })

  it('is told in words', () => {
    expect([30_000, 60_000, 12 * 60_000, 5 * hour, 3 * day].map(spanOf)).toEqual(['less than a minute', '1 minute', '12 minutes', '5 hours', '3 days']) // prettier-ignore
  })
})

describe('the drift between two runs', () => {
  const types: readonly FieldType[] = ['empty', 'text', 'number', 'date', 'boolean']
  const shape = fc
    .dictionary(
      fc.stringMatching(/^[a-z]{1,5}$/),
      fc.array(fc.constantFrom(...types), { minLength: 20, maxLength: 20 }),
      { maxKeys: 6, noNullPrototype: true },
    ) // prettier-ignore
    .map((fields): Shape => ({
      kind: 'row',
      rows: 20,
      fields: Object.entries(fields).flatMap(([field, seen]) =>
        [...Map.groupBy(seen, (type) => type)].map(([type, all]) => ({ field, type, seen: all.length })),
      ),
    }))
  const namesOf = ({ fields }: Shape): string[] => [...new Set(fields.map(({ field }) => field))].toSorted()

  it('is none between equal rows, and names every field that came or went', () => {
    fc.assert(
      fc.property(shape, shape, (one, other) => {
        expect(driftBetween(one, one)).toEqual([])
        const drift = driftBetween(one, other)
        const came = drift.flatMap((each) => (each.is === 'new' ? [each.field] : []))
        const went = drift.flatMap((each) => (each.is === 'missing' ? [each.field] : []))
        const [before, now] = [namesOf(one), namesOf(other)]
        expect(came).toEqual(now.filter((name) => !before.includes(name)))
        expect(went).toEqual(before.filter((name) => !now.includes(name)))
      }),
    )
  })

  it('leaves a field alone that is often empty, where so few rows cannot tell', () => {
    const rare: Shape = { kind: 'row', rows: 100, fields: [{ field: 'vat', type: 'text', seen: 4 }] }
    expect(driftBetween(rare, { kind: 'row', rows: 50, fields: [] })).toEqual([])
    expect(driftBetween(rare, { kind: 'row', rows: 500, fields: [] })).toEqual([{ kind: 'row', field: 'vat', is: 'missing' }]) // prettier-ignore
  })

  it.each<[string, FieldType]>([
    ['', 'empty'], ['  ', 'empty'], ['12', 'number'], ['-1.234,50', 'number'], ['2026-03-01', 'date'], ['1/3/26', 'date'],
    ['2026-03-01T10:00:00Z', 'date'], ['yes', 'boolean'], ['Delft', 'text'], ['12 Main St', 'text'],
  ])('takes "%s" for %s', (cell, type) => {
    expect(typeOfCell(cell)).toBe(type)
  }) // prettier-ignore

  it('reads cells by the header of their file, in its encoding and by its separator', () => {
    const raw = Buffer.from('"caf\u{e9}; bar";12', 'latin1')
    const header = { is: 'header', file: 'f', columns: ['a', 'b'], delimiter: ';', encoding: 'windows-1252' } as const
    const row = { is: 'row', kind: 'row', externalId: '1', raw, place: { file: 'f', offset: 0, length: 1 }, canon: [] } as const // prettier-ignore
    expect(shapesOf([row], new Map([['f', header]]))).toEqual([
      { kind: 'row', rows: 1, fields: [{ type: 'text', field: 'a', seen: 1 }, { type: 'number', field: 'b', seen: 1 }] },
    ]) // prettier-ignore
  })
})

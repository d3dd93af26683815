import { describe, expect, it } from 'vitest'
import { UsageError } from '#kernel/errors.ts'
import { versionOf } from '#kernel/versions.ts'
import { figureRows } from '#governance/metrics/figure-rows.ts'
import { metricParameters, registerMetrics } from '#governance/metrics/register.ts'
import { verifyAudit } from '#governance/audit.ts'
import { addIdentifiers, addPeople, addProfile, addSpends, addTouches } from './ledger.ts'
import { clock, db, euros, figure, report, sale, shop, year } from './report-world.ts'

describe('new customers', () => {
  it('are people, so two addresses of one person count once', async () => {
    const ids = await shop([sale('1', 'a', '2025-03-05T10:00Z', 100), sale('2', 'b', '2025-04-05T10:00Z', 100)])
    expect(figure(await report(), 'new-customers')?.value).toBe(2)
    await addPeople(db, [[ids.get('a') ?? '', ids.get('b') ?? '']])
    expect(figure(await report(), 'new-customers')?.value).toBe(1)
    expect(figure(await report({ from: '2025-04-01' }), 'new-customers')?.value).toBe(0)
  })

  it('come by the last touch that is not direct, of any of their identifiers, within 90 days', async () => {
    const bought = '2025-06-30T10:00:00Z'
    const buyers = ['touched', 'late', 'stale', 'profiled', 'nothing', 'opener']
    const ids = await shop(buyers.map((by, index) => sale(String(index), by, bought, 100)))
    const devices = await addIdentifiers(db, ['phone-of-touched'], 'device')
    const all = new Map([...ids, ...devices])
    await addPeople(db, [
      [ids.get('touched') ?? '', devices.get('phone-of-touched') ?? ''],
      [ids.get('profiled') ?? ''],
    ])
    await addTouches(db, all, [
      { by: 'touched', at: '2025-06-01T10:00:00Z', channel: 'organic' },
      { by: 'phone-of-touched', at: '2025-06-20T10:00:00Z', channel: 'google-ads' },
      { by: 'touched', at: '2025-06-29T10:00:00Z', channel: 'direct' },
      { by: 'touched', at: '2025-07-01T10:00:00Z', channel: 'meta-ads' },
      { by: 'late', at: '2025-04-01T10:00:00Z', channel: 'social' },
      { by: 'stale', at: '2025-04-01T09:59:59Z', channel: 'social' },
      { by: 'opener', at: '2025-06-20T10:00:00Z', channel: 'referral', kind: 'visit' },
      { by: 'opener', at: '2025-06-21T10:00:00Z', channel: 'email', kind: 'message.opened' },
    ])
    await addProfile(db, ids.get('profiled'), 'meta-ads')
    const made = await report()
    const byChannel = Object.fromEntries(made.byChannel.map((row) => [row.channel, row.newCustomers.value]))
    expect(byChannel).toEqual({ 'google-ads': 1, social: 1, direct: 2, 'meta-ads': 1, referral: 1 })
    const opened = await figureRows({ db, clock }, 'new-customers:google-ads', year)
    expect(opened.rows).toMatchObject([{ kind: 'customer', because: 'event', channel: 'google-ads' }])
    expect(opened.total).toBe(1)
  })
})

describe('what a customer costs', () => {
  async function twoChannels(): Promise<void> {
    const ids = await shop([
      sale('1', 'a', '2025-03-05T10:00Z', 9000),
      sale('2', 'b', '2025-03-06T10:00Z', 9000),
      sale('3', 'c', '2025-03-07T10:00Z', 9000),
    ])
    await addTouches(db, ids, [
      { by: 'a', at: '2025-03-01T10:00Z', channel: 'google-ads' },
      { by: 'b', at: '2025-03-01T10:00Z', channel: 'organic' },
    ])
  }

  it('is blended over all, paid over the channels with spend, and loaded with everything', async () => {
    await twoChannels()
    await addSpends(db, [
      { day: '2025-03-01', amount: 4000, channel: 'google-ads' },
      { day: '2025-03-02', amount: 1000, channel: 'meta-ads' },
      { day: '2025-03-31', amount: 7001, kind: 'salary' },
      { day: '2024-12-31', amount: 999_999, channel: 'google-ads' },
      { day: '2026-01-01', amount: 999_999, channel: 'google-ads' },
    ])
    const made = await report()
    expect(figure(made, 'blended-cac')?.value).toEqual(euros(1667))
    expect(figure(made, 'paid-cac')?.value).toEqual(euros(5000))
    expect(figure(made, 'loaded-cac')?.value).toEqual(euros(4000))
    const paid = Object.fromEntries(made.byChannel.map((row) => [row.channel, row.paidCac]))
    expect(paid['google-ads']).toMatchObject({ id: 'paid-cac:google-ads', value: euros(4000) })
    expect(paid['meta-ads']).toMatchObject({ value: null, why: 'spend without customers' })
    expect(paid['organic']).toMatchObject({ value: null, why: 'missing: no spend is recorded for organic' })
  })

  it('is converted at the rate of each cost', async () => {
    await twoChannels()
    await addSpends(db, [{ day: '2025-03-01', amount: 333, channel: 'google-ads', currency: 'JPY', rate: '0.6123' }])
    expect(figure(await report(), 'ad-spend')?.value).toEqual(euros(204))
  })

  it('is never zero or infinite: nothing spent, and nobody acquired, are said in words', async () => {
    await twoChannels()
    await addSpends(db, [{ day: '2025-03-01', amount: 0, channel: 'google-ads' }])
    expect(figure(await report(), 'blended-cac')).toMatchObject({ value: null, why: 'nothing was spent' })
    await addSpends(db, [{ day: '2025-07-01', amount: 500, channel: 'google-ads' }])
    const summer = await report({ from: '2025-06-01', to: '2025-09-01' })
    expect(figure(summer, 'blended-cac')).toMatchObject({ value: null, why: 'spend without customers' })
    expect(figure(summer, 'ltv-historic')).toMatchObject({ value: null, why: 'no customer was acquired' })
    expect(figure(summer, 'payback-months')).toMatchObject({ value: null, why: 'no customer was acquired' })
    expect(figure(summer, 'new-customers')?.value).toBe(0)
  })

  it('has nothing to say of an empty house, but says it', async () => {
    const made = await report()
    expect(figure(made, 'revenue-net')?.value).toEqual(euros(0))
    expect(figure(made, 'loaded-cac')).toMatchObject({ value: null, why: 'missing: no spend is recorded' })
    expect(made.byChannel).toEqual([])
    expect(made.cohorts).toEqual([])
    expect(made.months).toHaveLength(12)
  })
})

describe('what a customer brings', () => {
  const steady = [
    sale('1', 'a', '2025-03-05T10:00Z', 2000),
    sale('2', 'b', '2025-03-20T10:00Z', 2000),
    sale('3', 'a', '2025-04-05T10:00Z', 2000),
    sale('4', 'a', '2025-06-05T10:00Z', 3000),
  ]

  it('is historic and before cost of goods until a margin is set, which makes another version', async () => {
    await shop(steady)
    await addSpends(db, [{ day: '2025-03-01', amount: 4000, channel: 'google-ads' }])
    const before = await report()
    expect(figure(before, 'ltv-historic')).toMatchObject({
      value: euros(4500), label: 'LTV, historic (before cost of goods)',
    }) // prettier-ignore
    expect(figure(before, 'ltv-to-cac')?.value).toBe(2.25)
    await registerMetrics({ db, clock }, { by: 'millrace', parameters: { grossMarginPercent: 62.5 } })
    const after = await report()
    expect(figure(after, 'ltv-historic')).toMatchObject({
      value: euros(2813), label: 'LTV, historic (at 62.5 % margin)',
    }) // prettier-ignore
    expect(figure(after, 'ltv-to-cac')?.value).toBe(1.41)
    expect(figure(after, 'ltv-historic')?.metric.versionHash).not.toBe(
      figure(before, 'ltv-historic')?.metric.versionHash,
    )
    expect(figure(after, 'revenue-net')?.metric).toEqual(figure(before, 'revenue-net')?.metric)
  })

  it('pays back in the first month whose mean margin, of all acquired, covers the cost', async () => {
    await shop(steady)
    await addSpends(db, [{ day: '2025-03-01', amount: 6000, channel: 'google-ads' }])
    expect(figure(await report(), 'payback-months')?.value).toBe(2)
    await addSpends(db, [{ day: '2025-03-31', amount: 1, kind: 'tool' }])
    expect(figure(await report(), 'payback-months')?.value).toBe(4)
    await addSpends(db, [{ day: '2025-03-31', amount: 10_000, kind: 'tool' }])
    expect(figure(await report(), 'payback-months')).toMatchObject({
      value: null, why: 'not paid back within the 10 months seen',
    }) // prettier-ignore
    const early = await report({ asOf: new Date('2025-03-25T00:00Z') })
    expect(figure(early, 'payback-months')).toMatchObject({ value: null, why: 'the first month is not over yet' })
  })

  it('keeps cohorts whose months are not over out of the mean', async () => {
    await shop([...steady, sale('5', 'c', '2025-04-20T10:00Z', 100)])
    const made = await report({ asOf: new Date('2025-05-05T00:00Z') })
    expect(made.cohorts.map((row) => row.retention.map((share) => share.value))).toEqual([
      [1, 0.5, null],
      [1, null],
    ])
    expect(made.cohorts[0]?.retention.at(-1)).toMatchObject({ id: 'retention:2025-03+2', why: 'not over yet' })
    expect(made.cohorts.map((row) => row.ltv.value)).toEqual([euros(3000), euros(100)])
    expect(made.months[4]?.finished).toBe(false)
  })
})

describe('metric versions', () => {
  it('stand in the registry with formula, parameters and what they use; registering again changes nothing', async () => {
    const first = await registerMetrics({ db, clock }, { by: 'millrace' })
    const chain = await verifyAudit(db)
    const second = await registerMetrics({ db, clock }, { by: 'millrace' })
    expect(second).toEqual(first)
    expect(await verifyAudit(db)).toEqual(chain)
    const made = await report()
    for (const { metric, formula } of made.figures) {
      const version = await versionOf<{ formula: string }>(db, 'metric', metric.versionHash)
      expect(version).toMatchObject({ name: metric.name, body: { formula } })
    }
  })

  it('keep a parameter that was set, and refuse a wrong one', async () => {
    await registerMetrics({ db, clock }, { by: 'millrace', parameters: { grossMarginPercent: 60 } })
    await registerMetrics({ db, clock }, { by: 'millrace', parameters: { touchWindowDays: 30 } })
    expect(await metricParameters(db)).toEqual({ grossMarginPercent: 60, touchWindowDays: 30 })
    for (const grossMarginPercent of [0, -5, 101, 33.333, Number.NaN]) {
      const wrong = registerMetrics({ db, clock }, { by: 'millrace', parameters: { grossMarginPercent } })
      await expect(wrong).rejects.toThrow(UsageError)
    }
  })

  it('refuse a period that is none, and an id that opens nothing', async () => {
    await expect(report({ from: '2026-01-01' })).rejects.toThrow('ends before it starts')
    await expect(report({ from: '1 March' })).rejects.toThrow('is no day')
    await expect(report({ zone: 'Mars/Base' })).rejects.toThrow('no IANA time zone')
    await expect(figureRows({ db, clock }, 'profit', year)).rejects.toThrow('"profit" is no figure')
  })
})

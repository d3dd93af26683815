import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closed, type Breaker, type BreakerState } from '#campaigns/deliverability/breaker.ts'
import { bigProviders, knownProvider, providerByExchange } from '#campaigns/deliverability/mailbox-provider.ts'
import { dayTotal, isFree, limitOf, shareOut, type Binding } from '#campaigns/deliverability/reach.ts'
import { capOf, closeDay, cold, dailyTotals, hourly, totalOf, type WarmUp } from '#campaigns/deliverability/warm-up.ts'
import { start } from '../world.ts'

const dayAfter = (day: string, n = 1): string => new Date(Date.parse(day) + n * 86_400_000).toISOString().slice(0, 10)
const bound = (warmUp: WarmUp, breakers: [string, Breaker][] = []): Binding => ({
  warmUp,
  recovery: null,
  breakers: new Map(breakers),
})
const breaker = (state: BreakerState, mostADay: number | null = null): Breaker => ({
  ...closed(start),
  state,
  mostADay,
})

describe('the ramp', () => {
  it('is the one of the notes, and shares no more than it has among the large providers', () => {
    expect(dailyTotals.map((total) => bigProviders.map((provider) => capOf(total, provider)))[0]).toEqual([
      20, 10, 7, 2,
    ])
    expect(capOf(50, 'alder.example')).toBe(5)
    expect(capOf(10_000, 'alder.example')).toBe(500)
    for (const total of dailyTotals)
      expect(bigProviders.reduce((sum, one) => sum + capOf(total, one), 0)).toBeLessThanOrEqual(total)
  })

  const full = (state: WarmUp): Map<string, number> =>
    new Map(bigProviders.map((one) => [one, capOf(totalOf(state), one)]))

  it('ends after fourteen full days', () => {
    let state = cold('2026-03-02')
    for (let day = 1; day <= 14; day++) {
      expect(state).toMatchObject({ step: day, graduated: null })
      state = closeDay(state, dayAfter(state.onDay), { sent: full(state), troubled: false })
    }
    expect(state.graduated).toContain('14 days')
  })

  it('lets a sender who never fills it go after fourteen clean days, those of rest not counted', () => {
    let state = cold('2026-03-02')
    for (let day = 1; day <= 28; day++) {
      expect(state.graduated).toBeNull()
      state = closeDay(state, dayAfter(state.onDay), {
        sent: day % 2 === 0 ? new Map([['gmail', 3]]) : new Map(),
        troubled: false,
      })
    }
    expect(state).toMatchObject({ step: 1, graduated: '14 days were clean' })
  })

  it('does a day with trouble again, and a day already counted not twice', () => {
    const state = { ...cold('2026-03-02'), step: 4, cleanDays: 3 }
    const troubled = closeDay(state, '2026-03-03', { sent: full(state), troubled: true })
    expect(troubled).toMatchObject({ step: 4, cleanDays: 0, onDay: '2026-03-03' })
    expect(closeDay(troubled, '2026-03-03', { sent: full(state), troubled: false })).toEqual(troubled)
  })

  it('goes back to the third day after more than thirty days of rest', () => {
    const state = { ...cold('2026-03-31'), step: 9, cleanDays: 8, lastSentOn: '2026-03-01' }
    expect(closeDay(state, '2026-03-31', { sent: new Map(), troubled: false })).toMatchObject({ step: 9 })
    expect(closeDay(state, '2026-04-01', { sent: new Map(), troubled: false })).toMatchObject({ step: 3, cleanDays: 0 })
  })

  it('counts an audience of one provider by what that provider may get', () => {
    expect(closeDay(cold('2026-03-02'), '2026-03-03', { sent: new Map([['gmail', 20]]), troubled: false }).step).toBe(2)
    expect(closeDay(cold('2026-03-02'), '2026-03-03', { sent: new Map([['gmail', 9]]), troubled: false }).step).toBe(1)
  })
})

describe('what leaves under it', () => {
  const providers = [...bigProviders, 'alder.example', 'birch.example', 'cedar.example']
  const anyDemands = fc.uniqueArray(fc.record({ provider: fc.constantFrom(...providers), due: fc.nat(20_000) }), {
    selector: ({ provider }) => provider,
    minLength: 1,
  })
  const anyBreaker = fc.constantFrom<BreakerState>('go', 'hold', 'halve', 'pause', 'stop')

  it('is never above a cap on any day, at any hour, for any provider or all together', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 14 }),
        fc.array(fc.tuple(anyDemands, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 40 }),
        fc.dictionary(fc.constantFrom(...providers), anyBreaker),
        (step, claims, states) => {
          const breakers = Object.entries(states).map(([provider, state]): [string, Breaker] => [
            provider,
            breaker(state),
          ])
          const binding = bound({ ...cold('2026-03-02'), step }, breakers)
          const total = dayTotal(binding)!
          const today = new Map<string, number>()
          let [hour, thisHour] = [0, new Map<string, number>()]
          const all = (counts: Map<string, number>): number => [...counts.values()].reduce((sum, n) => sum + n, 0)
          for (const [wanted, hoursLater] of claims) {
            if (hoursLater > 0) [hour, thisHour] = [hour + hoursLater, new Map<string, number>()]
            if (hour > 23) break
            const demands = wanted.map((one) => ({ ...one, today: today.get(one.provider) ?? 0, thisHour: thisHour.get(one.provider) ?? 0 })) // prettier-ignore
            for (const { provider, now, later } of shareOut(binding, demands, {
              today: all(today),
              thisHour: all(thisHour),
            })) {
              expect(now + later).toBeLessThanOrEqual(wanted.find((one) => one.provider === provider)!.due)
              today.set(provider, (today.get(provider) ?? 0) + now)
              thisHour.set(provider, (thisHour.get(provider) ?? 0) + now)
            }
            for (const [provider, n] of today) {
              const limit = limitOf(binding, provider)!
              const daily = 'closed' in limit ? 0 : limit.daily
              expect(n).toBeLessThanOrEqual(daily)
              expect(daily).toBeLessThanOrEqual(capOf(total, provider))
              expect(thisHour.get(provider) ?? 0).toBeLessThanOrEqual(hourly(daily))
            }
            expect(all(today)).toBeLessThanOrEqual(total)
            expect(all(thisHour)).toBeLessThanOrEqual(hourly(total))
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('is everything where the domain is past it, but for a provider that is halved or stopped', () => {
    const warm = { ...cold('2026-03-02'), graduated: 'all 14 days were sent' }
    expect(isFree(bound(warm, [['gmail', breaker('hold')]]))).toBe(true)
    const binding = bound(warm, [
      ['gmail', breaker('halve', 120)],
      ['yahoo', breaker('stop')],
    ])
    expect(isFree(binding)).toBe(false)
    const demands = ['gmail', 'yahoo', 'apple'].map((provider) => ({ provider, due: 1_000, today: 0, thisHour: 0 }))
    const shares = new Map(
      shareOut(binding, demands, { today: 0, thisHour: 0 }).map((share) => [share.provider, share]),
    )
    expect(shares.get('gmail')).toMatchObject({ now: 15, later: 105 })
    expect(shares.get('yahoo')).toMatchObject({ now: 0, later: 0, isClosed: true, closedUntil: null })
    expect(shares.get('apple')).toMatchObject({ now: 1_000 })
  })

  it('is nothing while causes are being mended, and a share of a healthy day afterwards', () => {
    const warm = { ...cold('2026-03-02'), graduated: 'yes' }
    expect(limitOf({ ...bound(warm), recovery: { total: null } }, 'gmail')).toMatchObject({ until: null })
    expect(limitOf({ ...bound(warm), recovery: { total: 1_000 } }, 'gmail')).toMatchObject({ daily: 400 })
  })
})

describe('who keeps a mailbox', () => {
  it.each([
    ['gmail.com', 'gmail'], ['outlook.co.uk', 'microsoft'], ['hotmail.fr', 'microsoft'], ['yahoo.co.jp', 'yahoo'], ['aol.com', 'yahoo'],
    ['icloud.com', 'apple'], ['gmail.com.evil.example', null], ['notgmail.com', null], ['alder.example', null],
  ])('%s is %s', (domain, provider) => expect(knownProvider(domain)).toBe(provider)) // prettier-ignore

  it('is told by the servers that take the mail of a domain', () => {
    expect(providerByExchange('alder.example', ['aspmx.l.google.com.'])).toBe('gmail')
    expect(providerByExchange('alder.example', ['alder-example.mail.protection.outlook.com'])).toBe('microsoft')
    expect(providerByExchange('alder.example', ['mx-biz.mail.am0.yahoodns.net'])).toBe('yahoo')
    expect(providerByExchange('alder.example', ['mx02.mail.icloud.com'])).toBe('apple')
    expect(providerByExchange('alder.example', ['mail.notgoogle.com', 'mx.google.com.evil.example'])).toBe(
      'alder.example',
    )
  })
})

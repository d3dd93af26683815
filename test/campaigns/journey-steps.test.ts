import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { journey as journeySchema, type Journey } from '#campaigns/definition/steps.ts'
import { problemLines, problemsOf } from '#campaigns/definition/soundness.ts'
import { loopingSteps } from '#campaigns/definition/ways.ts'
import { defaultLimits } from '#campaigns/definition.ts'
import { firstTime } from '#campaigns/journeys/times.ts'
import { armOf, walk, type Stop } from '#campaigns/journeys/walk.ts'
import { stretch } from '#campaigns/journeys/words.ts'
import { send } from './journey-world.ts'

const steps = (...given: Parameters<typeof journeySchema.parse>[0][]): Journey => journeySchema.parse(given)
const at = (text: string): Date => new Date(text)
const zones = { person: 'Europe/Amsterdam', business: 'Europe/Amsterdam' }
const exit = { key: 'end', kind: 'exit', reason: 'done' }

describe('the next step', () => {
  const journey = steps(
    send('one'),
    { key: 'pause', kind: 'wait', minutes: 60 },
    { key: 'evening', kind: 'wait', until: { time: '18:00', zone: 'person' } },
    { key: 'lots', kind: 'split', arms: [{ name: 'a', weight: 1, to: 'two' }, { name: 'b', weight: 0.5 * 2, to: 'two' }] }, // prettier-ignore
    send('two', { next: 'fair' }),
    { key: 'fair', kind: 'wait', untilDate: '2026-04-01T08:00:00Z' },
    { key: 'reply', kind: 'wait', forEvent: { event: 'replied', withinMinutes: 60 } },
    exit,
  )
  const from = (stepKey: string, since: string, now: string): Stop =>
    walk('spring', journey, { drawnBy: 'p', zones }, { stepKey, since: at(since) }, at(now)).stop

  it.each([
    ['one', '2026-03-02T10:00Z', '2026-03-02T10:00Z', { kind: 'sends', stepKey: 'one', next: 'pause' }],
    ['pause', '2026-03-02T10:00Z', '2026-03-02T10:59Z', { kind: 'waits', dueAt: at('2026-03-02T11:00Z') }],
    // The hour was over at 11, and the evening is counted from then, though nobody looked before six.
    ['pause', '2026-03-02T10:00Z', '2026-03-02T11:30Z', { kind: 'waits', dueAt: at('2026-03-02T17:00Z') }],
    ['pause', '2026-03-02T10:00Z', '2026-03-04T11:30Z', { kind: 'sends', stepKey: 'two', next: 'fair' }],
    ['evening', '2026-03-02T18:00Z', '2026-03-02T18:00Z', { kind: 'waits', dueAt: at('2026-03-03T17:00Z') }],
    ['fair', '2026-03-02T18:00Z', '2026-03-30T18:00Z', { kind: 'waits', dueAt: at('2026-04-01T08:00Z') }],
    ['fair', '2026-05-02T18:00Z', '2026-05-02T18:00Z', { kind: 'asks', place: { stepKey: 'reply', since: at('2026-05-02T18:00Z') } }],
    ['end', '2026-03-02T10:00Z', '2026-03-02T10:00Z', { kind: 'ends', reason: 'left: done' }],
    ['gone', '2026-03-02T10:00Z', '2026-03-02T10:00Z', { kind: 'ends', reason: 'held: the journey has no step gone' }],
  ] as const)('from %s since %s at %s', (stepKey, since, now, stop) => {
    expect(from(stepKey, since, now)).toMatchObject(stop)
  }) // prettier-ignore

  it('is drawn by an id alone: the same for the same, and by the weights for many', () => {
    const split = steps(
      { key: 'lots', kind: 'split', arms: [{ name: 'a', weight: 9, to: 'one' }, { name: 'b', weight: 1, to: 'one' }] },
      send('one'),
    )[0]! // prettier-ignore
    if (split.kind !== 'split') throw new Error('no split')
    const drawn = Array.from({ length: 5_000 }, (_, n) => armOf('spring', split, `person ${n}`).name)
    const b = drawn.filter((name) => name === 'b').length
    expect(b).toBeGreaterThan(420)
    expect(b).toBeLessThan(580)
    expect(armOf('spring', split, 'person 1')).toEqual(armOf('spring', split, 'person 1'))
  })
})

describe('a time of day', () => {
  it.each([
    ['07:00', undefined, 'Europe/Amsterdam', '2026-03-02T10:00Z', '2026-03-03T06:00Z'],
    ['12:00', undefined, 'Europe/Amsterdam', '2026-03-02T11:00Z', '2026-03-02T11:00Z'],
    ['09:00', [1], 'Europe/Amsterdam', '2026-03-03T10:00Z', '2026-03-09T08:00Z'],
    // Clocks jump from 02:00 to 03:00: what they skip is the moment they jump.
    ['02:30', undefined, 'Europe/Amsterdam', '2026-03-28T12:00Z', '2026-03-29T01:00Z'],
    ['02:30', undefined, 'America/New_York', '2026-03-08T05:00Z', '2026-03-08T07:00Z'],
    // Clocks fall from 03:00 to 02:00: the first half past two counts, and the second does not.
    ['02:30', undefined, 'Europe/Amsterdam', '2026-10-24T12:00Z', '2026-10-25T00:30Z'],
    ['02:30', undefined, 'Europe/Amsterdam', '2026-10-25T00:45Z', '2026-10-26T01:30Z'],
    // Lord Howe moves its clocks by half an hour, and Cairo skips midnight.
    ['02:15', undefined, 'Australia/Lord_Howe', '2026-10-03T12:00Z', '2026-10-03T15:30Z'],
    ['00:00', undefined, 'Africa/Cairo', '2026-04-23T12:00Z', '2026-04-23T22:00Z'],
  ])('%s on %s in %s from %s', (time, days, zone, from, expected) => {
    expect(firstTime({ time, days }, zone, at(from))).toEqual(at(expected))
  })

  it('is never before what it is counted from, nor more than a day and a change of clocks after', () => {
    const zone = fc.constantFrom('Europe/Amsterdam', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'UTC')
    const instant = fc.date({ min: at('2026-01-01T00:00Z'), max: at('2027-01-01T00:00Z'), noInvalidDate: true })
    const hours = fc.integer({ min: 0, max: 23 })
    fc.assert(
      fc.property(zone, instant, hours, (where, from, hour) => {
        const found = firstTime({ time: `${String(hour).padStart(2, '0')}:30` }, where, from).getTime() - from.getTime()
        expect(found).toBeGreaterThanOrEqual(0)
        expect(found).toBeLessThanOrEqual(26 * 3_600_000)
      }),
    )
  })

  it('is told in words', () => {
    expect([1, 60, 90, 1_440, 10_080, 20_160].map(stretch)).toEqual(['1 minute', '1 hour', '90 minutes', '1 day', '1 week', '2 weeks']) // prettier-ignore
  })
})

describe('a journey that cannot work', () => {
  const document = (journey: Journey) => ({ journey, limits: defaultLimits, startAt: null })
  const objections = (journey: Journey, change: object = {}): string =>
    problemLines(problemsOf({ ...document(journey), ...change })).join(' ')

  it('is none where it can', () => {
    expect(objections(steps(send('one'), { key: 'pause', kind: 'wait', minutes: 5 }, send('two')))).toBe('')
  })

  it.each([
    ['leads nowhere', steps(send('one', { next: 'nine' })), 'Step “one” leads to “nine”, and there is no such step'],
    ['has a step nobody comes to', steps(send('one', { next: 'end' }), send('two'), exit), 'Step “two” is never reached'],
    ['runs in circles', steps(send('one'), { key: 'again', kind: 'branch', when: [{ if: { subscribed: true }, to: 'one' }], otherwise: 'end' }, exit), 'comes round to itself without any wait'],
    ['is never left', steps(send('one'), { key: 'week', kind: 'wait', minutes: 9, next: 'one' }), 'nobody ever leaves'],
    ['sends nothing', steps({ key: 'pause', kind: 'wait', minutes: 5 }, exit), 'The journey sends nothing'],
    ['waits for nothing', steps(send('one'), { key: 'pause', kind: 'wait', minutes: 5 }), 'waits, and nothing follows'],
  ])('because it %s', (_, journey, words) => {
    expect(objections(journey)).toContain(words)
  }) // prettier-ignore

  it('because it sends to the same person many times a day, round and round, unless that is capped', () => {
    const round = (wait: object) => journeySchema.parse([send('one'), { key: 'rest', kind: 'wait', next: 'one', ...wait }]) // prettier-ignore
    const leaving = { exitOn: [{ event: 'message_clicked' }] }
    expect(objections(round({ minutes: 1 }), leaving)).toContain('Step “one” comes round again after 1 minute')
    expect(objections(round({ minutes: 1_439 }), leaving)).toContain('cap what one person gets')
    expect(objections(round({ minutes: 1_440 }), leaving)).toBe('')
    expect(objections(round({ until: { time: '09:00', zone: 'person' } }), leaving)).toBe('')
    const capped = { limits: { ...defaultLimits, perPersonPerDay: 1 } }
    expect(objections(round({ minutes: 1 }), { ...leaving, ...capped })).toBe('')
  })

  it('because its times contradict its window, its dates or each other', () => {
    const late = steps({ key: 'night', kind: 'wait', until: { time: '22:00', zone: 'person' } }, send('one'))
    const window = { from: '09:00', to: '18:00' }
    expect(objections(late, { limits: { ...defaultLimits, window } })).toContain('waits until 22:00, but messages may only leave between 09:00 and 18:00') // prettier-ignore
    const monday = { limits: { ...defaultLimits, window: { ...window, days: [1] } } }
    expect(objections(steps(send('one')), monday)).toContain('Messages expire after 72 hours, but the sending window is shut for up to 159') // prettier-ignore
    const fair = steps({ key: 'fair', kind: 'wait', untilDate: '2026-05-01T00:00:00Z' }, send('one'))
    expect(objections(fair, { ends: { at: '2026-04-01T00:00:00Z' } })).toContain('waits until the campaign is over')
    expect(objections(steps(send('one')), { startAt: '2026-05-01T00:00:00Z', ends: { at: '2026-04-01T00:00:00Z' } })).toContain('ends before it starts') // prettier-ignore
  })

  it('knows which steps come round again', () => {
    const journey = steps(send('hello'), send('tip'), { key: 'week', kind: 'wait', minutes: 9, next: 'tip' })
    expect([...loopingSteps(journey)]).toEqual(['tip', 'week'])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { carefulRollout } from '#campaigns/canary/plan.ts'
import { campaignDefinition, type CampaignDefinition } from '#campaigns/definition.ts'
import { problemsOf } from '#campaigns/definition/soundness.ts'
import { nextOf, waysFrom } from '#campaigns/definition/ways.ts'
import { contentsOf } from '#campaigns/content/approved-contents.ts'
import { hashOf } from '#kernel/crypto.ts'
import { campaignFields, campaignFrom } from '#dashboards/campaign-form/campaign.ts'
import { added, freeKey, moved, newStep, removed } from '#dashboards/campaign-form/shape.ts'
import type { Shelf } from '#dashboards/campaign-form/steps.ts'
import { send } from '../campaigns/journey-world.ts'
import { aBody, sender } from '../campaigns/world.ts'

const zone = 'Europe/Amsterdam'
const segmentHash = hashOf('a segment')
const saved = { name: 'Buyers', rule: { subscribed: true }, hash: segmentHash }
const other = aBody({ subject: { text: 'Another', citations: [] } })

/** A campaign that says everything a form has a field for. */
const rich = campaignDefinition.parse({
  name: 'welcome',
  goal: 'A second order',
  audience: { segment: 'Everybody', rule: { consent: { channel: 'email' } }, versionHash: segmentHash },
  journey: [
    { key: 'evening', kind: 'wait', until: { time: '18:00', days: [1, 5], zone: 'person', best: { control: 0.2 } } },
    {
      ...send('hello'),
      experiment: {
        control: { name: 'plain', weight: 2 },
        others: [{ name: 'bold', weight: 1, contentHash: hashOf(other), content: other }],
        allocation: 'bandit',
        everyMinutes: 120,
      },
    },
    { key: 'date', kind: 'wait', untilDate: '2026-12-01T08:00:00Z' },
    { key: 'reads', kind: 'wait', forEvent: { event: 'message_clicked', where: { url: 'a' }, withinMinutes: 4_320 }, otherwise: 'who' },
    {
      key: 'who',
      kind: 'branch',
      when: [
        { segment: 'Buyers', versionHash: segmentHash, if: { subscribed: true }, to: 'bye' },
        { if: { spent: { atLeastMinor: 10_000 } }, to: 'bye' },
      ],
      otherwise: 'lots',
    },
    { key: 'lots', kind: 'split', arms: [{ name: 'one', weight: 1, to: 'more' }, { name: 'two', weight: 3, to: 'bye' }] },
    { ...send('more', { content: other }), bestChannel: { control: 0.1 }, instead: [{ channel: 'sms', contentHash: hashOf(other), content: other }], next: 'bye' },
    { key: 'bye', kind: 'exit', reason: 'told all there is' },
  ],
  enter: { onDate: { property: 'born', offsetDays: -3, time: '09:00', zone: 'person' } },
  reentry: { afterDays: 300, most: 5 },
  goalReachedBy: { event: 'order_paid', withinDays: 60, where: { total: 5 } },
  exitOn: [{ event: 'message_unsubscribed' }, { event: 'refund', where: { all: true } }],
  ends: {
    at: '2027-01-01T09:00:00+01:00',
    goals: 100,
    sends: 2_000,
    decided: 'lots',
    fatigue: { unsubscribed: 0.02, complained: 0.001, afterSends: 200 },
    budget: { amountMinor: 5_000, currency: 'EUR', perMessageMicro: 900 },
  },
  holdout: { share: 0.05 },
  rollout: carefulRollout,
  limits: { dailyCap: 500, perPersonPerDay: 1, perPersonPerWeek: 3, window: { from: '09:00', to: '19:00', days: [1, 2, 3] }, expireAfterHours: 96, priority: 7 },
  sender,
  startAt: '2026-11-30T08:00:00Z',
  templateHash: segmentHash,
  guardrailHash: null,
}) // prettier-ignore

const shelf: Shelf = { contents: contentsOf(rich), segments: [saved], zone }
const read = (definition: CampaignDefinition, form: Record<string, string>) =>
  campaignDefinition.safeParse(campaignFrom(definition, form, shelf))

describe('the fields of a campaign', () => {
  it('say the same campaign again where nobody changed them', () => {
    expect(campaignFrom(rich, campaignFields(rich, zone), shelf)).toEqual(rich)
    const { enter: _e, reentry: _r, goalReachedBy: _g, exitOn: _x, ends: _n, holdout: _h, rollout: _o, ...bare } = rich
    const plain = campaignDefinition.parse({ ...bare, limits: { ...bare.limits, window: null, dailyCap: null, perPersonPerWeek: null }, startAt: null }) // prettier-ignore
    expect(campaignFrom(plain, campaignFields(plain, zone), shelf)).toEqual(plain)
  })

  it.each([
    [{ onEntry: 'Buyers' }],
    [{ becomes: { lifecycle: 'customer' } }],
    [{ onEvent: { event: 'first_order', where: { paid: true } } }],
    [{ byList: true, properties: { total: 'EUR 12' } }],
    [{ byList: true, properties: { order: '1001', paid: 'true', said: '"so"', open: '"' } }],
    [{ onEvent: { event: 'order_paid', where: { order: '1001', paid: 'true', total: 12.5, gift: false } } }],
    [
      {
        onDate: {
          property: { event: 'plan_renews', property: 'on' },
          once: true,
          offsetDays: -7,
          time: '09:00',
          zone: 'person',
        },
      },
    ],
  ] as const)('keep an entry such as %j', (enter) => {
    const one = campaignDefinition.parse({ ...rich, enter })
    expect(campaignFrom(one, campaignFields(one, zone), shelf)).toEqual(one)
  })

  it('say the same again of whatever an event is to be about, and however its day is told', () => {
    const trap = fc.constantFrom('1001', '007', '-1', '1e3', '0x10', 'Infinity', 'true', 'null', '"so"', '"', ' apart ', 'a = b', 'a\nb', '€')
    const text = fc.oneof(trap, fc.string({ minLength: 1, maxLength: 8 }))
    const value = fc.oneof(text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n || 0), fc.boolean())
    const entry = fc.oneof(
      fc.record({ onEvent: fc.record({ event: fc.constant('order_paid'), where: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), value, { minKeys: 1 }) }) }),
      fc.record({ byList: fc.constant(true), properties: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), text, { minKeys: 1 }) }),
      fc.record({ onDate: fc.record({ property: fc.constant({ event: 'plan_renews' }), once: fc.constant(true), offsetDays: fc.integer({ min: -180, max: 180 }), time: fc.constant('09:00'), zone: fc.constant('person') }, { requiredKeys: ['property', 'offsetDays', 'time', 'zone'] }) }),
    )
    fc.assert(
      fc.property(entry, (enter) => {
        const one = campaignDefinition.parse({ ...rich, enter })
        expect(campaignFrom(one, campaignFields(one, zone), shelf)).toEqual(one)
      }),
    )
  }) // prettier-ignore

  it('take what stands in quotes for text, and what does not for what it looks like', () => {
    const where = 'order = "1001"\ntotal = 1001\npaid = true\nsaid = "true"\nnumber = 12345678901234567890\ncode = 0x10'
    const form = { ...campaignFields(rich, zone), 'goal-event-where': where }
    expect(read(rich, form).data?.goalReachedBy?.where).toEqual({ order: '1001', total: 1001, paid: true, said: 'true', number: '12345678901234567890', code: '0x10' }) // prettier-ignore
    expect(campaignFields({ ...rich, goalReachedBy: { event: 'a', where: { order: '1001' }, withinDays: 1 } }, zone)['goal-event-where']).toBe('order = "1001"') // prettier-ignore
  })

  it('take examples for text, whatever they look like', () => {
    const form = { ...campaignFields(rich, zone), enter: 'byList', properties: 'order = 1001\npaid = true' }
    expect(read(rich, form).data?.enter).toEqual({ byList: true, properties: { order: '1001', paid: 'true' } })
  })

  it('do not let go of days of which nobody said the hours', () => {
    const hourless = { ...campaignFields(rich, zone), from: '', to: '' }
    expect(read(rich, hourless).error?.issues.map(({ path }) => path.join('.'))).toEqual(['limits.window.from', 'limits.window.to', 'limits.window']) // prettier-ignore
    const everyDay = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((day) => [`window-day-${day}`, 'on']))
    expect(read(rich, { ...hourless, ...everyDay }).data?.limits.window).toBeNull()
  })

  it('say what was written into them', () => {
    const form = {
      ...campaignFields(rich, zone),
      'step-evening-by': 'minutes',
      'step-evening-minutes': '2',
      'step-evening-minutes-unit': 'days',
      'step-who-if-3': '{"subscribed":false}',
      'step-who-to-3': 'lots',
      'step-lots-weight-2': '1',
      enter: 'onEvent',
      'enter-event': 'order_paid',
      rollout: 'all',
    }
    const changed = read(rich, form)
    expect(changed.data?.journey[0]).toEqual({ key: 'evening', kind: 'wait', minutes: 2_880 })
    expect(changed.data?.journey[4]).toMatchObject({ when: [{ segment: 'Buyers' }, {}, { if: { subscribed: false }, to: 'lots' }] }) // prettier-ignore
    expect(changed.data?.enter).toEqual({ onEvent: { event: 'order_paid' } })
    expect(changed.data).not.toHaveProperty('rollout')
  })

  it('say what it is to its readers, and what becomes of a message of an unknown end', () => {
    const answer = read(rich, { ...campaignFields(rich, zone), kind: 'transactional', ifUnknown: 'send-again' }).data!
    expect(answer).toEqual({ ...rich, kind: 'transactional', ifUnknown: 'send-again' })
    expect(campaignFrom(answer, campaignFields(answer, zone), shelf)).toEqual(answer)
    const back = read(answer, { ...campaignFields(answer, zone), kind: 'marketing', ifUnknown: 'leave' }).data!
    expect(back).toEqual({ ...rich, kind: 'marketing', ifUnknown: 'leave' })
  })

  it('leave what is no number to whoever reads it', () => {
    expect(read(rich, { ...campaignFields(rich, zone), dailyCap: 'many' }).success).toBe(false)
  })
})

describe('the steps of a campaign', () => {
  const shape = { journey: rich.journey, form: campaignFields(rich, zone) }
  const keys = (changed: typeof shape) => changed.journey.map(({ key }) => key)

  it('move, and stay at the ends of the list', () => {
    expect(keys(moved(shape, 'hello', -1)).slice(0, 2)).toEqual(['hello', 'evening'])
    expect(keys(moved(shape, 'evening', -1))).toEqual(keys(shape))
  })

  it('go, and who led to one leads to what followed it', () => {
    const without = removed(shape, 'more')
    expect(without.form['step-lots-to-1']).toBe('bye')
    const definition = { ...rich, journey: without.journey }
    expect(read(definition, without.form).data?.journey).toHaveLength(rich.journey.length - 1)
  })

  const waits = (key: string, more: Record<string, unknown> = {}) => ({ key, kind: 'wait', minutes: 60, ...more })
  const sorted = (kind: 'branch' | 'wait', more: Record<string, unknown> = {}) => kind === 'wait' ? waits('a', more) : { key: 'a', kind, when: [{ if: { subscribed: true }, to: 'c' }], ...more } // prettier-ignore
  const crossing = (above: unknown) =>
    campaignDefinition.parse({
      ...rich,
      ends: undefined,
      journey: [
        { key: 'x', kind: 'split', arms: [{ name: 'one', weight: 1, to: 'a' }, { name: 'two', weight: 1, to: 'c' }] },
        above,
        waits('b', { next: 'z' }),
        waits('c'),
        waits('z'),
      ],
    }) // prettier-ignore

  it.each(['wait', 'branch'] as const)('go, and a %s that fell through to one leads to what followed it', (kind) => {
    const before = crossing(sorted(kind))
    const without = removed({ journey: before.journey, form: campaignFields(before, zone) }, 'b')
    const after = read({ ...before, journey: without.journey }, without.form).data!
    expect(waysFrom(after.journey, after.journey[1]!).at(-1)).toBe('z')
    expect(nextOf(after.journey, after.journey[2]!)).toBe('z')
  })

  it('go, and where what followed stands below then, nothing is said of it', () => {
    const before = crossing(sorted('wait'))
    const without = removed({ journey: before.journey, form: campaignFields(before, zone) }, 'c')
    expect(without.form['step-b-next']).toBe('z')
    const last = removed({ journey: before.journey, form: campaignFields(before, zone) }, 'a')
    expect(last.form['step-x-to-1']).toBe('b')
    const plain = campaignDefinition.parse({ ...before, journey: [waits('one'), waits('two'), waits('three')] })
    const fewer = removed({ journey: plain.journey, form: campaignFields(plain, zone) }, 'two')
    expect(fewer.form['step-one-next']).toBe('')
  })

  it.each([
    ['a wait', waits('a', { next: 'z' })],
    ['a branch', sorted('branch', { otherwise: 'z' })],
    ['a branch that goes on', sorted('branch', { next: 'z' })],
    ['a rule', { key: 'a', kind: 'branch', when: [{ if: { subscribed: true }, to: 'z' }], otherwise: 'c' }],
  ])('go, and %s that led to the last of them leads to the end', (_, above) => {
    const before = campaignDefinition.parse({ ...crossing(waits('a')), journey: crossing(waits('a')).journey.with(1, above as never) }) // prettier-ignore
    const without = removed({ journey: before.journey, form: campaignFields(before, zone) }, 'z')
    const after = read({ ...before, journey: without.journey }, without.form).data!
    const end = after.journey.at(-1)!
    expect(end).toMatchObject({ kind: 'exit', key: 'end' })
    expect(waysFrom(after.journey, after.journey[1]!)).toContain('end')
    expect(waysFrom(after.journey, after.journey[1]!)).not.toContain('b')
    const again = campaignFields(after, zone)
    expect(read(after, again).data).toEqual(after)
  })

  it('go, and the one above the last needs nothing said: behind it is the end', () => {
    const plain = campaignDefinition.parse({ ...crossing(waits('a')), journey: [send('one'), waits('two', { next: 'three' }), send('three')] }) // prettier-ignore
    const without = removed({ journey: plain.journey, form: campaignFields(plain, zone) }, 'three')
    const after = read({ ...plain, journey: without.journey }, without.form).data!
    expect(after.journey.map(({ key }) => key)).toEqual(['one', 'two'])
    expect(waysFrom(after.journey, after.journey[1]!)).toEqual([null])
  })

  it('go, and whoever left by an exit is not led on', () => {
    const journey = [...crossing(waits('a', { next: 'out' })).journey.slice(0, 3), { key: 'out', kind: 'exit', reason: 'enough' }, ...crossing(waits('a')).journey.slice(3)] // prettier-ignore
    const before = campaignDefinition.parse({ ...crossing(waits('a')), journey })
    const without = removed({ journey: before.journey, form: campaignFields(before, zone) }, 'out')
    const after = read({ ...before, journey: without.journey }, without.form).data!
    expect(nextOf(after.journey, after.journey[1]!)).toBe('end')
  })

  it('lead to the end where that is chosen, by the exit that is there already', () => {
    const before = campaignDefinition.parse({ ...crossing(waits('a')), journey: [...crossing(waits('a')).journey, newStep('exit', 'done', shelf.contents[0]!, '')] }) // prettier-ignore
    const form = { ...campaignFields(before, zone), 'step-x-to-2': '(end)', 'step-b-next': '(end)' }
    const after = read(before, form).data!
    expect(after.journey).toHaveLength(before.journey.length)
    expect(waysFrom(after.journey, after.journey[0]!)).toEqual(['a', 'done'])
    expect(nextOf(after.journey, after.journey[2]!)).toBe('done')
  })

  it('lead nowhere new for ways that are not read: an empty row, a wait that waits for nothing done', () => {
    const form = { ...campaignFields(crossing(waits('a')), zone), 'step-x-to-3': '(end)', 'step-a-otherwise': '(end)' }
    expect(read(crossing(waits('a')), form).data?.journey).toEqual(crossing(waits('a')).journey)
  })

  it('go by what the form says of them, not by what it said before', () => {
    const before = crossing(sorted('wait'))
    const form = { ...campaignFields(before, zone), 'step-b-next': '' }
    const without = removed({ journey: before.journey, form }, 'b')
    const after = read({ ...before, journey: without.journey }, without.form).data!
    expect(nextOf(after.journey, after.journey[1]!)).toBe('c')
  })

  it('come in behind one that parts people: everybody else goes to the new one, and on to where they went', () => {
    const before = crossing(sorted('branch', { otherwise: 'z' }))
    const step = newStep('wait', 'new', shelf.contents[0]!, 'b')
    const grown = added({ journey: before.journey, form: campaignFields(before, zone) }, 'a', step)
    const fields = { ...campaignFields({ ...before, journey: grown.journey }, zone), ...grown.form }
    const after = read({ ...before, journey: grown.journey }, fields).data!
    expect(after.journey[2]?.key).toBe('new')
    expect(waysFrom(after.journey, after.journey[1]!)).toEqual(['c', 'new'])
    expect(nextOf(after.journey, after.journey[2]!)).toBe('z')
  })

  it.each(['split', 'exit', 'branch'] as const)('come in as a %s that is led to', (kind) => {
    const before = crossing(sorted('wait', { next: 'z' }))
    const step = newStep(kind, 'new', shelf.contents[0]!, 'b')
    const grown = added({ journey: before.journey, form: campaignFields(before, zone) }, 'a', step)
    const fields = { ...campaignFields({ ...before, journey: grown.journey }, zone), ...grown.form }
    const after = read({ ...before, journey: grown.journey }, fields).data!
    expect(waysFrom(after.journey, after.journey[1]!)).toEqual(['new'])
    if (kind === 'branch') expect(waysFrom(after.journey, after.journey[2]!)).toEqual(['b', 'z'])
  })

  it('come in between: the step before leads to the new one, and it to where that one led', () => {
    const [copy] = shelf.contents
    const step = newStep('wait', freeKey(rich.journey, 'wait', 'More'), copy!, 'bye')
    expect(step.key).toBe('more-2')
    const grown = added(shape, 'more', step)
    expect(grown.form['step-more-next']).toBe('')
    expect(grown.form['step-more-2-next']).toBe('bye')
    expect(keys(grown).slice(6, 8)).toEqual(['more', 'more-2'])
  })

  it('stay a journey that can be gone through, however plain steps are moved, taken out and put in', () => {
    const [copy] = shelf.contents
    const plain = { ...rich, enter: undefined, ends: undefined, rollout: undefined, startAt: null, limits: { ...rich.limits, window: null }, journey: campaignDefinition.shape.journey.parse([send('one'), { key: 'pause', kind: 'wait', minutes: 60 }, send('two')]) } // prettier-ignore
    const act = fc.record({ what: fc.constantFrom('up', 'down', 'remove', 'add'), at: fc.nat(20) })
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        let now = { journey: plain.journey, form: {} as Record<string, string> }
        for (const { what, at } of acts) {
          const { key } = now.journey[at % now.journey.length]!
          const step = newStep(at % 2 === 0 ? 'wait' : 'send', freeKey(now.journey, 'wait', ''), copy!, key)
          now = what === 'add' ? added(now, key, step) : what === 'remove' ? removed(now, key) : moved(now, key, what === 'up' ? -1 : 1) // prettier-ignore
        }
        const problems = problemsOf({ ...plain, ...now })
        expect(problems.filter(({ why }) => /no such step|never reached|circles/.test(why))).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

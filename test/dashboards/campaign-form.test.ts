import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { campaignDefinition } from '#campaigns/definition.ts'
import { campaignFields, campaignFrom } from '#dashboards/campaign-form/campaign.ts'
import { zone, rich, shelf, read } from './campaign-form-world.ts'

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
    expect(read(rich, hourless).error?.issues.map(({ path }) => path.join('.'))).toEqual(['limits.window.from', 'limits.window.to']) // prettier-ignore
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

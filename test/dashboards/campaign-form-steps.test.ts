import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { campaignDefinition } from '#campaigns/definition.ts'
import { problemsOf } from '#campaigns/definition/soundness.ts'
import { nextOf, waysFrom } from '#campaigns/definition/ways.ts'
import { campaignFields } from '#dashboards/campaign-form/campaign.ts'
import { fieldsOfStep } from '#dashboards/views/step-fields.ts'
import { added, freeKey, moved, newStep, removed } from '#dashboards/campaign-form/shape.ts'
import { send } from '../campaigns/journey-world.ts'
import { zone, rich, shelf, read } from './campaign-form-world.ts'

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
    expect(after.journey.map(({ key }) => key)).toEqual(['x', 'a', 'b', 'c'])
    expect(waysFrom(after.journey, after.journey[1]!)).toContain(null)
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
    expect(nextOf(after.journey, after.journey[1]!)).toBeNull()
  })

  it('lead to the end where that is chosen, which is no exit', () => {
    const before = campaignDefinition.parse({ ...crossing(waits('a')), journey: [...crossing(waits('a')).journey, newStep('exit', 'done', shelf.contents[0]!, '')] }) // prettier-ignore
    const form = { ...campaignFields(before, zone), 'step-x-to-2': '(end)', 'step-b-next': '(end)' }
    const after = read(before, form).data!
    expect(after.journey).toHaveLength(before.journey.length)
    expect(waysFrom(after.journey, after.journey[0]!)).toEqual(['a', null])
    expect(nextOf(after.journey, after.journey[2]!)).toBeNull()
  })

  it('lead everybody else to the end behind a last branch, whatever it says beside', () => {
    const before = campaignDefinition.parse({ ...crossing(waits('a')), journey: [waits('first'), waits('a'), { key: 'last', kind: 'branch', when: [rule], next: 'a', otherwise: 'a' }] }) // prettier-ignore
    const after = read(before, { ...campaignFields(before, zone), 'step-last-otherwise': '(end)' }).data!
    expect(waysFrom(after.journey, after.journey[2]!)).toEqual(['a', null])
  })

  const last = (step: unknown) => campaignDefinition.parse({ ...crossing(waits('a')), journey: [waits('a'), step] })
  const rule = { if: { subscribed: true }, to: 'a' }

  it('lead everybody else where a branch goes on, which is shown, and can be changed', () => {
    const before = crossing(sorted('branch', { next: null }))
    const form = campaignFields(before, zone)
    expect(form['step-a-otherwise']).toBe('(end)')
    expect(form).not.toHaveProperty('step-a-next')
    expect(read(before, form).data).toEqual(before)
    const after = read(before, { ...form, 'step-a-otherwise': '' }).data!
    expect(waysFrom(after.journey, after.journey[1]!)).toEqual(['c', 'b'])
  })

  it.each([
    [waits('z'), 'step-z-next'],
    [{ key: 'z', kind: 'branch', when: [rule] }, 'step-z-otherwise'],
  ])('lead to the end behind the last without a word: %j', (step, field) => {
    const before = last(step)
    expect(read(before, { ...campaignFields(before, zone), [field]: '(end)' }).data).toEqual(before)
    const said = last({ ...step, next: null })
    expect(read(said, campaignFields(said, zone)).data).toEqual(said)
  })

  it('call the way of those who did not do it in time what it is', async () => {
    const step = last({ key: 'z', kind: 'wait', forEvent: { event: 'replied', withinMinutes: 60 }, next: 'a' })
    const shown = (await fieldsOfStep(step.journey[1]!, step.journey, shelf, campaignFields(step, zone))).toString()
    const [, options = ''] = /<select id="step-z-otherwise"[^>]*>([^]*?)<\/select>/.exec(shown) ?? []
    expect(options).toMatch(/<option value="" selected>where “Then” leads<\/option>/)
    expect(options).not.toContain('the step below')
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

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editedShare } from '#rag/writer/measures.ts'
import { rateOf } from '#rag/writer/outcomes.ts'
import { fewest, ksChance, ksDistance, median, shiftOfNumbers, shiftOfWords } from '#rag/writer/shift.ts'
import { weeksOf } from '#rag/writer/weeks.ts'
import { mailSaying } from './written-drafts.ts'

const sample = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: fewest, maxLength: 80 })
const words = fc.array(fc.constantFrom('email', 'x', 'sms', 'ad'), { minLength: fewest, maxLength: 80 })

/** Numbers on [0, 1), the same each time (Park and Miller's generator). */
function sequence(seed: number): () => number {
  let state = seed * 16807
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}

describe('the shift between two samples', () => {
  it('is nothing between equal samples, whatever their order', () => {
    fc.assert(
      fc.property(sample, (values) => {
        const { psi, ks } = shiftOfNumbers(values, values.toReversed())
        expect(psi).toBeCloseTo(0, 12)
        expect(ks).toEqual({ distance: 0, p: 1 })
      }),
    )
    fc.assert(
      fc.property(words, (values) => {
        expect(shiftOfWords(values, values.toReversed()).psi).toBeCloseTo(0, 12)
      }),
    )
  })

  it('is the same seen from either side, and never negative', () => {
    fc.assert(
      fc.property(sample, sample, (before, now) => {
        const [there, back] = [shiftOfNumbers(before, now), shiftOfNumbers(now, before)]
        expect(there.psi).toBeCloseTo(back.psi, 12)
        expect(there.alarm).toBeCloseTo(back.alarm, 12)
        expect(there.ks?.distance).toBeCloseTo(back.ks?.distance ?? -1, 12)
        expect(there.psi).toBeGreaterThanOrEqual(-1e-12)
      }),
    )
    fc.assert(
      fc.property(words, words, (before, now) => {
        expect(shiftOfWords(before, now).psi).toBeCloseTo(shiftOfWords(now, before).psi, 12)
      }),
    )
  })

  it('does not change when both sides are measured in another unit', () => {
    fc.assert(
      fc.property(sample, sample, (before, now) => {
        const inOther = (values: readonly number[]) => values.map((value) => 3 * value + 7)
        const [one, other] = [shiftOfNumbers(before, now), shiftOfNumbers(inOther(before), inOther(now))]
        expect(one.psi).toBeCloseTo(other.psi, 12)
        expect(one.ks).toEqual(other.ks)
      }),
    )
  })

  it('has as its distance the most by which the shares below any point differ', () => {
    fc.assert(
      fc.property(sample, sample, (before, now) => {
        const below = (values: readonly number[], at: number) =>
          values.filter((one) => one <= at).length / values.length
        const most = Math.max(...[...before, ...now].map((at) => Math.abs(below(before, at) - below(now, at))))
        expect(ksDistance(before, now)).toBeCloseTo(most, 12)
      }),
    )
    expect(ksDistance([1, 2, 3], [4, 5, 6])).toBe(1)
  })

  it('weighs a distance as Kolmogorov’s distribution does: 1.36 is exceeded once in twenty, 1.63 once in a hundred', () => {
    const many = 1e12
    const root = Math.sqrt(many / 2)
    expect(ksChance(1.358 / root, many, many)).toBeCloseTo(0.05, 3)
    expect(ksChance(1.628 / root, many, many)).toBeCloseTo(0.01, 3)
    expect(ksChance(1 / root, many, many)).toBeCloseTo(0.27, 3)
  })

  it('raises both alarms in less than one of a hundred pairs of one kind, however small, and in all that are far apart', () => {
    const random = sequence(7)
    const draw = (size: number, by = 0) => Array.from({ length: size }, () => random() + by)
    for (const size of [fewest, 60, 300]) {
      const alarms = Array.from({ length: 300 }, () => {
        const { psi, alarm, ks } = shiftOfNumbers(draw(size), draw(size))
        return { psi: psi > alarm, both: psi > alarm && (ks?.p ?? 1) < 0.01 }
      })
      expect(alarms.filter(({ psi }) => psi).length, `PSI, ${size} each`).toBeLessThanOrEqual(9)
      expect(alarms.filter(({ both }) => both).length, `both, ${size} each`).toBeLessThanOrEqual(3)
      const far = shiftOfNumbers(draw(size), draw(size, 0.6))
      expect(far.psi > Math.max(0.25, far.alarm) && (far.ks?.p ?? 1) < 0.01, `far, ${size} each`).toBe(true)
    }
  })

  it('takes the middle of an even number of values between the two', () => {
    expect(median([4, 1, 3])).toBe(3)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })
})

describe('what the writer’s page counts', () => {
  it('gives a share an interval that holds it, and lies within 0 and 1', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), (a, b) => {
        const { share, low, high } = rateOf(Math.min(a, b), Math.max(a, b))
        expect(low).toBeGreaterThanOrEqual(0)
        expect(low).toBeLessThanOrEqual(share + 1e-12)
        expect(high).toBeGreaterThanOrEqual(share - 1e-12)
        expect(high).toBeLessThanOrEqual(1)
      }),
    )
    // Newcombe (1998), table I: 81 of 263.
    expect(rateOf(81, 263).low).toBeCloseTo(0.2553, 3)
    expect(rateOf(81, 263).high).toBeCloseTo(0.3662, 3)
  })

  it('measures what people changed as a share of the words', () => {
    const body = mailSaying('€13.50', { evidence: [] } as never)
    const said = (text: string) => ({ ...body, preheader: { text: '', citations: [] }, subject: { text: 'Hello', citations: [] }, blocks: [{ kind: 'heading' as const, text }], slots: [] }) // prettier-ignore
    expect(editedShare(said('one two three'), said('one two three'))).toBe(0)
    expect(editedShare(said('one two three'), said('one four three'))).toBe(0.25)
    expect(editedShare(said('one two three'), said('five six seven'))).toBe(0.75)
  })

  it('counts weeks from Monday, the one under way the last', () => {
    const weeks = weeksOf(new Date('2026-03-08T23:59:00Z'), 2)
    expect(weeks.map(({ from, to }) => [from, to].map((at) => at.toISOString().slice(0, 10)))).toEqual([
      ['2026-02-23', '2026-03-02'], ['2026-03-02', '2026-03-09'],
    ]) // prettier-ignore
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { judge, judgeWithMeaning } from '#rag/claims/judge.ts'
import { kinship } from '#rag/claims/kin.ts'
import { fit, probability, type Example } from '#rag/claims/logistic.ts'
import { partsOf } from '#rag/claims/parts.ts'
import { valuesOf } from '#rag/claims/values.ts'
import { balancedAccuracy, baselines, crossValidated, examplesOf, labelledClaimSchema } from '#rag/evaluate/claims.ts'
import { hasRealData, realData } from '../support/real-data.ts'

const page = [
  'About the roastery',
  'Published on 4 May 2024',
  'Marta Kowalska founded the roastery in Lisbon in 1998.',
  'It moved to a former shipyard in 2011 and sells 1.2 million cups a year.',
  'In 2019 the Royal Coffee Society gave it a prize for its espresso.',
  'The café is closed on Mondays.',
]

describe('judging a claim', () => {
  it.each([
    'Marta Kowalska founded the roastery in Lisbon in 1998.',
    'The roastery, which was founded in 1998, moved to a former shipyard in 2011.',
    'The roastery sells 1,200,000 cups a year.',
    'The RCS gave the roastery a prize in 2019.',
  ])('supports “%s”', (claim) => {
    const { supported, reasons } = judge(claim, page)
    expect(reasons.join()).toMatch(/^The evidence says/)
    expect(supported).toBe(true)
  })

  it.each([
    ['Marta Kowalska founded the roastery in Lisbon in 1989.', '“1989”'],
    ['Marta Silva founded the roastery in Porto in 1998.', 'does not name “Silva”, “Porto”'],
    [
      'Marta Kowalska founded the roastery, and she sold it to an Italian bank in winter.',
      'Nothing supports “and she sold it to an Italian bank in winter.”',
    ],
    ['The café is not closed on Mondays.', 'says the opposite'],
    ['The café is open on Mondays.', 'says the opposite'],
  ])('does not support “%s”, and says why', (claim, why) => {
    const { supported, score, reasons } = judge(claim, page)
    expect(supported).toBe(false)
    expect(score).toBeLessThan(0.5)
    expect(reasons.join('\n')).toContain(why)
  })

  it('has an answer without evidence, without words, and for a very long page', () => {
    expect(judge('Anything.', [])).toMatchObject({ supported: false, reasons: ['There is no evidence'] })
    expect(judge('', page).score).toBeGreaterThanOrEqual(0)
    const long = Array.from({ length: 1200 }, (_, at) => `Sentence ${at} of a long page about something else.`)
    expect(judge(page[2]!, [...long, ...page]).supported).toBe(true)
  })

  it('hears of meaning where an embedder is given', async () => {
    const asked: string[] = []
    const embedder = {
      id: 'test',
      dimensions: 2,
      embed: async (texts: readonly string[]) => (asked.push(...texts), texts.map(() => [1, 0])),
    }
    const near = await judgeWithMeaning(embedder, page[2]!, page)
    const far = await judgeWithMeaning(
      { ...embedder, embed: async (texts) => texts.map((_, at) => (at < 2 ? [1, 0] : [0, 1])) },
      page[2]!,
      page,
    )
    expect(near.score).toBeGreaterThan(far.score)
    expect(asked).toContain(page[2])
  })
})

describe('what a claim is read as', () => {
  it('has parts', () => {
    expect(partsOf('Ann, who lives in Rome, sells tea and drinks coffee every day.')).toEqual([
      'Ann',
      'who lives in Rome',
      'sells tea',
      'and drinks coffee every day.',
    ])
  })

  it('has values that compare, however they are written', () => {
    const keys = (text: string) => valuesOf(text).map((value) => value.key).toSorted() // prettier-ignore
    expect(keys('On 4 May 2024')).toEqual(keys('May 4th, 2024'))
    expect(keys('1.2 million')).toEqual(keys('1,200,000'))
    expect(keys('twelve')).toEqual(keys('12'))
    expect(keys('the third')).toEqual(keys('the 3rd'))
    expect(keys('in the 1980s')).toEqual(keys('1980'))
    expect(keys('nothing')).toEqual([])
  })

  it('knows words that stand for one another', () => {
    expect(kinship('film', 'movi')).toBe(0.8)
    expect(kinship('australia', 'australian')).toBe(0.8)
    expect(kinship('coffe', 'tabl')).toBe(0)
  })
})

describe('fitting', () => {
  it('finds the weight that the examples have, and gives the same again', () => {
    const examples = Array.from({ length: 200 }, (_, at): Example => ({
      values: { x: at % 20, noise: (at * 7) % 5 },
      is: at % 20 > 9,
    }))
    const model = fit(examples, ['x', 'noise'], 1)
    expect(model.features['x']!.weight).toBeGreaterThan(1)
    expect(Math.abs(model.features['noise']!.weight)).toBeLessThan(1)
    expect(probability(model, { x: 19, noise: 2 })).toBeGreaterThan(0.9)
    expect(fit(examples, ['x', 'noise'], 1)).toEqual(model)
    expect(balancedAccuracy(examples, examples.map(({ values }) => probability(model, values) >= 0.5))).toBeGreaterThan(0.95) // prettier-ignore
  })
})

const wice = 'rag/wice_claims_dev.jsonl'

describe.skipIf(!hasRealData(wice))('claims of an encyclopaedia', () => {
  it('are judged right three times of four, on claims that were not seen, and better than by overlap', async () => {
    const claims = readFileSync(realData(wice), 'utf8').trim().split('\n').map((line) => labelledClaimSchema.parse(JSON.parse(line))) // prettier-ignore
    const { mean } = crossValidated(await examplesOf(claims), { folds: 10, repeats: 3 })
    expect(mean).toBeGreaterThanOrEqual(0.75)
    expect(mean).toBeGreaterThan(baselines(claims).withNumbers)
  }, 60_000)
})

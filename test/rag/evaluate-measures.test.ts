import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { intervalOf } from '#rag/evaluate/compare.ts'
import { checkLabelled, checkScores, labelledSchema } from '#rag/evaluate/labelled.ts'
import { ownStyle, styleScore } from '#rag/evaluate/style.ts'
import { today } from './corpus.ts'

describe('the interval of a mean', () => {
  it('is wide where values are few, and nothing where none differs', () => {
    expect(intervalOf([0.25, 0.25, 0.25, 0.25])).toEqual({ low: 0.25, high: 0.25 })
    const few = intervalOf([-1, 1, -1, 1])
    const many = intervalOf(Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? -1 : 1)))
    expect(few.low).toBeLessThan(-1.1)
    expect(many.low).toBeCloseTo(-0.2, 1)
    expect(many.high).toBeCloseTo(0.2, 1)
  })
})

describe('the labelled texts of the sample business', () => {
  const file = new URL('../../examples/roastery/labelled-texts.json', import.meta.url)
  const labelled = labelledSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const scores = checkScores(checkLabelled(labelled, today))

  it('cover every guardrail that reads words alone, and right copy beside it', () => {
    const broken = new Set(labelled.copy.flatMap(({ breaks }) => breaks))
    expect(broken.size).toBeGreaterThanOrEqual(14)
    expect(labelled.copy.filter(({ breaks }) => breaks.length === 0).length).toBeGreaterThanOrEqual(20)
  })

  it('are told apart well enough to release by', () => {
    const of = new Map(scores.map((one) => [one.of, one]))
    expect(of.get('guardrails')?.recall).toBeGreaterThanOrEqual(0.88)
    expect(of.get('guardrails')?.precision).toBeGreaterThanOrEqual(0.95)
    expect(of.get('injection')?.recall).toBeGreaterThanOrEqual(0.65)
    expect(of.get('injection')?.quiet).toBe(1)
    expect(of.get('personal')).toMatchObject({ recall: 1, precision: 1 })
  })

  it('are refused where a label names no guardrail, or data that is not there', () => {
    const empty = { house: ['It is so.'], copy: [], injection: [], personal: [] }
    const copy = [{ id: 'a', text: 'It is so.', breaks: ['no-such-rule'] }]
    expect(labelledSchema.safeParse({ ...empty, copy }).error?.message).toContain('is no guardrail')
    const personal = [{ id: 'a', text: 'Nobody is here.', holds: ['Anna'] }]
    expect(labelledSchema.safeParse({ ...empty, personal }).success).toBe(false)
  })
})

describe('the distance to how a business writes', () => {
  const pages = ['about', 'faq', 'blog-what-fresh-means', 'blog-espresso-dialling-in', 'workshops'].flatMap((name) =>
    readFileSync(new URL(`../../examples/roastery/content/${name}.md`, import.meta.url), 'utf8').split(/\n#+ .*\n/),
  )
  const own = ownStyle(pages) // prettier-ignore

  it('is small for its own pages and for a letter like them, and large for shouting', () => {
    const letter = 'Peru Chirinos is on the shelf again. We roast it on Monday and send it on Tuesday. It tastes of cocoa and orange, and costs €12.10 for 250 g. If you do not like it, tell us and choose another.' // prettier-ignore
    const shouting = 'WOW! Amazing deals! Buy it now! You won’t believe it! Hurry! It’s the best! Ever!'
    expect(Math.min(styleScore(pages.at(-1) ?? '', own), styleScore(letter, own))).toBeGreaterThan(0.85)
    expect(styleScore(shouting, own)).toBeLessThan(0.7)
  })

  it('is not judged where too little is known of how it writes', () => {
    expect(ownStyle(['Short.'])).toBeNull()
    expect(styleScore('WOW!', null)).toBe(1)
  })
})

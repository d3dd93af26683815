import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Embedder } from '#rag/embedder.ts'
import { calibrate, measure } from '#rag/intents/calibrate.ts'
import { readIntentModel, saveIntentModel } from '#rag/intents/model-file.ts'
import { intentPredictor } from '#rag/intents/predict.ts'
import { probabilities } from '#rag/intents/softmax.ts'
import { trainIntents, type Example } from '#rag/intents/train.ts'

const things = [
  'parcel',
  'order',
  'package',
  'delivery',
  'box',
  'bag',
  'shipment',
  'beans',
  'coffee',
  'gift',
  'post',
  'letter',
]
const examples: Example[] = things.flatMap((thing) => [
  { text: `Where is my ${thing}? It has not come yet`, intent: 'where' },
  { text: `I wait for the ${thing}, when does it arrive`, intent: 'where' },
  { text: `I want my money back for the ${thing}`, intent: 'refund' },
  { text: `Please refund the ${thing}, it was broken`, intent: 'refund' },
  { text: `Which ${thing} do you recommend for a beginner`, intent: 'advice' },
  { text: `Can you advise me, what ${thing} suits me best`, intent: 'advice' },
]) // prettier-ignore

/** Reads three words and nothing else: enough to have a second head. */
const counting: Embedder = {
  id: 'counting-1',
  dimensions: 3,
  embed: (texts) =>
    Promise.resolve(texts.map((text) => ['come|arrive', 'back|refund', 'recommend|advise'].map((words) => (new RegExp(words).test(text) ? 0.9 : 0.1)))),
} // prettier-ignore

const file = (): string => join(mkdtempSync(join(tmpdir(), 'intents-')), 'model')

describe('a classifier of intents', () => {
  it('tells messages it has not seen, and how sure it is', async () => {
    const { predict } = intentPredictor(await trainIntents({ embedder: null }, examples), null)
    const said = await predict(['When will the grinder arrive?', 'refund me please', 'what do you recommend'])
    expect(said.map(({ nearest }) => nearest)).toEqual(['where', 'refund', 'advice'])
    for (const { confidence } of said) expect(confidence).toBeGreaterThan(0.5)
  })

  it('gives no intent to what resembles none', async () => {
    const { predict } = intentPredictor(await trainIntents({ embedder: null }, examples), null)
    const said = await predict(['xyzzy plugh', ''])
    expect(said.map(({ intent }) => intent)).toEqual([null, null])
  })

  it('lets the caller say how sure an answer must be', async () => {
    const model = await trainIntents({ embedder: null }, examples)
    const [never] = await intentPredictor(model, null, 1).predict(['refund the box'])
    const [always] = await intentPredictor(model, null, 0).predict(['xyzzy'])
    expect([never?.intent, always?.intent]).toEqual([null, always?.nearest])
  })

  it('learns the same from the same examples', async () => {
    const [one, other] = [await trainIntents({ embedder: null }, examples), await trainIntents({ embedder: null }, examples)]
    expect(one).toEqual(other)
  }) // prettier-ignore

  it('says what is missing where there is too little to learn', async () => {
    await expect(trainIntents({ embedder: null }, examples.slice(0, 2))).rejects.toThrow('fewer than two intents')
    const lonely = [...examples, { text: 'hello', intent: 'greeting' }]
    await expect(trainIntents({ embedder: null }, lonely)).rejects.toThrow('greeting')
  })
})

describe('a saved model', () => {
  it('answers as the one that was trained', async () => {
    const [model, path] = [await trainIntents({ embedder: counting }, examples), file()]
    await saveIntentModel(path, model)
    const [before, after] = [intentPredictor(model, counting), intentPredictor(await readIntentModel(path), counting)]
    const texts = examples.map(({ text }) => text)
    const [one, other] = [await before.predict(texts), await after.predict(texts)]
    expect(other.map(({ nearest }) => nearest)).toEqual(one.map(({ nearest }) => nearest))
    for (const [at, { confidence }] of other.entries()) expect(confidence).toBeCloseTo(one[at]!.confidence, 1)
    expect(after.weaker).toBeNull()
  })

  it('answers by words alone, and says so, where its embedder is missing', async () => {
    const model = await trainIntents({ embedder: counting }, examples)
    const alone = intentPredictor(model, null)
    const other = intentPredictor(model, { ...counting, id: 'another' })
    expect([alone.weaker, other.weaker]).toEqual([expect.stringContaining('counting-1'), expect.stringContaining('counting-1')])
    expect(alone.calibration).toEqual(model.calibration.words)
    expect((await alone.predict(['refund the box']))[0]?.nearest).toBe('refund')
  }) // prettier-ignore

  it('is refused where it is another file, of another version, cut off or changed', async () => {
    const path = file()
    await saveIntentModel(path, await trainIntents({ embedder: null }, examples))
    const whole = readFileSync(path)
    const refused = async (bytes: Buffer | string): Promise<string> => {
      writeFileSync(path, bytes)
      return readIntentModel(path).then(() => 'read', (fault: unknown) => String(fault))
    } // prettier-ignore
    expect(await refused('text,category\nhello,greeting\n')).toContain('is no model of intents')
    expect(await refused('')).toContain('is no model of intents')
    expect(await refused(whole.toString('latin1').replace('intents 1', 'intents 2'))).toContain('version 2')
    expect(await refused(whole.subarray(0, whole.length - 9))).toContain('changed or cut off')
    whole[whole.length - 1] = whole.at(-1)! ^ 1
    expect(await refused(whole)).toContain('changed or cut off')
  })
})

describe('confidence', () => {
  it('is cooled down where a model is too sure of itself', () => {
    const scores = Array.from({ length: 200 }, () => Float64Array.from([8, 0]))
    const labels = scores.map((_, row) => (row % 4 === 0 ? 1 : 0))
    const { temperature, measured } = calibrate(scores, labels)
    expect(temperature).toBeGreaterThan(2)
    expect(measured.ece).toBeLessThan(0.15)
  })

  it('is measured by how far it is from being right', () => {
    const judged = Array.from({ length: 10 }, (_, at) => ({ best: 0, confidence: 0.9, right: at < 5 }))
    expect(measure(judged)).toEqual({ texts: 10, accuracy: 0.5, ece: expect.closeTo(0.4, 9) as number })
  })

  const score = fc.double({ min: -50, max: 50, noNaN: true })

  it('is a share of one, in the order of the scores, at any temperature', () => {
    fc.assert(
      fc.property(fc.array(score, { minLength: 2, maxLength: 9 }), fc.double({ min: 0.2, max: 5, noNaN: true }), (scores, temperature) => {
        const shares = probabilities(Float64Array.from(scores), temperature)
        expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
        for (const [at, one] of scores.entries())
          for (const [place, other] of scores.entries()) if (one > other) expect(shares[at]!).toBeGreaterThanOrEqual(shares[place]!)
      }),
    ) // prettier-ignore
  })
})

import { componentsOf, type Edges } from './cluster.ts'
import { groupRecords } from './groups.ts'
import type { Duck } from './duck.ts'
import type { Field } from './fields.ts'
import { keptTerms, countTerms, loadTerms, makeBits, totalsOf } from './terms.ts'
import type { LinkageModel } from './model.ts'
import { countPatterns, drawPairs, findPairs, makePatterns, type Blocking } from './pairs.ts'
import { scorePairs } from './scoring.ts'
import { bandsOf } from './bands.ts'
import { learn } from './train.ts'
import type { Mixture } from './mixture.ts'

export type Linked = {
  model: LinkageModel
  blocking: Blocking
  /** Pairs whose weight is at least `faintest`. */
  edges: Edges
  /** For each record, by number, the smallest record of its group. */
  groups: Int32Array
  /** For each record, how sure its group is: 2 joined without asking, 1 for a person to look at, 0 alone. */
  certainty: Uint8Array
  /** What was not joined for fear of joining too much, in words. */
  alarms: string[]
}

/** Called as each step of the work begins. */
export type Step = (name: string) => void

/** From these odds on, in bits, a first pass takes two records for one person, to count people rather than records. */
const surely = 4

/**
 * Links the records of table `rec` into people: finds pairs, learns from them what agreement is worth (or takes it from
 * a model), weighs every pair, and groups. Needs no labels; the same records give the same answer to the bit.
 * @param records how many there are; their numbers run from 0
 */
export async function linkRecords(
  duck: Duck,
  input: { fields: readonly Field[]; records: number; model?: LinkageModel | undefined; budget?: number; step?: Step },
): Promise<Linked> {
  const { fields, records } = input
  if (fields.length === 0) return apart(records)
  const step = input.step ?? (() => {})
  step('blocking')
  const blocking = await findPairs(duck, fields, records, input.budget ?? budgetOf(records), input.model?.rules)
  step('comparing')
  await makePatterns(duck, fields, 'pairs', 'found')
  const model = input.model ?? (await train(duck, { fields, records, blocking, step }))
  step('scoring')
  if (input.model) {
    await loadTerms(duck, model.terms)
    await makeBits(duck, fields, model.u, model.terms)
  }
  const edges = await scorePairs(duck, fields, model, 'found', faintest)
  step('grouping')
  return { model, blocking, edges, ...(await groupRecords(duck, fields, model, records, edges)) }
}

/** Where nothing tells records apart nothing is joined. */
const apart = (records: number): Linked => ({
  model: {
    version: 1,
    fields: [],
    m: [],
    u: [],
    priors: { match: 0, relative: 0, neighbour: 0 },
    terms: [],
    rules: [],
    bands: { merge: 0, review: 0 },
    trained: { records, pairs: 0 },
  },
  blocking: { rules: [], passedOver: [], pairs: 0 },
  edges: { a: new Int32Array(), b: new Int32Array(), weight: new Float64Array(), pattern: new Float64Array() },
  groups: Int32Array.from({ length: records }, (_, rid) => rid),
  certainty: new Uint8Array(records),
  alarms: [],
})

/** Pairs below it are forgotten: nobody asks for them. */
const faintest = -3

/** The most pairs compared: a few for each record, and enough where records are few. */
const budgetOf = (records: number): number => Math.max(5_000_000, 5 * records)

/** Learns a model from the pairs found; leaves the bits of every record in table `bits`. */
async function train(
  duck: Duck,
  { fields, records, blocking, step }: { fields: readonly Field[]; records: number; blocking: Blocking; step: Step },
): Promise<LinkageModel> {
  step('learning')
  await drawPairs(duck, records)
  await makePatterns(duck, fields, 'strangers', 'random')
  const all = (records * (records - 1)) / 2
  const found = await countPatterns(duck, 'found', fields.length)
  const first = learn(fields, { random: await countPatterns(duck, 'random', fields.length), found, pairs: all })
  step('counting people')
  await countTerms(duck, fields, false)
  await makeBits(duck, fields, first.u, await totalsOf(duck, fields))
  const edges = await scorePairs(duck, fields, first, 'found', surely)
  await keepPeople(
    duck,
    componentsOf(records, edges, () => true),
  )
  const chances = await countTerms(duck, fields, true)
  const mixture: Mixture = { ...first, u: first.u.map((levels, at) => [chances[at]!, ...levels.slice(1)]) }
  await makeBits(duck, fields, mixture.u, await totalsOf(duck, fields))
  return {
    version: 1,
    fields: fields.map((field) => ({ ...field, columns: [...field.columns] })),
    m: mixture.m.map((levels) => [...levels]),
    u: mixture.u.map((levels) => [...levels]),
    priors: mixture.priors,
    terms: await keptTerms(duck, fields),
    rules: blocking.rules.map(({ rule }) => [...rule]),
    bands: bandsOf(fields, mixture, found),
    trained: { records, pairs: blocking.pairs },
  }
}

/** Keeps whom the first pass takes for one person, in table `person`: those who are others too. */
async function keepPeople(duck: Duck, people: Int32Array): Promise<void> {
  await duck.run('create or replace table person (rid int, entity int)')
  const appender = await duck.appender('person')
  for (const [rid, entity] of people.entries()) {
    if (entity === rid) continue
    appender.appendInteger(rid)
    appender.appendInteger(entity)
    appender.endRow()
  }
  appender.closeSync()
}

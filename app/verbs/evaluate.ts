import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { parseId } from '#kernel/ids.ts'
import { compareEvaluations, scoreInterval, type Comparison, type Difference } from '#rag/evaluate/compare.ts'
import { goldenBriefsSchema } from '#rag/evaluate/golden.ts'
import { checkScores, labelledSchema } from '#rag/evaluate/labelled.ts'
import { releaseCandidate } from '#rag/evaluate/release.ts'
import {
  evaluate as evaluateSetup,
  goldenHash,
  pastEvaluation,
  pastEvaluations,
  type Evaluation,
  type Golden,
} from '#rag/evaluate/run.ts'
import { scoreNames } from '#rag/evaluate/score-draft.ts'
import { candidateSchema, changed, type Candidate, type Setup } from '#rag/evaluate/setup.ts'
import { livePrompt } from '#rag/prompts/live-prompt.ts'
import { livePolicy } from '#rag/router/live-policy.ts'
import { sum } from '#rag/router/replay.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

export const evaluate: Verb = {
  name: 'evaluate',
  about:
    'Have golden briefs written and score what was written; a change of prompt or policy is released when it is no worse',
  usage: [
    'evaluate --briefs FILE [--labelled FILE] [--against EVALUATION] [--json]',
    'evaluate --briefs FILE [--labelled FILE] --candidate FILE [--release --reason WORDS [--override WORDS]] [--json]',
    'evaluate --live [--json]',
    'evaluate --list [--json]',
  ],
  options: {
    briefs: { type: 'string' },
    labelled: { type: 'string' },
    candidate: { type: 'string' },
    against: { type: 'string' },
    release: { type: 'boolean' },
    reason: { type: 'string' },
    override: { type: 'string' },
    live: { type: 'boolean' },
    list: { type: 'boolean' },
  },
  explains: {
    briefs: 'golden briefs as JSON: [{id, segment: {name}, sentence, channel?, expects: {cites: [words], never: [words]}}]',
    labelled: 'texts of which it is known what is wrong with them, as JSON: {house, copy, injection, personal}',
    candidate: 'a change as JSON, of {prompt: {system}}, {policy} or {models: [id]}: compared with what is live, brief by brief',
    against: 'compare what is live now with an earlier evaluation: after an update of models or guardrails',
    release: 'make it live if it is no worse',
    reason: 'why, for the record',
    override: 'release it though it is worse, for this reason',
    live: 'print what is live, to start a candidate from',
    list: 'the evaluations there are',
  },
  run: (call) => withHouse(call.config, (house) => evaluateIn(call, house)),
} // prettier-ignore

async function evaluateIn(call: Call, house: House): Promise<number> {
  if (call.flag('list')) return list(call, house)
  const live: Setup = { prompt: await livePrompt(house), policy: await livePolicy(house) }
  if (call.flag('live')) {
    call.printJson(live)
    return exit.done
  }
  const briefs = await readFrom(call, 'briefs', goldenBriefsSchema)
  const labelled = call.text('labelled') === undefined ? undefined : await readFrom(call, 'labelled', labelledSchema)
  const golden: Golden = { briefs, ...(labelled && { labelled }) }
  const before = call.text('against') === undefined ? null : await earlier(call, house, golden)
  const change = call.text('candidate') === undefined ? null : await readFrom(call, 'candidate', candidateSchema)
  refuseStrange(house, change?.models ?? [])
  const now = await evaluated(call, house, { setup: live, golden, what: 'what is live' })
  if (before) return told(call, before, now)
  if (change) return candidate(call, house, { live, change, golden, before: now })
  answer(call, now, wordsOf(now))
  return exit.done
}

/** JSON of a file that an option names; a wrong shape is told with the place. */
async function readFrom<T>(call: Call, option: 'briefs' | 'labelled' | 'candidate', schema: z.ZodType<T>): Promise<T> {
  const path = call.text(option)
  if (path === undefined) throw new UsageError(`Name a file: --${option} FILE. millrace evaluate --help explains`)
  let json: unknown
  try {
    json = JSON.parse(await readFile(pathOf(call, path), 'utf8'))
  } catch (fault) {
    throw new UsageError(`${path} cannot be read as JSON`, { cause: fault })
  }
  const read = schema.safeParse(json)
  if (read.success) return read.data
  throw new UsageError(`${path} does not fit:\n${z.prettifyError(read.error)}`)
}

async function earlier(call: Call, { db }: House, golden: Golden): Promise<Evaluation> {
  const id = parseId<'evaluation'>(call.text('against'))
  const found = id && (await pastEvaluation(db, id))
  if (!found) throw new UsageError(`There is no evaluation ${call.text('against')}: \`evaluate --list\` lists them`)
  if (found.briefsHash === goldenHash(golden)) return found
  throw new UsageError(`Evaluation ${found.id} was of other briefs or texts, or scored otherwise: name one of the same`)
}

function refuseStrange({ models }: House, asked: readonly string[]): void {
  const known = models.map(({ id }) => id)
  const strange = asked.filter((id) => !known.includes(id))
  if (strange.length > 0)
    throw new UsageError(`No model ${strange.join(', ')} is set up; there are ${known.join(', ')}`)
}

function evaluated(
  call: Call,
  house: House,
  { setup, golden, what }: { setup: Setup; golden: Golden; what: string },
): Promise<Evaluation> {
  const deps = { agent: house.writerWith(setup), models: house.models.map(({ id }) => id) }
  const onBrief = (done: number): void => call.say(`${what}: ${done} of ${golden.briefs.length} briefs written`)
  return evaluateSetup(deps, { setup, ...golden, by: 'millrace', onBrief })
}

function told(call: Call, before: Evaluation, after: Evaluation): number {
  const comparison = compareEvaluations(before, after)
  answer(call, { before, after, comparison }, comparedWords(comparison))
  return comparison.worse ? exit.refused : exit.done
}

async function candidate(
  call: Call,
  house: House,
  { live, change, golden, before }: { live: Setup; change: Candidate; golden: Golden; before: Evaluation },
): Promise<number> {
  const after = await evaluated(call, house, { setup: changed(live, change), golden, what: 'the candidate' })
  if (!call.flag('release')) return told(call, before, after)
  const [reason, override] = [call.text('reason'), call.text('override')]
  if (!reason) throw new UsageError('Say why: --release --reason WORDS')
  const { db, clock, agent } = house
  const done = await releaseCandidate(
    { db, clock, brand: (await agent.brand()).hash, models: house.models.map(({ id }) => id) },
    { live, candidate: change, by: 'millrace', reason, ...(override === undefined ? {} : { override }) },
  )
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [...comparedWords(compareEvaluations(before, after)), 'It is live.'])
  return exit.done
}

const dollars = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(4)}`
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function wordsOf({ scores, checks, total, costMicroUsd }: Evaluation): string[] {
  const { low, high } = scoreInterval(scores.map(({ score }) => score.total))
  const decisions = sum(scores.map(({ routed }) => routed.decisions))
  const strong = sum(scores.map(({ routed }) => routed.strong))
  const writers = Map.groupBy(scores, ({ model }) => model ?? 'nobody')
  return [
    `total ${total.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}] over ${scores.length} briefs, ${dollars(costMicroUsd)}`,
    ...scoreNames.map((name) => `  ${name.padEnd(11)}${(sum(scores.map(({ score }) => score[name])) / scores.length).toFixed(3)}`),
    ...checkScores(checks).map(({ of, cases, recall, precision }) => `  ${of.padEnd(11)}recall ${percent(recall)}, precision ${percent(precision)} over ${cases} cases`),
    ...(decisions === 0 ? [] : [`  routing    ${percent(strong / decisions)} of ${decisions} requests to the strong vendors`]),
    `  written by ${[...writers].map(([model, own]) => `${model} (${own.length})`).join(', ')}`,
    ...scores.filter(({ score }) => score.total < 1).map(({ brief, score, problem }) => `  ${brief}: ${score.total.toFixed(3)}${problem === null ? '' : `, ${problem}`}`),
    ...checks.filter(({ faulty, found }) => faulty !== found).map(({ id, of, faulty }) => `  ${of}: ${id} ${faulty ? 'was not found' : 'was objected to'}`),
  ]
} // prettier-ignore

const comparedWords = ({ differences, cost, lost, worse, unsafe, briefs }: Comparison): string[] => [
  `candidate against live, ${briefs} briefs in pairs; 95 % interval of the difference`,
  ...differences.map(differenceWords),
  `  ${'cost'.padEnd(18)}${dollars(cost.live)} → ${dollars(cost.candidate)} a brief`,
  ...lost.slice(0, 10).map(({ brief, by }) => `  ${brief} lost ${by.toFixed(3)}`),
  unsafe.length > 0 ? `It is less safe: ${unsafe.join(', ')}.` : worse ? 'It is worse.' : 'It is no worse.',
]

const differenceWords = ({ name, live, candidate: next, low, high, safety }: Difference): string =>
  `  ${name.padEnd(18)}${live.toFixed(3)} → ${next.toFixed(3)}  [${low.toFixed(3)}, ${high.toFixed(3)}]${safety ? '  must not fall' : ''}`

async function list(call: Call, { db }: House): Promise<number> {
  const all = await pastEvaluations(db, 50)
  answer(
    call,
    all,
    all.map((one) => `${one.at.toISOString()} ${one.id} setup ${one.setupHash.slice(0, 12)} total ${one.total.toFixed(3)} over ${one.scores.length} briefs`), // prettier-ignore
  )
  return exit.done
}

import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { RefusedError, UsageError } from '#kernel/errors.ts'
import { compareEvaluations, type Comparison } from '#rag/evaluate/compare.ts'
import { goldenBriefsSchema, type GoldenBrief } from '#rag/evaluate/golden.ts'
import { releaseCandidate } from '#rag/evaluate/release.ts'
import { evaluate as evaluateSetup, pastEvaluations, type Evaluation } from '#rag/evaluate/run.ts'
import { scoreNames } from '#rag/evaluate/score-draft.ts'
import { candidateSchema, type Candidate, type Setup } from '#rag/evaluate/setup.ts'
import { livePrompt } from '#rag/prompts/live-prompt.ts'
import { livePolicy } from '#rag/router/live-policy.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { withHouse, type House } from '../wire.ts'

export const evaluate: Verb = {
  name: 'evaluate',
  about:
    'Have golden briefs written and score what was written; a change of prompt or policy is released when it is no worse',
  usage: [
    'evaluate --briefs FILE [--json]',
    'evaluate --briefs FILE --candidate FILE [--release --reason WORDS [--override WORDS]] [--json]',
    'evaluate --live [--json]',
    'evaluate --list [--json]',
  ],
  options: {
    briefs: { type: 'string' },
    candidate: { type: 'string' },
    release: { type: 'boolean' },
    reason: { type: 'string' },
    override: { type: 'string' },
    live: { type: 'boolean' },
    list: { type: 'boolean' },
  },
  explains: {
    briefs: 'golden briefs as JSON: [{id, segment: {name}, sentence, expects: {cites: [words], never: [words]}}]',
    candidate: 'a change as JSON, {prompt: {system}} or {policy} or both: compared with what is live, brief by brief',
    release: 'make it live if it is no worse',
    reason: 'why, for the record',
    override: 'release it though it is worse, for this reason',
    live: 'print what is live, to start a candidate from',
    list: 'the evaluations there are',
  },
  run: (call) =>
    withHouse(call.config, async (house) => {
      if (call.flag('list')) return list(call, house)
      const live: Setup = { prompt: await livePrompt(house), policy: await livePolicy(house) }
      if (call.flag('live')) {
        call.printJson(live)
        return exit.done
      }
      const briefs = await readFrom(call, 'briefs', goldenBriefsSchema)
      const before = await evaluated(call, house, { setup: live, briefs, what: 'what is live' })
      if (call.text('candidate') === undefined) {
        answer(call, before, wordsOf(before))
        return exit.done
      }
      return candidate(call, house, { live, briefs, before })
    }),
}

/** JSON of a file that an option names; a wrong shape is told with the place. */
async function readFrom<T>(call: Call, option: 'briefs' | 'candidate', schema: z.ZodType<T>): Promise<T> {
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

function evaluated(
  call: Call,
  house: House,
  { setup, briefs, what }: { setup: Setup; briefs: readonly GoldenBrief[]; what: string },
): Promise<Evaluation> {
  const deps = { agent: house.writerWith(setup), models: house.models.map(({ id }) => id) }
  const onBrief = (done: number): void => call.say(`${what}: ${done} of ${briefs.length} briefs written`)
  return evaluateSetup(deps, { setup, briefs, by: 'millrace', onBrief })
}

async function candidate(
  call: Call,
  house: House,
  { live, briefs, before }: { live: Setup; briefs: readonly GoldenBrief[]; before: Evaluation },
): Promise<number> {
  const change: Candidate = await readFrom(call, 'candidate', candidateSchema)
  const setup = { prompt: change.prompt ?? live.prompt, policy: change.policy ?? live.policy }
  const after = await evaluated(call, house, { setup, briefs, what: 'the candidate' })
  const comparison = compareEvaluations(before, after)
  if (!call.flag('release')) {
    answer(call, { before, after, comparison }, comparedWords(comparison))
    return comparison.worse ? exit.refused : exit.done
  }
  const [reason, override] = [call.text('reason'), call.text('override')]
  if (!reason) throw new UsageError('Say why: --release --reason WORDS')
  const models = house.models.map(({ id }) => id)
  const done = await releaseCandidate(
    { db: house.db, clock: house.clock, models },
    { live, candidate: change, by: 'millrace', reason, ...(override === undefined ? {} : { override }) },
  )
  if (done.kind === 'refused') throw new RefusedError(done.why)
  answer(call, done, [...comparedWords(comparison), 'It is live.'])
  return exit.done
}

const wordsOf = ({ scores, total, costMicroUsd }: Evaluation): string[] => [
  `total ${total.toFixed(3)} over ${scores.length} briefs, $${(costMicroUsd / 1e6).toFixed(4)}`,
  ...scoreNames.map((name) => `  ${name.padEnd(11)}${(scores.reduce((sum, { score }) => sum + score[name], 0) / scores.length).toFixed(3)}`), // prettier-ignore
  ...scores.filter(({ score }) => score.total < 1).map(({ brief, score, problem }) => `  ${brief}: ${score.total.toFixed(3)}${problem === null ? '' : `, ${problem}`}`), // prettier-ignore
]

const comparedWords = ({ differences, lost, worse, briefs }: Comparison): string[] => [
  `candidate against live, ${briefs} briefs in pairs; 95 % interval of the difference`,
  ...differences.map(
    ({ name, live, candidate: next, low, high }) =>
      `  ${name.padEnd(11)}${live.toFixed(3)} → ${next.toFixed(3)}  [${low.toFixed(3)}, ${high.toFixed(3)}]`,
  ),
  ...lost.slice(0, 10).map(({ brief, by }) => `  ${brief} lost ${by.toFixed(3)}`),
  worse ? 'It is worse.' : 'It is no worse.',
]

async function list(call: Call, { db }: House): Promise<number> {
  const all = await pastEvaluations(db, 50)
  answer(
    call,
    all,
    all.map((one) => `${one.at.toISOString()} setup ${one.setupHash.slice(0, 12)} total ${one.total.toFixed(3)} over ${one.scores.length} briefs`), // prettier-ignore
  )
  return exit.done
}

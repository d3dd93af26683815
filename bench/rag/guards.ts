import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { fit, type Logistic } from '#rag/claims/logistic.ts'
import { minilmEmbedder } from '#rag/embedders/minilm.ts'
import {
  baselines,
  crossValidated,
  examplesOf,
  labelledClaimSchema,
  namesOf,
  ridge,
  type Spread,
} from '#rag/evaluate/claims.ts'
import { fitInjection, hidden, withoutKind } from '#rag/evaluate/injection.ts'
import { detect, enough } from '#rag/guardrails/injection/detect.ts'
import { halves, hiddenOf, requestsOf } from '#test/rag/injection-hidden.ts'
import { injectionData } from '#test/rag/injection-learning.ts'
import { otherMails, unseenMails } from '#test/rag/injection-mails.ts'
import { cleanMails, harmless, otherAttacks } from '#test/rag/injection-texts.ts'
import { timeOfGuards } from './guards-time.ts'
import { rateOfRouter } from './router-time.ts'
import { countMutations } from '#test/rag/mutations.ts'

/** Measures the guardrails, and the router's own time: `node bench/rag/guards.ts [claims|injection|mutations|time …] [--weights]`. */

const folder = process.env['MILLRACE_DATA'] ?? '../shared/data'
const models = process.env['MILLRACE_MODELS']
const read = (name: string): string => readFileSync(resolve(folder, 'rag', name), 'utf8')
const linesOf = (name: string): unknown[] =>
  read(name)
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
const asked = process.argv.slice(2)
const wanted = (what: string): boolean => asked.every((word) => word.startsWith('--')) || asked.includes(what)
const weights = asked.includes('--weights')
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** A fitted model as it stands in the source. */
const source = (name: string, model: Logistic): string => {
  const short = (value: number) => Number(value.toFixed(4))
  const rows = Object.entries(model.features).map(([key, { weight, mean, deviation }]) =>
    `    ${key}: { weight: ${short(weight)}, mean: ${short(mean)}, deviation: ${short(deviation)} },`) // prettier-ignore
  return `export const ${name}: Logistic = {\n  bias: ${short(model.bias)},\n  features: {\n${rows.join('\n')}\n  },\n}`
}

async function claims(): Promise<void> {
  const rows = linesOf('wice_claims_dev.jsonl').map((row) => labelledClaimSchema.parse(row))
  const shown = ({ mean, deviation, lowest, highest }: Spread) =>
    `${mean.toFixed(3)} ± ${deviation.toFixed(3)} (${lowest.toFixed(3)} to ${highest.toFixed(3)})`
  say(`claims: ${rows.length}; balanced accuracy, supported v rest`)
  const base = baselines(rows)
  say(`  word overlap                       ${base.overlap.toFixed(3)} (best threshold on the same claims)`)
  say(`  … and every number in the evidence ${base.withNumbers.toFixed(3)} (the same)`)
  const plain = await examplesOf(rows)
  say(`  judge, words only                  ${shown(crossValidated(plain))} (10 × 10 folds, claims not seen)`)
  if (weights) say(source('byWords', fit(plain, namesOf(plain), ridge)))
  const dir = models === undefined ? null : resolve(models, 'all-MiniLM-L6-v2')
  if (dir === null || !existsSync(dir))
    return say('  judge with MiniLM                  not installed: MILLRACE_MODELS names no folder with it')
  const meant = await examplesOf(rows, minilmEmbedder({ dir }))
  say(`  judge with MiniLM                  ${shown(crossValidated(meant))}`)
  if (weights) say(source('byMeaning', fit(meant, namesOf(meant), ridge)))
}

function injection(): void {
  const attacks = new Map(
    Object.entries(z.record(z.string(), z.array(z.string())).parse(JSON.parse(read('bipia_text_attacks_train.json')))),
  )
  const mails = linesOf('bipia_email_train.jsonl').map((row) => z.object({ context: z.string() }).parse(row).context)
  const data = injectionData(attacks, mails)
  if (weights) {
    const learnt = fitInjection(data)
    say(source('injectionWeights', learnt.signs))
    say(Object.entries(learnt.words).map(([word, weight]) => `${word} ${weight.toFixed(2)}`).join(', ')) // prettier-ignore
  }
  const places = ['start', 'middle', 'end'] as const
  const found = (list: readonly string[]): number => {
    const tries = list.flatMap((attack, at) => places.flatMap((place, step) =>
      [0, 1, 2].map((more) => detect(hidden(attack, mails[(at * 13 + step * 7 + more * 17) % mails.length]!, place)).injected))) // prettier-ignore
    return tries.filter(Boolean).length / tries.length
  }
  const flagged = (list: readonly string[]): number => list.filter((text) => detect(text).injected).length / list.length
  const kinds = withoutKind({ ...data, attacks }, enough)
  say(
    `injection: sentences of attacks of a kind never seen, on mails never seen: ${percent([...kinds.values()].reduce((sum, share) => sum + share, 0) / kinds.size)}`,
  )
  for (const [kind, share] of kinds) if (share < 1) say(`    ${kind}: ${percent(share)}`)
  say(`  attacks of the data hidden in mails      flagged ${percent(found([...attacks.values()].flat()))}`)
  say(`  ${otherAttacks.length} attacks of other kinds, never fitted  flagged ${percent(found(otherAttacks))}`)
  say(`  ${mails.length} clean mails of the data               flagged ${percent(flagged(mails))}`)
  say(
    `  ${cleanMails.length} clean mails full of requests         flagged ${percent(flagged(cleanMails))} (their sentences were fitted)`,
  )
  say(
    `  ${otherMails.length + unseenMails.length} other clean mails                   flagged ${percent(flagged([...otherMails, ...unseenMails]))}`,
  )
  for (const half of halves) {
    const orders = hiddenOf(half).map(({ text }) => text)
    say(`  ${orders.length} orders hidden in requests, ${half}      flagged ${percent(flagged(orders))}`)
    say(
      `  ${requestsOf(half).length} clean requests, ${half}              flagged ${percent(flagged(requestsOf(half)))}`,
    )
  }
  say(`  ${harmless.length} harmless texts full of such words    flagged ${percent(flagged(harmless))}`)
}

if (wanted('claims')) await claims()
if (wanted('injection')) injection()
if (wanted('mutations')) {
  const { mutations, passed, correct, blocked, kinds } = countMutations()
  say(
    `mutations of prices, dates and discounts: ${mutations} of ${kinds} kinds; passed: ${passed.length}; correct texts blocked: ${blocked.length} of ${correct}`,
  )
  for (const text of [...passed, ...blocked].slice(0, 20)) say(`    ${text}`)
}
if (wanted('time')) for (const line of [...timeOfGuards(), rateOfRouter()]) say(line)

import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { judge, judgeWithMeaning, meaningModel, type Judgement } from '#rag/claims/judge.ts'
import { checkCopy, copyFactsSchema, type CopyFinding } from '#rag/guardrails/check-copy.ts'
import { detect } from '#rag/guardrails/injection/detect.ts'
import { systemClock } from '#kernel/clock.ts'
import { UsageError } from '#kernel/errors.ts'
import { answer, exit, type Call, type Verb } from '../verb.ts'
import { inputFile, jsonLines, outputFile, textLines, writeJsonLines } from './text-lines.ts'

export const check: Verb = {
  name: 'check',
  about: 'Check claims against evidence, texts for orders to a machine, and copy against facts',
  usage: [
    'check claims FILE.jsonl --out VERDICTS.jsonl [--words] [--json]   {id, claim, evidence: [sentence…]} a line',
    'check injection FILE.jsonl --out VERDICTS.jsonl [--json]   {id, text} a line',
    'check copy FILE.md --facts FACTS.json [--json]   every guardrail; ends with 4 where one blocks',
  ],
  takes: 2,
  options: { out: { type: 'string' }, facts: { type: 'string' }, words: { type: 'boolean' } },
  explains: {
    out: 'where the verdicts go, one a line: {id, supported, score, reasons} or {id, injected, score, spans}',
    facts:
      'what is true now: ["sentence" or {text, subject?, title?, url?, validFrom?, validTo?} …], or {facts, business, allowed, countries, language, required}',
    words: 'judge claims by their words only, also where a model of meaning is installed',
  },
  run: async (call) => {
    const [what, file] = call.positionals
    if (file === undefined) throw new UsageError('Say: millrace check claims|injection|copy FILE')
    if (what === 'claims') return checkClaims(call, file)
    if (what === 'injection') return checkInjection(call, file)
    if (what === 'copy') return checkFile(call, file)
    throw new UsageError(`"${what}" is nothing that can be checked: claims, injection or copy`)
  },
}

const claimForm = {
  schema: z.object({ id: z.union([z.string(), z.number()]), claim: z.string(), evidence: z.array(z.string()) }),
  shape: '{"id", "claim", "evidence"}, the evidence a list of sentences',
}

/** The files of a check of lines, and what is told of them at the end. */
function filesOf(
  call: Call,
  file: string,
): { from: string; to: string; bad: (line: number, why: string) => void; counts: { checked: number; bad: number } } {
  const out = call.text('out')
  if (out === undefined) throw new UsageError('--out is missing: name the file of the verdicts')
  const from = inputFile(call, file)
  const counts = { checked: 0, bad: 0 }
  const bad = (line: number, why: string): void => {
    counts.bad += 1
    call.say(`${file}, line ${line}: ${why}`)
  }
  return { from, to: outputFile(call, out, [from]), bad, counts }
}

async function checkClaims(call: Call, file: string): Promise<number> {
  const { from, to, bad, counts } = filesOf(call, file)
  const { judged, by } = await judgeOf(call)
  call.say(`Judging by ${by}`)
  let supported = 0
  async function* verdicts() {
    for await (const { id, claim, evidence } of jsonLines(from, claimForm, bad)) {
      const verdict = await judged(claim, evidence)
      counts.checked += 1
      if (verdict.supported) supported += 1
      yield { id, ...verdict }
    }
  }
  await writeJsonLines(to, verdicts())
  answer(call, { claims: counts.checked, supported, bad: counts.bad, by }, [
    `${counts.checked} claims, ${supported} of them supported (judged by ${by})`,
    ...(counts.bad > 0 ? [`${counts.bad} lines left out`] : []),
  ])
  return counts.bad > 0 ? exit.quarantined : exit.done
}

type Judge = (claim: string, evidence: readonly string[]) => Judgement | Promise<Judgement>

/** The weights of meaning were fitted for one model: where another one embeds, words decide alone. */
async function judgeOf(call: Call): Promise<{ judged: Judge; by: string }> {
  if (call.flag('words')) return { judged: judge, by: 'words' }
  const { embedderOf } = await import('../wire-models.ts')
  const embedder = embedderOf(call.config)
  if (embedder.id !== meaningModel) return { judged: judge, by: `words (millrace models install adds ${meaningModel})` }
  return { judged: (claim, evidence) => judgeWithMeaning(embedder, claim, evidence), by: `words and ${embedder.id}` }
}

async function checkInjection(call: Call, file: string): Promise<number> {
  const { from, to, bad, counts } = filesOf(call, file)
  let injected = 0
  async function* verdicts() {
    for await (const { id, text } of textLines(from, bad)) {
      const found = detect(text)
      counts.checked += 1
      if (found.injected) injected += 1
      yield { id, ...found }
    }
  }
  await writeJsonLines(to, verdicts())
  answer(call, { texts: counts.checked, injected, bad: counts.bad }, [
    `${counts.checked} texts, ${injected} of them speak to a machine`,
    ...(counts.bad > 0 ? [`${counts.bad} lines left out`] : []),
  ])
  return counts.bad > 0 ? exit.quarantined : exit.done
}

function checkFile(call: Call, file: string): number {
  const facts = call.text('facts')
  if (facts === undefined) throw new UsageError('--facts is missing: name the JSON of what is true now')
  const given = factsIn(readFileSync(inputFile(call, facts), 'utf8'), facts)
  const text = readFileSync(inputFile(call, file), 'utf8')
  const findings = checkCopy(text, given, systemClock())
  const blocked = findings.filter((finding) => finding.verdict === 'block').length
  const warned = findings.filter((finding) => finding.verdict === 'warn').length
  answer(call, { blocked: blocked > 0, findings }, [
    ...findings.filter(({ verdict }) => verdict !== 'pass').map((finding) => worded(finding, text)),
    blocked > 0 ? `Blocked: ${blocked} findings, ${warned} warnings` : `Nothing blocks it; ${warned} warnings`,
  ])
  return blocked > 0 ? exit.refused : exit.done
}

function factsIn(json: string, name: string): z.infer<typeof copyFactsSchema> {
  try {
    return copyFactsSchema.parse(JSON.parse(json))
  } catch (cause) {
    throw new UsageError(`${name} is no JSON of facts: ["sentence" or {"text": …}, …] or {"facts": […], …}`, { cause })
  }
}

function worded({ verdict, rule, start, end, why, fix }: CopyFinding, text: string): string {
  const line = text.slice(0, start).split('\n').length
  const said = text.slice(start, end).replace(/\s+/g, ' ').slice(0, 60)
  return `${verdict.padEnd(5)} line ${line}  ${rule}: ${why}${said === '' ? '' : ` [${said}]`}. ${fix}`
}

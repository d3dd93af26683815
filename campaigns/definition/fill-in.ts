import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { register } from '#kernel/versions.ts'
import { problemLines, readRule } from '#graph/segments/read-rule.ts'
import { segmentByName } from '#graph/segments/registry.ts'
import { draftOfBody } from '#rag/draft-of-body.ts'
import { draftBodySchema, slotsOf, textsOf } from '#rag/draft.ts'

type Deps = { db: Db; clock: Clock }

/** What somebody wrote, before it is known to be a campaign. */
export type Given = Record<string, unknown>
export const isGiven = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type FilledIn = { kind: 'filled'; value: unknown } | { kind: 'bad'; problems: string[] }

/** The audience with the rule of the saved segment it names where none is given, under the hash of its version. */
export async function audienceOf(deps: Deps, given: unknown): Promise<FilledIn> {
  if (!isGiven(given)) return { kind: 'filled', value: given }
  const segment = await ruleOfSegment(deps, { name: given['segment'], rule: given['rule'] })
  if (segment.kind === 'bad') return { kind: 'bad', problems: segment.problems.map((why) => `The audience: ${why}`) }
  return { kind: 'filled', value: { ...given, rule: segment.rule, versionHash: segment.versionHash } }
}

/** Each send with its content, what is written there or the draft of that hash, and each branch with its rules. */
export async function journeyOf(deps: Deps, given: unknown): Promise<FilledIn> {
  if (!Array.isArray(given)) return { kind: 'filled', value: given }
  const steps = await Promise.all(given.map((step: unknown) => stepOf(deps, step)))
  const problems = steps.flatMap((step) => (step.kind === 'bad' ? step.problems : []))
  if (problems.length > 0) return { kind: 'bad', problems }
  return { kind: 'filled', value: steps.flatMap((step) => (step.kind === 'filled' ? [step.value] : [])) }
}

async function stepOf(deps: Deps, step: unknown): Promise<FilledIn> {
  if (isGiven(step) && step['kind'] === 'send') return { kind: 'filled', value: await sendOf(deps.db, step) }
  if (isGiven(step) && step['kind'] === 'branch' && Array.isArray(step['when']))
    return branchOf(deps, step, step['when'])
  return { kind: 'filled', value: step }
}

/** Ways by a saved segment are ways by its rule as it is now. */
async function branchOf(deps: Deps, step: Given, given: readonly unknown[]): Promise<FilledIn> {
  const ways = await Promise.all(given.map((way) => wayOf(deps, way)))
  const problems = ways.flatMap((way) => (way.kind === 'bad' ? way.problems : []))
  if (problems.length > 0) return { kind: 'bad', problems: problems.map((why) => `Step “${String(step['key'])}”: ${why}`) } // prettier-ignore
  return { kind: 'filled', value: { ...step, when: ways.flatMap((way) => (way.kind === 'filled' ? [way.value] : [])) } }
}

async function wayOf(deps: Deps, way: unknown): Promise<FilledIn> {
  if (!isGiven(way) || way['segment'] === undefined) return { kind: 'filled', value: way }
  const segment = await ruleOfSegment(deps, { name: way['segment'], rule: way['if'] })
  if (segment.kind === 'bad') return segment
  return { kind: 'filled', value: { ...way, if: segment.rule, versionHash: segment.versionHash } }
}

/** A rule under the name of a segment, and the version that it is: the one given, else the one that is saved. */
async function ruleOfSegment({ db, clock }: Deps, given: { name: unknown; rule: unknown }) {
  const name = typeof given.name === 'string' ? given.name : ''
  const saved = given.rule !== undefined || name === '' ? null : await segmentByName(db, name)
  if (given.rule === undefined && (saved === null || saved.retiredAt !== null))
    return { kind: 'bad' as const, problems: [`there is no saved segment “${name.slice(0, 80)}”: save it first, or say its rule`] } // prettier-ignore
  const read = readRule(given.rule ?? saved?.rule)
  if (read.kind === 'bad-rule') return { kind: 'bad' as const, problems: problemLines(read.problems) }
  const versionHash = await register(db, { clock, by: 'millrace' }, 'segment', name, { rule: read.rule })
  return { kind: 'rule' as const, rule: read.rule, versionHash }
}

async function sendOf(db: Db, step: Given): Promise<Given> {
  const { experiment, instead } = step
  const filled = await filledCopy(db, step)
  const own = Array.isArray(instead) ? { ...filled, instead: await Promise.all(instead.map((one: unknown) => (isGiven(one) ? filledCopy(db, one) : one))) } : filled // prettier-ignore
  if (!isGiven(experiment) || !Array.isArray(experiment['others'])) return own
  const others = await Promise.all(
    experiment['others'].map((other: unknown) => (isGiven(other) ? filledCopy(db, other) : other)),
  )
  return { ...own, experiment: { ...experiment, others } }
}

async function filledCopy(db: Db, copy: Given): Promise<Given> {
  const { contentHash } = copy
  if (copy['content'] !== undefined && contentHash === undefined) {
    const content = withSlots(copy['content'])
    return { ...copy, content, contentHash: hashOf(content) }
  }
  if (copy['content'] !== undefined || typeof contentHash !== 'string') return copy
  const draft = await draftOfBody(db, contentHash as Hash)
  return draft?.contentHash === contentHash ? { ...copy, content: draft.body } : copy
}

/** The list of its slots is what a content says, whatever its author listed. */
function withSlots(content: unknown): unknown {
  const read = draftBodySchema.safeParse(isGiven(content) ? { ...content, slots: [] } : content)
  return read.success ? { ...read.data, slots: slotsOf(textsOf(read.data).join('\n')) } : content
}

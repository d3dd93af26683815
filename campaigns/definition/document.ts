import { parse, stringify, YAMLParseError } from 'yaml'
import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import { hashOf } from '#kernel/crypto.ts'
import type { Db } from '#kernel/db.ts'
import type { Hash } from '#kernel/ids.ts'
import { register } from '#kernel/versions.ts'
import { readRule } from '#graph/segments/read-rule.ts'
import { segmentByName } from '#graph/segments/registry.ts'
import { draftOfBody } from '#rag/draft-of-body.ts'
import { contentProblem, liveTemplate, pinsOf } from '../compile.ts'
import { campaignDefinition, defaultLimits, type CampaignDefinition, type Sender } from '../definition.ts'
import { senderNow } from '../way-out/configuration.ts'
import { misreadings } from './misreadings.ts'
import { problemLines, problemsOf } from './soundness.ts'

/** A campaign as JSON Schema. What `campaign import` fills in by itself may be left out of a file. */
export function campaignSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(campaignDefinition, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
    reused: 'ref',
  })
  const required = (schema.required ?? []).filter((name) => !filledIn.has(name))
  return { ...schema, title: 'A Millrace campaign', required }
}

const filledIn = new Set(['limits', 'sender', 'startAt', 'templateHash', 'guardrailHash'])

/** More than any campaign says: a larger file is another thing. */
const mostBytes = 1_000_000

export type ReadDocument =
  | { kind: 'read'; definition: CampaignDefinition; pins: ReturnType<typeof pinsOf> }
  | { kind: 'bad'; problems: string[] }

/**
 * Reads a campaign from YAML or JSON, and checks everything that can be checked before a person reads it. Left out may be
 * what the house knows: the sender, limits, the layout, the rule of a saved segment, and the content of a step whose hash is that of
 * a written draft.
 */
export async function readDocument(
  deps: { db: Db; clock: Clock; sender: Sender | null },
  text: string,
): Promise<ReadDocument> {
  if (Buffer.byteLength(text) > mostBytes)
    return bad([`The file is larger than a campaign can be (${mostBytes / 1e6} MB)`])
  const given = parsed(text)
  if (given.kind === 'bad') return given
  const template = await liveTemplate(deps)
  const filled = {
    limits: defaultLimits,
    sender: await senderNow(deps.db, deps.sender),
    startAt: null,
    guardrailHash: null,
    templateHash: template.hash,
    ...given.document,
    ...(await audienceOf(deps, given.document['audience'])),
    ...(await journeyOf(deps.db, given.document['journey'])),
  }
  const read = campaignDefinition.safeParse(filled)
  if (!read.success) return bad(misreadings(read.error.issues, filled))
  const problems = problemLines(problemsOf(read.data))
  const rule = readRule(read.data.audience.rule)
  if (rule.kind === 'bad-rule') problems.push(...rule.problems.map(({ place, why }) => `The audience: ${place} ${why}`))
  const content = problems.length === 0 ? await contentProblem(read.data, template.layout) : null
  if (content !== null) problems.push(content)
  return problems.length > 0 ? bad(problems) : { kind: 'read', definition: read.data, pins: pinsOf(read.data) }
}

/** A campaign as YAML, to be read again by `readDocument`; its JSON is the same document. */
export const writeDocument = (definition: CampaignDefinition): string => stringify(definition, { lineWidth: 110 })

const bad = (problems: string[]): { kind: 'bad'; problems: string[] } => ({ kind: 'bad', problems })

type Given = Record<string, unknown>
const isGiven = (value: unknown): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value)

/** YAML, of which JSON is a part. Aliases are few: a small file must not grow without end. */
function parsed(text: string): { kind: 'document'; document: Given } | { kind: 'bad'; problems: string[] } {
  try {
    const document: unknown = parse(text, { maxAliasCount: 50 })
    return isGiven(document) ? { kind: 'document', document } : bad(['The file holds no campaign: it must begin with name, goal, audience and journey']) // prettier-ignore
  } catch (fault) {
    if (fault instanceof YAMLParseError || fault instanceof ReferenceError)
      return bad([`The file is neither YAML nor JSON: ${fault.message.split('\n')[0]}`])
    throw fault
  }
}

/** The rule of the saved segment it names where none is given, under the hash of its version. */
async function audienceOf(deps: { db: Db; clock: Clock }, given: unknown): Promise<Given> {
  if (!isGiven(given)) return {}
  const segment = typeof given['segment'] === 'string' ? given['segment'] : ''
  const saved = segment === '' ? null : await segmentByName(deps.db, segment)
  const read = readRule(given['rule'] ?? saved?.rule)
  if (read.kind === 'bad-rule') return {}
  const author = { clock: deps.clock, by: 'millrace' }
  const versionHash = await register(deps.db, author, 'segment', segment, { rule: read.rule })
  return { audience: { ...given, rule: read.rule, versionHash } }
}

/** Each send with its content: what is written there, or the draft of that hash. */
async function journeyOf(db: Db, given: unknown): Promise<Given> {
  if (!Array.isArray(given)) return {}
  const steps = await Promise.all(given.map((step: unknown) => (isGiven(step) && step['kind'] === 'send' ? sendOf(db, step) : step))) // prettier-ignore
  return { journey: steps }
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
  const { content, contentHash } = copy
  if (content !== undefined) return { contentHash: hashOf(content), ...copy }
  if (typeof contentHash !== 'string') return copy
  const draft = await draftOfBody(db, contentHash as Hash)
  return draft?.contentHash === contentHash ? { ...copy, content: draft.body } : copy
}

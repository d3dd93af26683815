import { isNode, isScalar, LineCounter, parseDocument, stringify, visit, YAMLParseError, type Document } from 'yaml'
import { z } from 'zod'
import { contentProblem, liveTemplate, pinsOf } from '../launch/compile.ts'
import { campaignDefinition, defaultLimits, type CampaignDefinition, type Sender } from '../definition.ts'
import { senderNow } from '../way-out/live.ts'
import { audienceOf, isGiven, journeyOf, type Given } from './fill-in.ts'
import { problemsInHouse, type HouseDeps } from './in-house.ts'
import { misreadings } from './misreadings.ts'
import { problemLines, problemsOf } from './soundness.ts'

/** A campaign as JSON Schema. What `readDocument` fills in by itself may be left out of a file. */
export function campaignSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(campaignDefinition, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
    reused: 'ref',
  })
  const { required = [], ...rest } = asWritten(schema) as { required?: string[] }
  return { ...rest, title: 'A Millrace campaign', required: required.filter((name) => !filledIn.has(name)) }
}

const filledIn = new Set(['limits', 'sender', 'startAt', 'templateHash', 'guardrailHash'])
/** Of parts of a campaign: hashes and lists that are worked out, what a draft or a saved segment says. */
const filledInParts = new Set(['contentHash', 'content', 'slots', 'versionHash', 'rule', 'if'])

function asWritten(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(asWritten)
  if (!isGiven(schema)) return schema
  const parts = Object.entries(schema).map(
    ([name, part]): [string, unknown] =>
    name === 'required' && Array.isArray(part) ? [name, part.filter((one) => !filledInParts.has(one as string))] : [name, asWritten(part)], // prettier-ignore
  )
  return Object.fromEntries(parts)
}

/** More than any campaign says: a larger file is another thing. */
const mostBytes = 1_000_000

export type ReadDocument =
  | { kind: 'read'; definition: CampaignDefinition; pins: ReturnType<typeof pinsOf> }
  | { kind: 'bad'; problems: string[] }

/**
 * Reads a campaign from YAML or JSON, and checks everything that can be checked without its readers. Left out may be
 * what the house knows: the sender, limits, the layout, the rule of a saved segment, and the content of a step whose hash is that of
 * a written draft.
 */
export async function readDocument(deps: HouseDeps & { sender: Sender | null }, text: string): Promise<ReadDocument> {
  if (Buffer.byteLength(text) > mostBytes)
    return bad([`The file is larger than a campaign can be (${mostBytes / 1e6} MB)`])
  const given = parsed(text)
  if (given.kind === 'bad') return given
  const template = await liveTemplate(deps)
  const [audience, journey] = [await audienceOf(deps, given.document['audience']), await journeyOf(deps, given.document['journey'])] // prettier-ignore
  const filled: Given = {
    limits: defaultLimits,
    sender: await senderNow(deps.db, deps.sender),
    startAt: null,
    guardrailHash: null,
    templateHash: template.hash,
    ...given.document,
    ...(audience.kind === 'filled' ? { audience: audience.value } : {}),
    ...(journey.kind === 'filled' ? { journey: journey.value } : {}),
  }
  const read = campaignDefinition.safeParse(filled)
  const unfilled = [audience, journey].flatMap((part) => (part.kind === 'bad' ? part.problems : []))
  if (!read.success) return bad([...unfilled, ...misreadings(read.error.issues.filter(({ path }) => !((path[0] === 'audience' && audience.kind === 'bad') || (path[0] === 'journey' && journey.kind === 'bad'))), filled)]) // prettier-ignore
  const problems = [...unfilled, ...problemLines([...problemsOf(read.data), ...(await problemsInHouse(deps, read.data))])] // prettier-ignore
  const content = problems.length === 0 ? await contentProblem(read.data, template.layout) : null
  if (content !== null) problems.push(content)
  return problems.length > 0 ? bad(problems) : { kind: 'read', definition: read.data, pins: pinsOf(read.data) }
}

/** A campaign as YAML, to be read again by `readDocument`; its JSON is the same document. */
export const writeDocument = (definition: CampaignDefinition): string => stringify(definition, { lineWidth: 110 })

const bad = (problems: string[]): { kind: 'bad'; problems: string[] } => ({ kind: 'bad', problems })

/** YAML, of which JSON is a part. Aliases are few: a small file must not grow without end. */
function parsed(text: string): { kind: 'document'; document: Given } | { kind: 'bad'; problems: string[] } {
  const lines = new LineCounter()
  const written = parseDocument(text, { lineCounter: lines })
  try {
    if (written.errors[0]) throw written.errors[0]
    const blank = blankWays(written, lines)
    if (blank.length > 0) return bad(blank)
    const document: unknown = written.toJS({ maxAliasCount: 50 })
    return isGiven(document) ? { kind: 'document', document } : bad(['The file holds no campaign: it must begin with name, goal, audience and journey']) // prettier-ignore
  } catch (fault) {
    if (fault instanceof YAMLParseError || fault instanceof ReferenceError)
      return bad([`The file is neither YAML nor JSON: ${fault.message.split('\n')[0]}`])
    throw fault
  }
}

const ways: ReadonlySet<unknown> = new Set(['to', 'next', 'otherwise'])

/** Ways behind which nothing stands, which YAML reads as null: who left one blank has not said that it is the end. */
function blankWays(written: Document, lines: LineCounter): string[] {
  const blank: string[] = []
  const journey = written.get('journey', true)
  if (!isNode(journey)) return blank
  visit(journey, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || !ways.has(key.value)) return
      const isBlank = value === null || (isScalar(value) && value.value === null && value.source === '')
      const { line } = lines.linePos(key.range![0])
      if (isBlank) blank.push(`“${String(key.value)}” of line ${line} says no way: write null for the end`)
    },
  })
  return blank
}

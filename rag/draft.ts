import { z } from 'zod'
import { formNames, forms, type Form } from './forms.ts'
import { ideaNames } from './ideas.ts'
import { parseId, type ChunkId, type DocumentId, type FactId, type Id } from '#kernel/ids.ts'

const idOf = <Kind extends string>() =>
  z.custom<Id<Kind>>((value) => typeof value === 'string' && parseId(value) !== null, 'is no id')

/** What stands behind a sentence: a fact, or the quoted bytes `[startByte, endByte)` of one version of a document. */
export const citationSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fact'), factId: idOf<'fact'>() }),
  z.object({
    kind: z.literal('span'),
    chunkId: idOf<'chunk'>(),
    documentId: idOf<'document'>(),
    startByte: z.int().min(0),
    endByte: z.int().min(0),
    quote: z.string(),
  }),
])
export type Citation =
  | { kind: 'fact'; factId: FactId }
  | {
      kind: 'span'
      chunkId: ChunkId
      documentId: DocumentId
      startByte: number
      endByte: number
      quote: string
    }

/** One sentence and what it rests on; `text` may hold Liquid slots such as `{{ person.given_name | default: "there" }}`. */
export const sentenceSchema = z.object({ text: z.string().min(1).max(600), citations: z.array(citationSchema) })
export type Sentence = z.infer<typeof sentenceSchema>

export const blockSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('heading'), text: z.string().min(1).max(200) }),
  z.object({ kind: z.literal('paragraph'), sentences: z.array(sentenceSchema).min(1) }),
  z.object({ kind: z.literal('list'), items: z.array(sentenceSchema).min(1) }),
  z.object({ kind: z.literal('button'), label: z.string().min(1).max(80), url: z.url() }),
])
export type Block = z.infer<typeof blockSchema>

/**
 * The content of a piece of copy: what is guarded, edited, hashed, approved and published. Its form says what is public:
 * where it has no headline, the subject is what the copy goes by at the desk; where it has no summary, the preheader is empty.
 */
export const draftBodySchema = z.object({
  subject: sentenceSchema,
  preheader: sentenceSchema.extend({ text: z.string().max(600) }),
  blocks: z.array(blockSchema).min(1).max(40),
  slots: z.array(z.string()),
})
export type DraftBody = z.infer<typeof draftBodySchema>

/**
 * A thing that may be cited. `id` (F1, C3) is what a model writes; `citation` is what it stands for.
 * `text` of a fact is its statement, of a span its words. `subject` like `product:SKU`, `predicate` like `price`,
 * `title` the name of the product or document, `url` its public page.
 */
export const evidenceSchema = z.object({
  id: z.string().regex(/^[A-Z]\d+$/),
  citation: citationSchema,
  text: z.string().min(1),
  subject: z.string().optional(),
  predicate: z.string().optional(),
  title: z.string().optional(),
  url: z.url().optional(),
  validFrom: z.date(),
  validTo: z.date().nullable(),
})
export type Evidence = z.infer<typeof evidenceSchema>

/**
 * What a guardrail found. `where` is a path into the body: `subject`, `preheader`, `blocks.2.sentences.0`,
 * `blocks.1.items.2`, `blocks.0.text`, `blocks.3.label`, `blocks.3.url`, or `body` for the whole.
 * `span` is in UTF-16 units of the text found there.
 */
export const findingSchema = z.object({
  rule: z.string(),
  version: z.int(),
  verdict: z.enum(['block', 'warn', 'pass']),
  where: z.string(),
  span: z.object({ start: z.int(), end: z.int() }).nullable(),
  why: z.string(),
  fix: z.string(),
})
export type Finding = z.infer<typeof findingSchema>

/** What people decided on an earlier draft: how they want it, and evidence of nothing. */
export const exampleSchema = z.object({
  brief: z.string(),
  decision: z.enum(['approved', 'rejected']),
  reason: z.string().nullable(),
  subject: z.string(),
  /** What they wrote instead of what had been written; nothing where they took it out. */
  edits: z.array(z.object({ was: z.string(), became: z.string() })),
})
export type Example = z.infer<typeof exampleSchema>

/** All that a composer is told: nothing else may appear in the copy. */
export const draftRequestSchema = z.object({
  brief: z.object({
    goal: z.string().min(1).describe('One sentence: what the copy should achieve'),
    segment: z.object({ name: z.string().min(1), description: z.string().optional() }),
    channel: z.enum(formNames),
    /** The idea it is to lead with, where several are written of the same brief. */
    idea: z.enum(ideaNames).optional(),
  }),
  business: z.object({ name: z.string().min(1), site: z.url().optional() }),
  /** How the brand speaks (brand.ts); `required` must stand in the copy, `examples` are own sentences to imitate. */
  brand: z.object({
    voice: z.string(),
    forbidden: z.array(z.string()),
    words: z.array(z.string()).optional(),
    required: z.array(z.string()).optional(),
    language: z.string().optional(),
    addressForm: z.string().optional(),
    greeting: z.string().optional(),
    closing: z.string().optional(),
    examples: z.array(z.string()).optional(),
  }),
  evidence: z.array(evidenceSchema),
  /** The moment it is written: days before it are over. Without it, the newest evidence tells how late it is at least. */
  at: z.date().optional(),
  /** Where a button may lead, beside the `url` of evidence and the business's site. */
  links: z.array(z.object({ url: z.url(), label: z.string().optional(), subject: z.string().optional() })),
  /** What people made of earlier drafts like it. */
  examples: z.array(exampleSchema).optional(),
  /**
   * The round before and what was found in it: present when revising. `refused` holds the texts that rounds before it
   * lost to a block (`refusedOf`), so that they do not come back.
   */
  revise: z
    .object({
      previous: draftBodySchema,
      findings: z.array(findingSchema),
      refused: z.array(z.string()).optional(),
      /** What a person asked to be changed, in words, the newest last. */
      asked: z.array(z.string()).optional(),
    })
    .optional(),
})
export type DraftRequest = z.infer<typeof draftRequestSchema>

/**
 * What a model writes: a body whose sentences name evidence by its id. No optional fields, so that vendors' strict
 * JSON schemas take it as it is.
 */
const composedSentence = z.object({ text: z.string().min(1), cites: z.array(z.string()) })
export const composedSchema = z.object({
  subject: composedSentence,
  preheader: composedSentence.extend({ text: z.string() }),
  blocks: z.array(
    z.union([
      z.object({ kind: z.literal('heading'), text: z.string() }),
      z.object({ kind: z.literal('paragraph'), sentences: z.array(composedSentence) }),
      z.object({ kind: z.literal('list'), items: z.array(composedSentence) }),
      z.object({ kind: z.literal('button'), label: z.string(), url: z.string() }),
    ]),
  ),
})
export type ComposedSentence = z.infer<typeof composedSentence>
export type ComposedBody = z.infer<typeof composedSchema>

/** The Liquid expressions of a text, in order, each once: `person.given_name | default: "there"`. */
export const slotsOf = (text: string): string[] => [
  ...new Set([...text.matchAll(/\{\{\s*(.+?)\s*\}\}/g)].map((match) => match[1]!)),
]

/**
 * Turns what a model wrote into a draft: ids become citations. An id that names no evidence gives no citation, so
 * that the guardrails see an uncited sentence. What a form has no place for, a summary, goes. Throws (ZodError) when a
 * block cannot be a part of a draft.
 */
export function draftOf(
  composed: ComposedBody,
  evidence: readonly Evidence[],
  form: Pick<Form, 'summary'> = forms.email,
): DraftBody {
  const byId = new Map(evidence.map((item) => [item.id, item.citation]))
  const cited = (sentence: ComposedSentence): Sentence => ({
    text: sentence.text.trim(),
    citations: [...new Set(sentence.cites)].flatMap((id) => byId.get(id) ?? []),
  })
  const blocks = composed.blocks.map((block): Block => {
    if (block.kind === 'paragraph') return { kind: 'paragraph', sentences: block.sentences.map(cited) }
    if (block.kind === 'list') return { kind: 'list', items: block.items.map(cited) }
    return block
  })
  const preheader = form.summary === null ? { text: '', citations: [] } : cited(composed.preheader)
  const body = { subject: cited(composed.subject), preheader, blocks }
  return draftBodySchema.parse({ ...body, slots: slotsOf(textsOf(body).join('\n')) })
}

/** Every text of a body a reader sees, in reading order. */
export function textsOf(body: Pick<DraftBody, 'subject' | 'preheader' | 'blocks'>): string[] {
  const inside = body.blocks.flatMap((block) => {
    if (block.kind === 'paragraph') return block.sentences.map((sentence) => sentence.text)
    if (block.kind === 'list') return block.items.map((sentence) => sentence.text)
    return block.kind === 'button' ? [block.label] : [block.text]
  })
  return [body.subject.text, body.preheader.text, ...inside]
}

/** The texts of a body that a finding blocks: what a revision has to drop or replace. A finding on the whole names none. */
export function refusedOf(body: DraftBody, findings: readonly Finding[]): string[] {
  const blocked = findings.filter((finding) => finding.verdict === 'block')
  return [...new Set(blocked.flatMap((finding) => textAt(body, finding.where) ?? []))]
}

/** The text at a finding's path, or null where none stands: `blocks.2.sentences.0`. */
export function textAt(body: DraftBody, where: string): string | null {
  let at: unknown = body
  for (const step of where.split('.')) {
    if (typeof at !== 'object' || at === null) return null
    at = new Map(Object.entries(at)).get(step)
  }
  if (typeof at === 'object' && at !== null && 'text' in at) return typeof at.text === 'string' ? at.text : null
  return typeof at === 'string' ? at : null
}

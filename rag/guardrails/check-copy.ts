import { z } from 'zod'
import { newId, type FactId } from '#kernel/ids.ts'
import { slotsOf, textsOf, type Block, type DraftBody, type Evidence, type Finding, type Sentence } from '../draft.ts'
import { givenEvidence, runRules, subjectOf } from './check.ts'
import { figuresOf, supports } from './figures.ts'
import { placesOf, type GuardContext } from './rule.ts'
import { coverage } from './words.ts'

const factSchema = z
  .union([
    z
      .string()
      .min(1)
      .transform((text) => ({ text })),
    z.object({
      text: z.string().min(1),
      subject: z.string().optional(),
      title: z.string().optional(),
      url: z.url().optional(),
      validFrom: z.coerce.date().optional(),
      validTo: z.coerce.date().nullish(),
    }),
  ])
  .transform(
    (
      fact,
    ): {
      text: string
      subject?: string | undefined
      title?: string | undefined
      url?: string | undefined
      validFrom?: Date | undefined
      validTo?: Date | null | undefined
    } => fact,
  )

const setupSchema = z.object({
  facts: z.array(factSchema),
  business: z.object({ name: z.string().min(1), site: z.url().optional() }).optional(),
  forbidden: z.array(z.string()).default([]),
  allowed: z
    .object({
      urls: z.array(z.string()).default([]),
      emails: z.array(z.string()).default([]),
      phones: z.array(z.string()).default([]),
    })
    .optional(),
  slots: z.array(z.string()).default([]),
  countries: z.array(z.enum(['EU', 'NL', 'DE', 'UK', 'US'])).optional(),
  language: z.enum(['en', 'nl', 'de', 'fr', 'es', 'it']).optional(),
  required: z.array(z.object({ what: z.string(), words: z.string() })).optional(),
  customers: z.array(z.string()).default([]),
})

/** What is true, and what the business allows: a list of facts, or facts with all that. */
export const copyFactsSchema = z.union([
  z.array(factSchema).transform((facts) => setupSchema.parse({ facts })),
  setupSchema,
])
export type CopyFacts = z.infer<typeof copyFactsSchema>

/** A finding in a file: `start` and `end` are places in its text, in UTF-16 units; both 0 for the whole. */
export type CopyFinding = Pick<Finding, 'rule' | 'version' | 'verdict' | 'why' | 'fix'> & { start: number; end: number }

/**
 * Every guardrail on any text: `# headings`, paragraphs, `- lists`, `[labels](links)`, a first line `Subject: …`. A
 * sentence rests on the facts that hold at `now` and speak of what it says.
 */
export function checkCopy(text: string, given: CopyFacts, now: Date): CopyFinding[] {
  const evidence = given.facts.flatMap((fact, at): Evidence[] => {
    const { validFrom = new Date(0), validTo = null, subject, title, url } = fact
    if (validFrom > now || (validTo !== null && validTo <= now)) return []
    const citation = { kind: 'fact' as const, factId: newId<'fact'>(() => now) satisfies FactId }
    const about = {
      ...(subject !== undefined && { subject }),
      ...(title !== undefined && { title }),
      ...(url !== undefined && { url }),
    }
    return [{ id: `F${at + 1}`, citation, text: fact.text, ...about, validFrom, validTo }]
  })
  const { body, starts } = bodyOf(text, evidence)
  const findings = runRules(subjectOf(body, givenEvidence(evidence), contextOf(given), given.customers))
  const asked = findings.filter(({ where }) => starts.has(where) || !/^(?:subject|preheader)$/.test(where))
  return asked.map((finding) => {
    const place = starts.get(finding.where)
    const whole = place === undefined ? [0, 0] : [place.start, place.end]
    const [start, end] =
      place && finding.span ? [place.start + finding.span.start, place.start + finding.span.end] : whole
    return {
      rule: finding.rule,
      version: finding.version,
      verdict: finding.verdict,
      start: start!,
      end: end!,
      why: finding.why,
      fix: finding.fix,
    }
  })
}

const contextOf = ({
  business,
  forbidden,
  allowed,
  slots,
  countries,
  language,
  required,
}: CopyFacts): GuardContext => ({
  business: { name: business?.name ?? '–', ...(business?.site !== undefined && { site: business.site }) },
  brand: { forbidden },
  allowed: allowed ?? { urls: [], emails: [], phones: [] },
  slots,
  ...(countries && { countries }),
  ...(language && { language }),
  ...(required && { required }),
})

type Piece = { text: string; start: number }
type Starts = Map<string, { start: number; end: number }>

/** Signs of Markdown around words; one within a word, as in a slot's name, is no emphasis. */
const emphasis = /[*`]{1,3}(?=\S)|(?<=\S)[*`]{1,3}|(?<![\p{L}\p{N}_])_{1,3}(?=\S)|(?<=\S)_{1,3}(?![\p{L}\p{N}_])/gu

/** A text as a body, with the place in the text of everything the body holds. */
function bodyOf(text: string, evidence: readonly Evidence[]): { body: DraftBody; starts: Starts } {
  const plain = text.replace(emphasis, (signs) => ' '.repeat(signs.length))
  const lines = [...plain.matchAll(/[^\n]+/g)].map((match): Piece => ({ text: match[0], start: match.index }))
  const first = lines[0]
  const subject =
    first && /^subject\s*:/i.test(first.text)
      ? trimmed({ text: first.text.replace(/^subject\s*:/i, (lead) => ' '.repeat(lead.length)), start: first.start })
      : null
  const blocks: { block: Block; pieces: Piece[] }[] = lines
    .slice(subject ? 1 : 0)
    .flatMap((line) => blocksOf(line, evidence))
  const empty: Sentence = { text: ' ', citations: [] }
  const parts = {
    subject: subject ? resting(subject, evidence) : empty,
    preheader: empty,
    blocks: blocks.map(({ block }) => block),
  }
  const pieces = [subject, null, ...blocks.flatMap((item) => item.pieces)]
  const body = { ...parts, slots: slotsOf(textsOf(parts).join('\n')) }
  const starts = new Map(
    placesOf(body).flatMap(({ where }, at) => {
      const piece = pieces[at]
      return piece ? [[where, { start: piece.start, end: piece.start + piece.text.length }] as const] : []
    }),
  )
  return { body, starts }
}

const link = /\[([^\]\n]*)\]\(([^)\s]+)\)/g

function blocksOf(line: Piece, evidence: readonly Evidence[]): { block: Block; pieces: Piece[] }[] {
  const heading = /^\s*#{1,6}\s+/.exec(line.text)
  if (heading) {
    const piece = trimmed({ text: line.text.slice(heading[0].length), start: line.start + heading[0].length })
    return piece.text === '' ? [] : [{ block: { kind: 'heading', text: piece.text }, pieces: [piece] }]
  }
  const buttons = [...line.text.matchAll(link)].map((match): { block: Block; pieces: Piece[] } => ({
    block: { kind: 'button', label: match[1]!, url: match[2]! },
    pieces: [{ text: match[1]!, start: line.start + match.index + 1 }],
  }))
  const rest = line.text
    .replace(link, (whole) => ' '.repeat(whole.length))
    .replace(/^\s*(?:[-*+•]|\d+\.)\s+/, (lead) => ' '.repeat(lead.length))
  const sentences = [...rest.matchAll(/\S[\s\S]*?(?:[.!?…]+["'”’)]*(?=\s|$)|$)/g)].map((match) =>
    trimmed({ text: match[0], start: line.start + match.index }),
  )
  if (sentences.length === 0) return buttons
  return [
    { block: { kind: 'paragraph', sentences: sentences.map((piece) => resting(piece, evidence)) }, pieces: sentences },
    ...buttons,
  ]
}

function trimmed({ text, start }: Piece): Piece {
  return { text: text.trim(), start: start + text.length - text.trimStart().length }
}

/** What a sentence rests on: the three facts with most of its words, and those with one of its figures and some words. */
function resting(piece: Piece, evidence: readonly Evidence[]): Sentence {
  const figures = figuresOf(piece.text)
  const scored = evidence.map((item) => {
    const share = coverage(piece.text, `${item.title ?? ''} ${item.text}`)
    const agrees = figures.some((figure) => figuresOf(item.text).some((known) => supports(known, figure)))
    return { item, score: share + (agrees && share > 0 ? 0.3 : 0) }
  })
  const best = scored.filter(({ score }) => score >= 0.25).toSorted((a, b) => b.score - a.score)
  return { text: piece.text, citations: best.slice(0, 3).map(({ item }) => item.citation) }
}

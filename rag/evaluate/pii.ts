import { z } from 'zod'
import type { Found } from '../redact/patterns.ts'

/** Labelled texts in the form of presidio-research; places count code points of `full_text`. */
const labelledTexts = z.array(
  z.object({
    full_text: z.string(),
    template_id: z.union([z.number(), z.string()]).nullish(),
    spans: z.array(z.object({ entity_type: z.string(), start_position: z.int(), end_position: z.int() })),
  }),
)

export type Labelled = { text: string; template: string; spans: { type: string; start: number; end: number }[] }

/** Reads labelled texts; places become UTF-16 code units, as finds have them. Throws where the form is another. */
export function readLabelled(json: string): Labelled[] {
  return labelledTexts.parse(JSON.parse(json)).map(({ full_text: text, template_id: template, spans }) => {
    const points = Array.from(text)
    const place = (at: number): number => points.slice(0, at).join('').length
    return {
      text,
      template: String(template ?? ''),
      spans: spans.map((span) => ({
        type: span.entity_type,
        start: place(span.start_position),
        end: place(span.end_position),
      })),
    }
  })
}

export type TypeScore = { labelled: number; touched: number; covered: number; exact: number }
export type PiiScore = {
  types: Map<string, TypeScore>
  whole: TypeScore
  /** How many finds there are, and how many of them touch something labelled. */
  found: number
  right: number
  /** What was found where nothing is labelled. */
  wrong: { text: string; kind: string; of: string }[]
  missed: { text: string; type: string; of: string }[]
}

/**
 * Finds against labels. Touched: some find overlaps the label; covered: finds hold each letter and digit of it; exact:
 * one find has its places. Whether kinds agree is not asked: what was hidden is hidden. Precision counts finds.
 */
export function evaluatePii(labelled: readonly Labelled[], find: (text: string) => readonly Found[]): PiiScore {
  const score: PiiScore = { types: new Map(), whole: nothing(), found: 0, right: 0, wrong: [], missed: [] }
  for (const { text, spans } of labelled) {
    const finds = find(text)
    for (const span of spans) {
      const near = finds.filter((one) => one.start < span.end && span.start < one.end)
      const covered = isCovered(text, span, near)
      const exact = near.some((one) => one.start === span.start && one.end === span.end)
      for (const counted of [score.whole, scoreOf(score.types, span.type)]) {
        counted.labelled += 1
        counted.touched += near.length > 0 ? 1 : 0
        counted.covered += covered ? 1 : 0
        counted.exact += exact ? 1 : 0
      }
      if (near.length === 0) score.missed.push({ text: text.slice(span.start, span.end), type: span.type, of: text })
    }
    for (const one of finds) {
      score.found += 1
      if (spans.some((span) => one.start < span.end && span.start < one.end)) score.right += 1
      else score.wrong.push({ text: text.slice(one.start, one.end), kind: one.kind, of: text })
    }
  }
  return score
}

function isCovered(text: string, span: { start: number; end: number }, near: readonly Found[]): boolean {
  for (let at = span.start; at < span.end; at += 1)
    if (/[\p{L}\p{N}]/u.test(text[at]!) && !near.some((one) => one.start <= at && at < one.end)) return false
  return true
}

const nothing = (): TypeScore => ({ labelled: 0, touched: 0, covered: 0, exact: 0 })

function scoreOf(types: Map<string, TypeScore>, type: string): TypeScore {
  const known = types.get(type) ?? nothing()
  types.set(type, known)
  return known
}

import { textsOf, type DraftBody } from '../draft.ts'
import { groundedShare } from '../evaluate/score-draft.ts'
import { languageOf } from '../guardrails/language.ts'
import type { RoutedCall, WrittenDraft } from '../queries/writer.ts'

/** A value, and when the thing it was measured on came to be. */
export type Measured<Value> = { at: Date; value: Value }

/** What is watched over time. `said`: what a rise and a fall are called; words that have no order are only `mixed`. */
export type Measure = { name: string; of: 'input' | 'score'; unit: string } & (
  | { kind: 'number'; said: { more: string; less: string }; values: readonly Measured<number>[] }
  | { kind: 'word'; said: { mixed: string }; values: readonly Measured<string>[] }
)

type Seen = { drafts: readonly WrittenDraft[]; decisions: readonly RoutedCall[] }

/** Everything that is watched: what the writer is given, and how what it wrote fared. */
export const measuresOf = (seen: Seen): Measure[] => [...inputs(seen), ...scores(seen)]

function inputs({ drafts, decisions }: Seen): Measure[] {
  const written = decisions.filter(({ purpose }) => purpose === 'draft')
  return [
    number('brief length', 'input', 'words', ['briefs are longer', 'briefs are shorter'], drafts, (one) =>
      wordsIn(one.brief.sentence).length),
    word('brief language', 'input', 'briefs are in other languages', drafts, (one) =>
      languageOf(one.brief.sentence) ?? 'too short to tell'),
    word('form', 'input', 'other forms of copy are asked for', drafts, (one) => one.brief.channel),
    number('evidence found', 'input', 'pieces', ['more evidence is found', 'less evidence is found'], drafts, (one) =>
      one.evidence),
    number('age of evidence', 'input', 'days', ['evidence is older', 'evidence is newer'], drafts, (one) =>
      one.evidenceAge),
    number('facts among evidence', 'input', 'share', ['more of the evidence is facts', 'more of the evidence is passages'], drafts, (one) =>
      one.evidence === 0 ? null : one.facts / one.evidence),
    number('segment size', 'input', 'people', ['segments are larger', 'segments are smaller'], written, (one) =>
      one.audience),
    number('prompt length', 'input', 'tokens', ['prompts are longer', 'prompts are shorter'], written, (one) =>
      one.promptTokens),
    number('answer length', 'input', 'tokens', ['answers are longer', 'answers are shorter'], written, (one) =>
      one.answerTokens),
    word('purpose', 'input', 'models are asked for other things', decisions, (one) => one.purpose),
  ]
} // prettier-ignore

function scores({ drafts }: Seen): Measure[] {
  return [
    number('objections', 'score', 'a draft', ['guardrails object more', 'guardrails object less'], drafts, (one) =>
      one.findings && one.findings.filter(({ verdict }) => verdict !== 'pass').length),
    number('groundedness', 'score', 'share', ['more sentences hold', 'fewer sentences hold'], drafts, (one) =>
      one.first && one.findings && groundedShare(one.first, one.findings)),
    number('edits', 'score', 'share', ['people change more of what they approve', 'people change less of what they approve'], drafts, (one) =>
      one.changed === false ? 0 : one.written && one.final ? editedShare(one.written, one.final) : null),
  ]
} // prettier-ignore

type Dated = { at: Date }

function number<Row extends Dated>(
  name: string,
  of: Measure['of'],
  unit: string,
  [more, less]: readonly [string, string],
  rows: readonly Row[],
  valueOf: (row: Row) => number | null,
): Measure {
  const values = rows.flatMap((row) => {
    const value = valueOf(row)
    return value === null ? [] : [{ at: row.at, value }]
  })
  return { name, of, unit, kind: 'number', said: { more, less }, values }
}

function word<Row extends Dated>(
  name: string,
  of: Measure['of'],
  mixed: string,
  rows: readonly Row[],
  valueOf: (row: Row) => string,
): Measure {
  const values = rows.map((row) => ({ at: row.at, value: valueOf(row) }))
  return { name, of, unit: '', kind: 'word', said: { mixed }, values }
}

const wordsIn = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

/**
 * How much of a text a person changed: the least number of words that were put in, taken out or replaced (Levenshtein
 * 1966), as a share of the longer text. 0 is approved as it was written, 1 nothing of it is left.
 */
export function editedShare(written: DraftBody, final: DraftBody): number {
  const [before, after] = [wordsIn(textsOf(written).join('\n')), wordsIn(textsOf(final).join('\n'))]
  const longer = Math.max(before.length, after.length)
  if (longer === 0) return 0
  // What they begin and end with alike costs nothing: most edits are small, and what is between is short.
  const ahead = alike(before, after)
  const [left, right] = [before.slice(ahead), after.slice(ahead)]
  const behind = alike(left.toReversed(), right.toReversed())
  return editsBetween(left.slice(0, left.length - behind), right.slice(0, right.length - behind)) / longer
}

/** With how many words both begin. */
function alike(one: readonly string[], other: readonly string[]): number {
  const apart = one.findIndex((said, at) => said !== other[at])
  return apart < 0 ? Math.min(one.length, other.length) : apart
}

function editsBetween(before: readonly string[], after: readonly string[]): number {
  let row = Array.from({ length: after.length + 1 }, (_, at) => at)
  for (const [i, was] of before.entries()) {
    const next = [i + 1]
    for (const [j, is] of after.entries())
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (was === is ? 0 : 1)))
    row = next
  }
  return row[after.length]!
}

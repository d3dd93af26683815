import type { z } from 'zod'
import { readRule } from '#graph/segments/read-rule.ts'

type Issue = z.core.$ZodIssue
type Given = Record<string, unknown>

/** What an author knows fields by: each by its path within the document, or its step, without rows (`arms.to`). */
export type FieldNames = Readonly<Record<string, string>>

type Reading = { document: unknown; called: FieldNames }

/**
 * What a document is not, as sentences its author understands: places by their step's key, and no word of a parser.
 * @param called what its author knows the fields by, where that is not their names
 */
export function misreadings(issues: readonly Issue[], document: unknown, called: FieldNames = {}): string[] {
  return [...new Set(issues.flatMap((issue) => linesOf(issue, [], { document, called })))]
}

/** Of kinds that could be meant, the one that was nearest says what is wrong. */
function linesOf(issue: Issue, above: readonly PropertyKey[], reading: Reading): string[] {
  const path = [...above, ...issue.path]
  if (issue.code !== 'invalid_union') return [`${placeOf(path, reading)} ${wordsOf(issue)}`]
  if (isRule(path)) return ruleLines(path, reading)
  const nearest = issue.errors.toSorted((a, b) => a.length - b.length)[0]
  if (nearest && nearest.length > 0) return nearest.flatMap((one) => linesOf(one, path, reading))
  return [`${placeOf(path, reading)} is none of the kinds there are: see millrace campaign schema`]
}

const isRule = (path: readonly PropertyKey[]): boolean => ['if', 'rule', 'becomes'].includes(String(path.at(-1)))

/** A rule is read anew by those who know rules; what is wrong within it has a place there. */
function ruleLines(path: readonly PropertyKey[], reading: Reading): string[] {
  const given = valueAt(reading.document, path)
  const bySegment = path.at(-1) === 'if' && typeof given === 'object' && given !== null && 'segment' in given
  if (bySegment) return [`${placeOf(path, reading)} asks for a saved segment: write “segment: NAME” in place of “if”`]
  const read = readRule(given)
  const problems = read.kind === 'bad-rule' ? read.problems : [{ place: '', why: 'is no rule' }]
  return problems.map(({ place, why }) => [placeOf(path, reading), place, why].filter((part) => part !== '').join(' '))
}

const valueAt = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, step) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined), document) // prettier-ignore

function placeOf(path: readonly PropertyKey[], { document, called }: Reading): string {
  const [first, at, ...rest] = path
  const step = first === 'journey' && typeof at === 'number' ? stepKey(document, at) : null
  if (step === null) return path.length === 0 ? 'The campaign' : fieldOf(path, called)
  return rest.length === 0 ? `Step “${step}”` : `Step “${step}”: ${fieldOf(rest, called)}`
}

function fieldOf(path: readonly PropertyKey[], called: FieldNames): string {
  const withoutRows = path.filter((part) => typeof part !== 'number').map(String)
  const name = called[withoutRows.join('.')]
  if (name === undefined) return `“${path.map(String).join('.')}”`
  const row = path.find((part) => typeof part === 'number')
  return row === undefined ? `“${name}”` : `“${name}” of filled-in row ${row + 1}`
}

/** What a step is called, or its place where it is called nothing. */
function stepKey(document: unknown, at: number): string {
  const steps = (document as Given | null)?.['journey']
  const step: unknown = Array.isArray(steps) ? steps[at] : null
  const key = (step as Given | null)?.['key']
  return typeof key === 'string' ? key.slice(0, 60) : String(at + 1)
}

function wordsOf(issue: Issue): string {
  if (issue.code === 'invalid_type')
    return issue.message.includes('undefined') ? 'is missing' : `must be ${kinds[issue.expected] ?? issue.expected}`
  if (issue.code === 'unrecognized_keys')
    return `knows no ${issue.keys.map((key) => `“${key.slice(0, 60)}”`).join(', ')}`
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`
  if (issue.code === 'too_small') return isSized(issue.origin) ? 'is empty' : `must be ${issue.minimum} or more`
  if (issue.code === 'too_big')
    return isSized(issue.origin) ? `is too long: ${issue.maximum} at most` : `must be ${issue.maximum} or less`
  return issue.message
}

const isSized = (origin: string): boolean => origin === 'array' || origin === 'string'

const kinds: Readonly<Record<string, string>> = {
  string: 'words',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of fields',
  record: 'a group of fields',
}

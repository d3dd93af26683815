import type { z } from 'zod'

type Issue = z.core.$ZodIssue
type Given = Record<string, unknown>

/** What a document is not, as sentences its author understands: places by their step's key, and no word of a parser. */
export function misreadings(issues: readonly Issue[], document: unknown): string[] {
  return [...new Set(issues.flatMap((issue) => linesOf(issue, [], document)))]
}

/** Of kinds that could be meant, the one that was nearest says what is wrong. */
function linesOf(issue: Issue, above: readonly PropertyKey[], document: unknown): string[] {
  const path = [...above, ...issue.path]
  if (issue.code !== 'invalid_union') return [`${placeOf(path, document)} ${wordsOf(issue)}`]
  const nearest = issue.errors.toSorted((a, b) => a.length - b.length)[0]
  if (nearest && nearest.length > 0) return nearest.flatMap((one) => linesOf(one, path, document))
  return [`${placeOf(path, document)} is none of the kinds there are: see millrace campaign schema`]
}

function placeOf(path: readonly PropertyKey[], document: unknown): string {
  const [first, at, ...rest] = path
  const step = first === 'journey' && typeof at === 'number' ? stepKey(document, at) : null
  if (step === null) return path.length === 0 ? 'The campaign' : `“${path.map(String).join('.')}”`
  return rest.length === 0 ? `Step “${step}”` : `Step “${step}”: “${rest.map(String).join('.')}”`
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

import type { z } from 'zod'
import { segmentRule, type SegmentRule } from '../segment-rule.ts'
import { allowed, schemaAt, words } from './rule-schema.ts'

/** What is wrong at one place of a rule (`all[1].did.withinDays`; `` for the whole), and what is allowed there. */
export type RuleProblem = { place: string; why: string }
export type ReadRule = { kind: 'rule'; rule: SegmentRule } | { kind: 'bad-rule'; problems: RuleProblem[] }

type Place = readonly PropertyKey[]
type Issue = z.core.$ZodIssue

/** A rule nests no deeper, and says no more things, than a person can read and a store can be asked. */
const deepest = 12
const mostLeaves = 200
const mostProblems = 10

/** Reads a rule from outside. Never repeats a value that was given: a rule may name people. */
export function readRule(input: unknown): ReadRule {
  const size = sizeOf(input)
  if (size.depth > deepest) return bad([], `is nested ${size.depth} deep: ${deepest} is the most`)
  if (size.leaves > mostLeaves) return bad([], `says ${size.leaves} things: ${mostLeaves} is the most`)
  const read = segmentRule.safeParse(input)
  const problems = read.success
    ? contradictions(read.data)
    : read.error.issues.flatMap((issue) => told(issue, [], input))
  if (read.success && problems.length === 0) return { kind: 'rule', rule: read.data }
  return { kind: 'bad-rule', problems: problems.slice(0, mostProblems) }
}

/** The problems of a rule as one sentence each, for a person. */
export const problemLines = (problems: readonly RuleProblem[]): string[] =>
  problems.map(({ place, why }) => `${place === '' ? 'The rule' : place} ${why}`)

const problem = (place: Place, why: string): RuleProblem => ({ place: written(place), why })
const bad = (place: Place, why: string): ReadRule => ({ kind: 'bad-rule', problems: [problem(place, why)] })

const written = (place: Place): string =>
  place.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? String(step) : `${text}.${String(step)}`
  }, '')

/** Counts without following what goes deeper than is allowed anyway. */
function sizeOf(input: unknown, depth = 0): { depth: number; leaves: number } {
  if (depth > deepest || typeof input !== 'object' || input === null) return { depth, leaves: 1 }
  const parts = partsOf(input)
  if (parts === null) return { depth, leaves: 1 }
  const sizes = parts.slice(0, mostLeaves + 1).map((part) => sizeOf(part, depth + 1))
  return {
    depth: sizes.reduce((most, size) => Math.max(most, size.depth), depth),
    leaves: sizes.reduce((sum, size) => sum + size.leaves, 0),
  }
}

function partsOf(rule: object): readonly unknown[] | null {
  if ('not' in rule) return [rule.not]
  const parts: unknown = 'all' in rule ? rule.all : 'any' in rule ? rule.any : null
  return Array.isArray(parts) ? parts : null
}

function told(issue: Issue, before: Place, input: unknown): RuleProblem[] {
  const place = [...before, ...issue.path]
  const found = valueAt(input, place)
  if (issue.code === 'invalid_union' && issue.errors.length === words.length) return ofRule(issue.errors, place, found, input) // prettier-ignore
  const schema = schemaAt(place)
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => JSON.stringify(key.slice(0, 60))).join(', ')
    if (schema?.anyOf) return [problem(place, `does not know ${keys} here: join several rules as {"all": [...]}`)]
    return [problem(place, `does not know ${keys}: allowed is ${schema ? allowed(schema) : 'nothing'}`)]
  }
  const verb = found === undefined ? 'is missing' : 'is not allowed'
  return [problem(place, schema ? `${verb}: say ${allowed(schema)}` : `${verb}: ${issue.message}`)]
}

/** Of the alternatives of a rule, the one whose word was said is the one whose problems count. */
function ofRule(errors: readonly Issue[][], place: Place, found: unknown, input: unknown): RuleProblem[] {
  const expected = `one of ${words.join(', ')}`
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    return [problem(place, `must be an object such as {"subscribed": true}, which begins with ${expected}`)]
  const keys = Object.keys(found)
  if (keys.length === 0) return [problem(place, `is empty: say ${expected}`)]
  const strange = keys.filter((key) => !words.includes(key))
  if (strange.length > 0)
    return [problem(place, `does not know ${strange.map((key) => JSON.stringify(key.slice(0, 60))).join(', ')}: say ${expected}`)] // prettier-ignore
  if (keys.length > 1)
    return [problem(place, `says ${keys.join(' and ')} at once: join them as {"all": [...]} or {"any": [...]}`)]
  return (errors[words.indexOf(keys[0]!)] ?? []).flatMap((issue) => told(issue, place, input))
}

function valueAt(input: unknown, place: Place): unknown {
  return place.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null) return undefined
    return (value as Record<PropertyKey, unknown>)[step]
  }, input)
}

/** Bounds that nothing can be within: a slip, which would quietly select nobody. */
function contradictions(rule: SegmentRule, place: Place = []): RuleProblem[] {
  if ('not' in rule) return contradictions(rule.not, [...place, 'not'])
  if ('all' in rule) return rule.all.flatMap((part, index) => contradictions(part, [...place, 'all', index]))
  if ('any' in rule) return rule.any.flatMap((part, index) => contradictions(part, [...place, 'any', index]))
  if ('did' in rule) {
    const { withinDays, beforeDays } = rule.did
    if (withinDays === undefined || beforeDays === undefined || withinDays > beforeDays) return []
    return [problem([...place, 'did', 'withinDays'], 'leaves no time: it must be more than beforeDays')]
  }
  if ('property' in rule) return crossed(rule.property, [...place, 'property'])
  if ('engagement' in rule) return crossed(rule.engagement, [...place, 'engagement'])
  if ('rfm' in rule) return Object.entries(rule.rfm).flatMap(([name, digit]) => crossed(digit, [...place, 'rfm', name]))
  return []
}

type Bounds = { atLeast?: number | undefined; atMost?: number | undefined }

function crossed(bounds: Bounds | undefined, place: Place): RuleProblem[] {
  if (bounds?.atLeast === undefined || bounds.atMost === undefined || bounds.atLeast <= bounds.atMost) return []
  return [problem([...place, 'atLeast'], 'must be no more than atMost')]
}

import { sha256 } from '#kernel/crypto.ts'
import type { BlockingRule, Part } from './blocking.ts'
import { doubtOf, type Doubt } from './doubts.ts'
import { levelOf, specs, type Facets } from './kinds.ts'
import { sharedLevels } from './mixture.ts'
import { termBits, termFacet, type LinkageModel } from './model.ts'
import { familyFacets, givenFacets, splitFull } from './name-words.ts'
import { prepared } from './prepare.ts'
import { sharedTerm } from './score.ts'

/** A record made ready to be compared: its fields by name; null where nothing is known. */
export type Prepared = Readonly<Record<string, Facets | null>>

/**
 * Makes a record ready. Its values go by the names of the model's fields (`given`, `family`, `email`, …), as they were
 * written; a `full` name is split where there is no other.
 */
export function prepareRecord(
  model: LinkageModel,
  record: Readonly<Record<string, string | null | undefined>>,
): Prepared {
  const fields: Record<string, Facets | null> = {}
  for (const field of model.fields) fields[field.name] = prepared(field, record[field.name])
  if (record['full'] && !fields['given'] && !fields['family']) {
    const { given, family } = splitFull(record['full'])
    fields['given'] = given === '' ? null : givenFacets(given)
    fields['family'] = family === '' ? null : familyFacets(family)
  }
  return withOther(fields)
}

/** Each part of a name knows the other, so that swapped ones are seen. */
function withOther(fields: Record<string, Facets | null>): Prepared {
  const { given, family } = fields
  if (given) fields['given'] = { ...given, other: family?.value ?? null }
  if (family) fields['family'] = { ...family, other: given?.value ?? null }
  return fields
}

/** Where to look for others: two records that share a key agree in all parts of one rule. Keys tell nothing themselves. */
export const blockingKeys = (model: LinkageModel, record: Prepared): string[] =>
  model.rules.flatMap((rule: BlockingRule, index) => {
    const parts = rule.map((part) => partOf(record, part))
    return parts.includes(null) ? [] : [`${index}:${sha256(parts.join('\u0000')).slice(0, 20)}`]
  })

function partOf(record: Prepared, { field, part }: Part): string | null {
  const facets = record[field]
  if (!facets) return null
  switch (part) {
    case 'year':
      return facets.value.slice(0, 4)
    case 'day':
      return facets.value.slice(4)
    case 'start':
      return facets.value.slice(0, 3)
    case 'end':
      return facets.value.slice(-6)
    default:
      return facets[part] || null
  }
}

/** One line of the waterfall: how a field agreed, and what that adds, in bits. */
export type WeighedStep = {
  comparison: string
  level: string
  left: string | null
  right: string | null
  weight: number
}

export type ScoredPair = {
  /** log2 odds that the two are one person. */
  weight: number
  probability: number
  band: 'merge' | 'review' | 'reject'
  /** Why a pair heavy enough to merge is shown to a person first. */
  doubt: Doubt | null
  /** They add up to the weight: where one starts, each field, and what others in the house or street explain as well. */
  steps: WeighedStep[]
}

/** Weighs two records as the engine does in SQL, and says how the weight came about. */
export function scorePair(model: LinkageModel, left: Prepared, right: Prepared): ScoredPair {
  const levels = model.fields.map(({ name, kind }) => {
    const [a, b] = [left[name], right[name]]
    return a && b ? levelOf(kind, a, b) : null
  })
  const terms = model.fields.map(({ name, kind }, at) =>
    levels[at] === 0 ? termBits(model.terms[at]!, model.u[at]![0]!, left[name]![termFacet(kind)]!) : 0,
  )
  const steps: WeighedStep[] = [
    { comparison: 'start', level: 'any two records', left: null, right: null, weight: Math.log2(model.priors.match) },
  ]
  for (const [at, { name, kind }] of model.fields.entries()) {
    const level = levels[at]
    const weight =
      level === null || level === undefined ? 0 : Math.log2(model.m[at]![level]! / model.u[at]![level]!) + terms[at]!
    const how = level === null || level === undefined ? 'not known' : specs[kind].levels[level]!.name
    steps.push({
      comparison: name,
      level: how,
      left: left[name]?.value ?? null,
      right: right[name]?.value ?? null,
      weight,
    })
  }
  const others =
    1 + 2 ** lookalike(model, levels, terms, 'relative') + 2 ** lookalike(model, levels, terms, 'neighbour')
  steps.push({
    comparison: 'others',
    level: 'relatives and neighbours agree so too',
    left: null,
    right: null,
    weight: -Math.log2(others),
  })
  const weight = steps.reduce((sum, step) => sum + step.weight, 0)
  const doubt = doubtOf(model.fields, (at) => levels[at] ?? null)
  const band = bandOf(model, weight)
  return {
    weight,
    probability: 1 / (1 + 2 ** -weight),
    band: band === 'merge' && doubt ? 'review' : band,
    doubt,
    steps,
  }
}

/** The band of a weight alone, before what may speak against the pair. */
export const bandOf = (model: Pick<LinkageModel, 'bands'>, weight: number): ScoredPair['band'] =>
  weight >= model.bands.merge ? 'merge' : weight >= model.bands.review ? 'review' : 'reject'

/** How well relatives, or neighbours, would explain the same, in bits against strangers. */
function lookalike(
  model: LinkageModel,
  levels: readonly (number | null)[],
  terms: readonly number[],
  whom: 'relative' | 'neighbour',
): number {
  const shared = sharedLevels(model.fields, model, whom)
  let sum = Math.log2(model.priors[whom])
  for (const [at, field] of model.fields.entries()) {
    const level = levels[at]
    if (level === null || level === undefined) continue
    sum += Math.log2(shared[at]![level]! / model.u[at]![level]!)
    if (level === 0) sum += sharedTerm(field, whom, model.m[at]![0]! / model.u[at]![0]!, terms[at]!)
  }
  return Math.min(900, sum)
}

import { z } from 'zod'
import { segmentRule } from '../segment-rule.ts'

/** The parts of JSON Schema that the language of rules uses. */
export type Schema = {
  $ref?: string
  anyOf?: Schema[]
  type?: string
  enum?: string[]
  properties?: Record<string, Schema>
  additionalProperties?: Schema | false
  items?: Schema
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  required?: string[]
}

/** The language of segment rules as JSON Schema, as `docs/segment-rule.schema.json` holds it. */
export const segmentRuleSchema = (): Schema =>
  z.toJSONSchema(segmentRule, { target: 'draft-2020-12', io: 'input' }) as Schema

const root = segmentRuleSchema()

/** The words a rule can begin with, in the order of the language's alternatives. */
export const words: readonly string[] = (root.anyOf ?? []).map(({ required }) => required?.[0] ?? '')

/** What may stand at a place of a rule; null where nothing may. */
export function schemaAt(place: readonly PropertyKey[]): Schema | null {
  let here: Schema | undefined = root
  for (const step of place) {
    if (here?.$ref === '#') here = root
    if (typeof step === 'number') here = here?.items
    else here = stepInto(here, String(step))
  }
  return (here?.$ref === '#' ? root : here) ?? null
}

function stepInto(schema: Schema | undefined, key: string): Schema | undefined {
  const object = schema?.anyOf?.find(({ properties }) => properties?.[key]) ?? schema
  return object?.properties?.[key] ?? (object?.additionalProperties || undefined)
}

/** What may stand there, in words. */
export function allowed(schema: Schema): string {
  if (schema === root) return `a rule, which begins with one of ${words.join(', ')}`
  if (schema.anyOf) return schema.anyOf.map(allowed).join(', or ')
  if (schema.enum) return `one of ${schema.enum.join(', ')}`
  if (schema.properties) return `an object of ${Object.keys(schema.properties).join(', ')}`
  return kinds[schema.type ?? 'object']?.(schema) ?? 'an object'
}

const kinds: Readonly<Record<string, (schema: Schema) => string>> = {
  string: ({ minLength = 0, maxLength }) => `a text of ${minLength} to ${maxLength ?? 'any number of'} characters`,
  integer: (schema) => `a whole number${bounds(schema)}`,
  number: (schema) => `a number${bounds(schema)}`,
  boolean: () => 'true or false',
  array: ({ minItems = 0, maxItems }) => `a list of ${minItems} to ${maxItems ?? 'any number of'} entries`,
}

function bounds({ minimum, maximum, exclusiveMinimum }: Schema): string {
  const safe = Number.MAX_SAFE_INTEGER
  const low = minimum === undefined || minimum <= -safe ? null : minimum
  const high = maximum === undefined || maximum >= safe ? null : maximum
  if (low !== null && high !== null) return ` from ${low} to ${high}`
  if (low !== null) return ` from ${low}`
  if (high !== null) return ` up to ${high}`
  return exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`
}

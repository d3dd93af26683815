import type { Field } from './fields.ts'
import { specs } from './kinds.ts'

/** Why two records that weigh enough are still not joined without asking. */
export const doubts = {
  'other-given-name': 'The given names are not ways to write one name: relatives, or twins.',
  'other-birthday': 'The dates of birth are too far apart for a slip of the pen: father and son of one name.',
  'other-family-name': 'The family names differ and no birthday agrees: colleagues, or tenants, who share what the house has.',
  'name-alike-only': 'The given names are not the same and the e-mail addresses differ: twins are named so.',
  'nothing-personal': 'No birthday, address of mail or number of their own is known to agree: a namesake in the house would agree as much.',
} as const // prettier-ignore
export type Doubt = keyof typeof doubts

type Known = readonly Pick<Field, 'name' | 'kind'>[]

/** The level of a field by its name; null where it is not known, or not compared at all. */
const levelNames = (fields: Known, levels: (at: number) => number | null): ((field: string) => string | null) => {
  return (name) => {
    const at = fields.findIndex((one) => one.name === name)
    const level = at < 0 ? null : levels(at)
    return level === null ? null : specs[fields[at]!.kind].levels[level]!.name
  }
}

/**
 * What speaks against joining two records whatever their weight: weights add up what is shared in a house, and those who
 * live there share much. Levels are those of the fields, null where a value is missing.
 */
export function contradiction(fields: Known, levels: (at: number) => number | null): Doubt | null {
  const of = levelNames(fields, levels)
  const [given, family, dob, email] = [of('given'), of('family'), of('dob'), of('email')]
  if (given === 'different' || given === 'alike 0.8') return 'other-given-name'
  if (dob === 'different' || dob === 'same year') return 'other-birthday'
  if (family === 'different' && !agreeing.has(dob ?? '')) return 'other-family-name'
  if (given !== null && given !== 'exact' && given !== 'swapped' && email !== null && !agreeing.has(email))
    return 'name-alike-only'
  return null
}

const agreeing = new Set(['exact', 'one slip', 'same user'])
const personal = ['dob', 'email', 'id']

/** Whether something of the person's own agrees, where the fields have anything of the kind at all. */
export function isSupported(fields: Known, levels: (at: number) => number | null): boolean {
  const of = levelNames(fields, levels)
  const compared = personal.filter((name) => fields.some((one) => one.name === name))
  return compared.length === 0 || compared.some((name) => agreeing.has(of(name) ?? ''))
}

/** Why a pair in the merge band is to be looked at first; null when nothing speaks against it. */
export const doubtOf = (fields: Known, levels: (at: number) => number | null): Doubt | null =>
  contradiction(fields, levels) ?? (isSupported(fields, levels) ? null : 'nothing-personal')

import type { Kind } from './kinds.ts'

/**
 * How often two who live together have a field in common because they do, from 0 (a birthday) to 1 (the street), and
 * the same for two who merely live near each other. In between the field is shared by some (a telephone).
 */
export type Sharing = { relative: number; neighbour: number }

/** One compared property of a person. */
export type Field = {
  name: string
  kind: Kind
  /** Columns of the input it is read from, joined by a blank. */
  columns: readonly string[]
  /** How dates are written, such as `d/M/yyyy`. */
  format?: string | undefined
  sharing: Sharing
}

const own: Sharing = { relative: 0, neighbour: 0 }
const home: Sharing = { relative: 1, neighbour: 1 }

/** What is known of the fields by their names; any other column is a person's own text. */
export const standard: Readonly<Record<string, { kind: Kind; sharing: Sharing }>> = {
  given: { kind: 'given', sharing: own },
  family: { kind: 'family', sharing: { relative: 1, neighbour: 0 } },
  dob: { kind: 'dob', sharing: { relative: 0.03, neighbour: 0 } },
  email: { kind: 'email', sharing: { relative: 0.3, neighbour: 0 } },
  phone: { kind: 'phone', sharing: { relative: 0.8, neighbour: 0 } },
  street: { kind: 'street', sharing: home },
  'house-number': { kind: 'code', sharing: { relative: 1, neighbour: 0 } },
  unit: { kind: 'text', sharing: home },
  city: { kind: 'text', sharing: home },
  postcode: { kind: 'postcode', sharing: home },
  state: { kind: 'category', sharing: home },
  country: { kind: 'category', sharing: home },
  gender: { kind: 'category', sharing: own },
  id: { kind: 'code', sharing: own },
}

/** A field by its standard name, read from these columns. */
export function field(name: string, columns: readonly string[], more: Partial<Field> = {}): Field {
  const known = standard[name] ?? { kind: 'text' as const, sharing: own }
  return { name, ...known, columns, ...more }
}

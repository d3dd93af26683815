/** What a column of person records may hold. */
export type Field =
  | 'record-id'
  | 'given'
  | 'middle'
  | 'family'
  | 'full'
  | 'dob'
  | 'birth-year'
  | 'email'
  | 'phone'
  | 'street'
  | 'house-number'
  | 'unit'
  | 'city'
  | 'postcode'
  | 'state'
  | 'country'
  | 'gender'
  /** An id some system gives a person, the same in all of that person's records. */
  | 'user-id'
  /** The answer, kept for testing: never to be used in finding it. */
  | 'truth'
  /** Another attribute, compared as equal or not: occupation, place of birth. */
  | 'exact'
  /** Another short text, compared by its letters: a maiden name, a company. */
  | 'fuzzy'
  /** Says again what other columns say. */
  | 'derived'
  /** Has no value, or one and the same in every row. */
  | 'empty'
  /** Says nothing of the person: amounts, times of the row, long text. */
  | 'ignore'

/** Fields that any number of columns may have; each other is given to one. */
export const shared: ReadonlySet<Field> = new Set(['truth', 'exact', 'fuzzy', 'derived', 'empty', 'ignore'])

/** What one column is taken for. `confidence` is from 0 to 1; `why` is a sentence for the person who checks it. */
export type Guess = {
  column: string
  field: Field
  confidence: number
  why: string
  /** How a date of birth is written: `yyyyMMdd`, `d/M/yyyy`, `M/d/yy`, `d MMM yyyy`; to be read by `isoDay`. */
  format?: string
  /** The columns that a derived one repeats. */
  of?: readonly string[]
}

/** How far the evidence speaks for each field, from 0 to 1. A field left out is not spoken for. */
export type Evidence = Partial<Record<Field, number>>

import { damerauLevenshtein, jaroWinkler } from './similarity.ts'

/**
 * What a field is, for comparing it. `given` and `family` are parts of a name; `dob` a date of eight digits; `code` a
 * number that means nothing in itself (an insurance number); `category` one of few values.
 */
export const kinds = [
  'given',
  'family',
  'dob',
  'email',
  'phone',
  'code',
  'postcode',
  'street',
  'text',
  'category',
] as const
export type Kind = (typeof kinds)[number]

/** The prepared field of one record: the value, and what else levels look at. */
export type Facets = Readonly<Record<string, string | null>> & { value: string }
/** The SQL of one record's field: `side()` is its value, `side('first')` a facet. */
type Side = (facet?: string) => string

/**
 * One way two values may agree, once in SQL and once in TypeScript: the two must be the same to the bit. Both values are
 * there; levels are asked in order and the last one always holds. `s` is the similarity of the kind, worked out once.
 * In SQL only `case` leaves out what need not be asked: `and` asks both sides.
 */
export type Level = {
  name: string
  /** Agreement, if a weaker one: it never tells against one person, however rarely a file shows it. */
  agrees?: boolean
  sql: (l: Side, r: Side, s: string) => string
  holds: (a: Facets, b: Facets, s: () => number) => boolean
}

export type KindSpec = {
  /** What is kept of a value beside itself. */
  facets: readonly string[]
  /** Chances of the levels among neighbours, where they are not those of one person or of strangers. */
  neighbours?: readonly number[]
  /** The facet whose Jaro-Winkler similarity the levels ask for. */
  alike: string | null
  levels: readonly Level[]
}

const of = (side: Facets, facet: string | undefined): string => side[facet ?? 'value'] ?? ''

const exact = (facet?: string): Level => ({
  name: 'exact',
  agrees: true,
  sql: (l, r) => `${l(facet)} = ${r(facet)}`,
  holds: (a, b) => of(a, facet) === of(b, facet),
})
const alike = (least: number): Level => ({
  name: `alike ${least}`,
  agrees: least > 0.9,
  sql: (_l, _r, s) => `${s} >= ${least}`,
  holds: (_a, _b, s) => s() >= least,
})
/** The two parts of a name were written the wrong way round. */
const swapped: Level = {
  name: 'swapped',
  agrees: true,
  sql: (l, r) => `${l()} = ${r('other')} and ${l('other')} = ${r()}`,
  holds: (a, b) => a['other'] !== null && a.value === b['other'] && a['other'] === b.value,
}
/** Of several words, separated by blanks, one is in both. */
const sharesWord = (name: string, facet?: string): Level => ({
  name,
  agrees: true,
  sql: (l, r) =>
    `case when ${manyWords(l(facet), r(facet), facet)} then list_has_any(${wordsOf(l(facet))}, ${wordsOf(r(facet))}) else false end`,
  holds: (a, b) => {
    const [left, right] = [of(a, facet), of(b, facet)]
    if (left === '' || right === '' || (facet === undefined && !left.includes(' ') && !right.includes(' ')))
      return false
    const words = right.split(' ')
    return left.split(' ').some((word) => words.includes(word))
  },
})
const manyWords = (l: string, r: string, facet: string | undefined): string =>
  facet === undefined ? `contains(${l}, ' ') or contains(${r}, ' ')` : `${l} is not null and ${r} is not null`
const wordsOf = (text: string): string => `string_split(${text}, ' ')`
const firstLetter = (text: string): string => String.fromCodePoint(text.codePointAt(0) ?? 0)
const letters = (text: string): number => Array.from(text).length
const initial: Level = {
  name: 'initial',
  agrees: true,
  sql: (l, r) => `(length(${l('first')}) = 1 or length(${r('first')}) = 1) and ${l('first')}[1] = ${r('first')}[1]`,
  holds: (a, b) => {
    const [left, right] = [of(a, 'first'), of(b, 'first')]
    return (letters(left) === 1 || letters(right) === 1) && firstLetter(left) === firstLetter(right)
  },
}
/**
 * One slip of the pen: a character more, less or other, or two neighbours that changed places. The distance is asked for
 * only where a cheaper look does not rule it out: of two values of one length at most two places differ, of two others
 * the first or the last two are the same, but for values too short to have a half of two.
 */
const slip: Level = {
  name: 'one slip',
  agrees: true,
  sql: (l, r) =>
    `case when length(${l()}) = length(${r()})
        then case hamming(${l()}, ${r()}) when 1 then true when 2 then damerau_levenshtein(${l()}, ${r()}) = 1 else false end
      when abs(length(${l()}) - length(${r()})) > 1 then false
      when length(${l()}) + length(${r()}) < 7 or left(${l()}, 2) = left(${r()}, 2) or right(${l()}, 2) = right(${r()}, 2) then damerau_levenshtein(${l()}, ${r()}) = 1
      else false end`,
  holds: ({ value: a }, { value: b }) => {
    if (Math.abs(a.length - b.length) > 1) return false
    if (a.length !== b.length) return damerauLevenshtein(a, b) === 1
    const places = hamming(a, b)
    return places === 1 || (places === 2 && damerauLevenshtein(a, b) === 1)
  },
}

const parts = ['year', 'month', 'day'] as const
const sharedParts = (a: Facets, b: Facets): number => parts.filter((part) => of(a, part) === of(b, part)).length
const sharedSql = (l: Side, r: Side): string => parts.map((part) => `(${l(part)} = ${r(part)})::int`).join(' + ')
/** A slip in a date leaves one part of it as it was; or day and month changed places. */
const nearDate: Level = {
  name: 'one slip',
  agrees: true,
  sql: (l, r) =>
    `case when (${sharedSql(l, r)}) = 0 then false
      when ${slip.sql(l, r, '')} then true
      else ${l('year')} = ${r('year')} and ${l('month')} = ${r('day')} and ${l('day')} = ${r('month')} end`,
  holds: (a, b, s) => {
    if (sharedParts(a, b) === 0) return false
    if (slip.holds(a, b, s)) return true
    return of(a, 'year') === of(b, 'year') && of(a, 'month') === of(b, 'day') && of(a, 'day') === of(b, 'month')
  },
}
const twoParts: Level = {
  name: 'two parts',
  sql: (l, r) => `(${sharedSql(l, r)}) = 2`,
  holds: (a, b) => sharedParts(a, b) === 2,
}
const sameYear: Level = {
  name: 'same year',
  sql: (l, r) => `${l('year')} = ${r('year')}`,
  holds: (a, b) => of(a, 'year') === of(b, 'year'),
}
const starts = (length: number, name: string): Level => ({
  name,
  sql: (l, r) => `left(${l()}, ${length}) = left(${r()}, ${length})`,
  holds: ({ value: a }, { value: b }) => a.slice(0, length) === b.slice(0, length),
})
/** The same street, and another house. */
const otherNumber: Level = {
  name: 'other number',
  sql: (l, r, s) => `${l('number')} <> ${r('number')} and ${s} >= 0.92`,
  holds: (a, b, s) =>
    of(a, 'number') !== '' && of(b, 'number') !== '' && of(a, 'number') !== of(b, 'number') && s() >= 0.92,
}
const different: Level = { name: 'different', sql: () => 'true', holds: () => true }

function hamming(a: string, b: string): number {
  let count = 0
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) count += 1
  return count
}

/** How each kind is compared, strongest level first. The first level of each is the one term frequencies speak of. */
export const specs: Readonly<Record<Kind, KindSpec>> = {
  given: {
    facets: ['first', 'sound', 'nick', 'other'],
    alike: 'first',
    levels: [
      exact('first'),
      swapped,
      sharesWord('nickname', 'nick'),
      sharesWord('a word of it'),
      alike(0.92),
      initial,
      alike(0.8),
      different,
    ],
  },
  // Swapped names are told once, by the given name.
  family: {
    facets: ['sound', 'other'],
    alike: 'value',
    levels: [exact(), swapped, sharesWord('a word of it'), alike(0.92), alike(0.82), different],
  },
  dob: { facets: ['year', 'month', 'day'], alike: null, levels: [exact(), nearDate, twoParts, sameYear, different] },
  email: {
    facets: ['user'],
    alike: 'user',
    levels: [exact(), exact('user'), alike(0.88), different].map(named('same user', 1)),
  },
  phone: { facets: [], alike: null, levels: [exact(), slip, different] },
  code: { facets: [], alike: null, levels: [exact(), slip, different] },
  postcode: { facets: [], alike: null, levels: [exact(), slip, starts(3, 'same district'), different] },
  street: {
    facets: ['number', 'name'],
    alike: 'name',
    levels: [exact(), otherNumber, alike(0.92), alike(0.8), different],
    neighbours: [0.02, 0.48, 0.02, 0.08, 0.4],
  },
  text: { facets: [], alike: 'value', levels: [exact(), alike(0.92), alike(0.8), different] },
  category: { facets: [], alike: null, levels: [exact(), different] },
}

function named(name: string, at: number): (level: Level, index: number) => Level {
  return (level, index) => (index === at ? { ...level, name } : level)
}

/** The level at which two values of a kind agree: an index into its levels. */
export function levelOf(kind: Kind, a: Facets, b: Facets): number {
  const { alike: facet, levels } = specs[kind]
  let known: number | null = null
  const similarity = (): number => (known ??= facet === null ? 0 : jaroWinkler(of(a, facet), of(b, facet)))
  return levels.findIndex((level) => level.holds(a, b, similarity))
}

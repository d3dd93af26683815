/** Rows of numbered features with their weights: the entries of row `i` stand at `starts[i]` to `starts[i + 1]`. */
export type Rows = { readonly starts: Uint32Array; readonly features: Uint32Array; readonly values: Float32Array }

/** The word and letter patterns of some texts, with how rare each is among them. Its order gives features their numbers. */
export type Vocabulary = { readonly terms: readonly string[]; readonly idf: readonly number[] }

/** A term that one text alone has says nothing of the next text. */
const leastTexts = 2

/** Words this far apart are still said together. */
const together = 7

/**
 * Words, neighbours in their order, pairs that stand near one another in any order, and runs of 3 to 5 letters within
 * words (their edges marked), of a text without accents and capitals. Words stand under `w`, letters under `c`: each
 * kind is scaled by itself.
 */
export function termsOf(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (term: string): void => void counts.set(term, (counts.get(term) ?? 0) + 1)
  const words = plain(text).match(/[\p{L}\p{N}]+|[$€£?]/gu) ?? []
  for (const [at, word] of words.entries()) {
    add(`w${word}`)
    if (at > 0) add(`w${words[at - 1]} ${word}`)
    for (const other of words.slice(at + 2, at + 1 + together))
      if (other !== word) add(`w${[word, other].toSorted().join('&')}`)
    const marked = Array.from(` ${word} `)
    for (let length = 3; length <= 5; length += 1)
      for (let from = 0; from + length <= marked.length; from += 1)
        add(`c${marked.slice(from, from + length).join('')}`)
  }
  return counts
}

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]/g, '')

/** The terms of at least two texts, in the order of their letters. `idf` = ln((1 + texts) / (1 + texts with it)) + 1. */
export function learnVocabulary(texts: readonly Map<string, number>[]): Vocabulary {
  const within = new Map<string, number>()
  for (const terms of texts) for (const term of terms.keys()) within.set(term, (within.get(term) ?? 0) + 1)
  const terms = [...within].filter(([, count]) => count >= leastTexts).map(([term]) => term)
  terms.sort()
  return { terms, idf: terms.map((term) => Math.log((1 + texts.length) / (1 + within.get(term)!)) + 1) }
}

/** TF-IDF with damped counts (1 + ln count); words and letters are each scaled to length √½, so that a row has length 1. */
export function tfIdf({ terms, idf }: Vocabulary): (texts: readonly Map<string, number>[]) => Rows {
  const places = new Map(terms.map((term, place) => [term, place]))
  return (texts) =>
    rowsOf(
      texts.map((counts) => {
        const entries = [...counts].flatMap(([term, count]) => {
          const feature = places.get(term)
          return feature === undefined ? [] : [{ feature, value: (1 + Math.log(count)) * idf[feature]!, kind: term[0] }]
        })
        const lengths = Object.fromEntries(
          ['w', 'c'].map((kind) => [kind, Math.hypot(...entries.filter((entry) => entry.kind === kind).map(({ value }) => value))]),
        ) // prettier-ignore
        return entries.map(({ feature, value, kind }) => [feature, (value * Math.SQRT1_2) / lengths[kind!]!] as const)
      }),
    )
}

/** Vectors as rows in which every feature stands. */
export const denseRows = (vectors: readonly (readonly number[])[]): Rows =>
  rowsOf(vectors.map((vector) => vector.map((value, feature) => [feature, value] as const)))

function rowsOf(rows: readonly (readonly (readonly [number, number])[])[]): Rows {
  const size = rows.reduce((sum, row) => sum + row.length, 0)
  const starts = new Uint32Array(rows.length + 1)
  const features = new Uint32Array(size)
  const values = new Float32Array(size)
  let at = 0
  for (const [index, row] of rows.entries()) {
    for (const [feature, value] of row) {
      features[at] = feature
      values[at] = value
      at += 1
    }
    starts[index + 1] = at
  }
  return { starts, features, values }
}

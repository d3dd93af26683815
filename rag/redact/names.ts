import type { Found } from './patterns.ts'

type Name = { words: string[]; exact: boolean }

/** Given names that are everyday words, months or days: alone they name nobody. */
const everyday = new Set(
  'will mark may june april august grace hope joy faith rose lily daisy ivy iris olive hazel pearl ruby amber jade summer autumn dawn eve chase grant rich bill bob art frank ernest guy gene jack pat sue drew miles reed brook river sky sunny star heather holly ginger rosemary basil clay cliff dale glen heath rob skip wade young green brown white black gray grey king price rice day may love best good long short small stone wood hill bush berry cherry field ford fox hunter baker cook butler carter mason miller potter smith taylor tanner weaver page porter bishop knight pope prince duke earl'.split(
    ' ',
  ),
)

const wordsOf = (text: string): { word: string; start: number; end: number }[] =>
  [...text.matchAll(/[\p{L}\p{M}][\p{L}\p{M}'’-]*/gu)].map((match) => {
    const word = match[0].replace(/['’]s$/u, '').replace(/['’-]+$/u, '')
    return { word, start: match.index, end: match.index + word.length }
  })

const folded = (word: string): string => word.normalize('NFC').toLowerCase()

/**
 * Finds known names in texts. A name of two words or more is found in any case; a single word only capitalised, and
 * never when it is an everyday word. Of two names that start at the same place the longer wins.
 */
export function nameFinder(names: readonly string[]): (text: string) => Found[] {
  const byFirst = new Map<string, Name[]>()
  for (const name of new Set(names)) {
    const words = wordsOf(name).map(({ word }) => folded(word))
    const [first] = words
    if (first === undefined || (words.length === 1 && (first.length < 2 || everyday.has(first)))) continue
    const known = byFirst.get(first) ?? []
    byFirst.set(first, [...known, { words, exact: words.length === 1 }])
  }
  for (const known of byFirst.values()) known.sort((a, b) => b.words.length - a.words.length)
  return (text) => (byFirst.size === 0 ? [] : findNames(text, byFirst))
}

function findNames(text: string, byFirst: Map<string, Name[]>): Found[] {
  const words = wordsOf(text)
  const found: Found[] = []
  for (let at = 0; at < words.length;) {
    const start = words[at]!
    const name = byFirst.get(folded(start.word))?.find((candidate) => standsAt(candidate, words, at))
    if (name) found.push({ kind: 'NAME', start: start.start, end: words[at + name.words.length - 1]!.end })
    at += name?.words.length ?? 1
  }
  return found
}

function standsAt(name: Name, words: { word: string }[], at: number): boolean {
  if (name.exact && !/^\p{Lu}/u.test(words[at]!.word)) return false
  return name.words.every((word, offset) => folded(words[at + offset]?.word ?? '') === word)
}

/** The words of texts that could be a person's name: capitalised, each once. To look them up among one's customers. */
export function possibleNames(texts: readonly string[]): string[] {
  const capitalised = texts.flatMap((text) => wordsOf(text).map(({ word }) => word))
  return [...new Set(capitalised.filter((word) => /^\p{Lu}/u.test(word) && word.length > 1))].toSorted()
}

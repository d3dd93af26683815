/** Words that carry no claim of their own. */
const empty = new Set(
  "a an the and or but so yet of to in on at by for from with as into over about than then that this these those it its it's is are was were be been being am do does did has have had will would can could may might shall should must not no nor never none without cannot n't i me my we us our ours you your yours he she they them their his her who whom which what when where why how all any both each few more most other some such only own same too very just also here there again once if while because until up down out off now still one ones thing things get gets got make makes made let lets go goes went come comes came new back like".split(
    ' ',
  ),
)

export type Word = { text: string; stem: string; start: number; end: number }

/** The words of a text with their stems and places; numbers are not words. */
export const wordsOf = (text: string): Word[] =>
  [...text.matchAll(/\p{L}[\p{L}\p{M}'’]*/gu)].map((match) => ({
    text: match[0],
    stem: stemOf(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }))

/** The words that say something. */
export const contentWords = (text: string): Word[] => wordsOf(text).filter((word) => !empty.has(folded(word.text)))

const folded = (word: string): string => word.normalize('NFKD').replace(/\p{M}/gu, '').replace(/’/g, "'").toLowerCase()

/** A crude stem: enough to see that "tasting" and "tastes" are one word. */
export function stemOf(word: string): string {
  const plain = folded(word).replace(/'s?$/, '')
  const cut = plain.replace(/(?<=\p{L}{3})(?:ingly|edly|ings?|ed|es|s|ly|er|ers)$/u, '')
  return cut
    .replace(/(?<=\p{L}{3})e$/u, '')
    .replace(/(?<=\p{L}{2})y$/u, 'i')
    .replace(/([bdgmnprt])\1$/u, '$1')
}

/** The share of a text's content words that stand in what supports it; 1 for a text without any. */
export function coverage(text: string, support: string): number {
  const said = new Set(contentWords(text).map((word) => word.stem))
  if (said.size === 0) return 1
  return said.intersection(new Set(wordsOf(support).map((word) => word.stem))).size / said.size
}

/** Sentences of a text, roughly: enough to find the one that a claim leans on. */
export const sentencesOf = (text: string): string[] =>
  text.split(/(?<=[.!?])\s+|\n+/).filter((part) => part.trim() !== '')

/** True when a text denies what it says. */
export const denies = (text: string): boolean =>
  /\b(?:not|no|never|none|nothing|neither|nor|without|cannot|can['’]t|won['’]t|don['’]t|doesn['’]t|didn['’]t|isn['’]t|aren['’]t|wasn['’]t|weren['’]t|hasn['’]t|haven['’]t|shouldn['’]t|unable|sold out|out of stock)\b/i.test(
    text,
  )

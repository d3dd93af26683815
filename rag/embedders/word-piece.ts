/** Turns a text into the numbers of its pieces, `[CLS]` before and `[SEP]` behind; at most `most` of them in all. */
export type Tokenizer = (text: string, most: number) => number[]

/** A longer word is one unknown piece. */
const longestWord = 100

const controls = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\ufffd]/gu
const accents = /\p{Mn}/gu
/** Each ideograph and each sign is a word of its own; every sign of ASCII is one, also those that Unicode calls symbols. */
const words = /[\p{P}$+<=>^`|~]|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2ceaf}\u{2f800}-\u{2fa1f}]|[^\s\p{P}$+<=>^`|~\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2ceaf}\u{2f800}-\u{2fa1f}]+/gu // prettier-ignore

/**
 * WordPiece as BERT's uncased models read (Devlin et al. 2019): lower case, no accents, the longest piece first.
 * @param vocabulary one piece a line, its number the line's place; a piece that goes on a word starts with `##`
 */
export function wordPiece(vocabulary: string): Tokenizer {
  const numbers = new Map(vocabulary.split(/\r?\n/).map((piece, number) => [piece, number]))
  const special = (piece: string): number => {
    const number = numbers.get(piece)
    if (number === undefined) throw new Error(`The vocabulary has no ${piece}: it is not one of BERT's`)
    return number
  }
  const [first, last, unknown] = [special('[CLS]'), special('[SEP]'), special('[UNK]')]
  return (text, most) => {
    const pieces = [first]
    // A word is at least one piece: what stands behind the first `most` words is not looked at.
    for (const [word] of plain(text, most).matchAll(words)) {
      pieces.push(...(piecesOf(numbers, word) ?? [unknown]))
      if (pieces.length >= most) break
    }
    return [...pieces.slice(0, most - 1), last]
  }
}

/** Lower case without accents or control characters; of a long text only as much as could count. */
const plain = (text: string, most: number): string =>
  text
    .slice(0, most * longestWord * 2)
    .replace(controls, '')
    .normalize('NFD')
    .replace(accents, '')
    .toLowerCase()

/** The pieces of one word, each the longest that the vocabulary has, or null where some part has none. */
function piecesOf(numbers: ReadonlyMap<string, number>, word: string): number[] | null {
  const letters = Array.from(word)
  if (letters.length > longestWord) return null
  const pieces: number[] = []
  let start = 0
  while (start < letters.length) {
    let end = letters.length
    const piece = (): number | undefined => numbers.get((start > 0 ? '##' : '') + letters.slice(start, end).join(''))
    while (end > start && piece() === undefined) end -= 1
    if (end === start) return null
    pieces.push(piece()!)
    start = end
  }
  return pieces
}

import { html } from 'hono/html'
import type { Html } from './layout.ts'

/** A piece of a value: letters that both values have in this order, or those of one alone. */
export type Piece = { text: string; isOwn: boolean }

/** Longer values are compared as wholes. */
const longest = 160

/**
 * Cuts two values into what they have in common and what is each one's own, letter by letter (longest common
 * subsequence, upper and lower case alike). Values that share less than half of the longer one are wholly their own.
 */
export function differing(left: string, right: string): { left: Piece[]; right: Piece[]; letters: number } {
  const [a, b] = [lettersOf(left), lettersOf(right)]
  const longer = Math.max(a.length, b.length)
  const common = longer > longest ? new Set<string>() : commonLetters(a, b)
  if (common.size * 2 < longer) return { left: own(left), right: own(right), letters: longer }
  const [inLeft, inRight] = [new Set<number>(), new Set<number>()]
  for (const pair of common) {
    const [i = 0, j = 0] = pair.split(' ').map(Number)
    inLeft.add(i)
    inRight.add(j)
  }
  return { left: pieces(a, inLeft), right: pieces(b, inRight), letters: longer - common.size }
}

const segmenter = new Intl.Segmenter()

/** What a reader sees as letters, accents and all. */
const lettersOf = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment)

const own = (text: string): Piece[] => (text === '' ? [] : [{ text, isOwn: true }])

/** Pairs of places, `i j`, at which the two have a letter in common. */
function commonLetters(a: readonly string[], b: readonly string[]): Set<string> {
  const isSame = (i: number, j: number): boolean => a[i]!.toLowerCase() === b[j]!.toLowerCase()
  const best = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      best[i]![j] = isSame(i, j) ? best[i + 1]![j + 1]! + 1 : Math.max(best[i + 1]![j]!, best[i]![j + 1]!)
    }
  }
  const common = new Set<string>()
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (isSame(i, j)) {
      common.add(`${i} ${j}`)
      i += 1
      j += 1
    } else if (best[i + 1]![j]! >= best[i]![j + 1]!) i += 1
    else j += 1
  }
  return common
}

function pieces(letters: readonly string[], shared: ReadonlySet<number>): Piece[] {
  const list: Piece[] = []
  for (const [index, letter] of letters.entries()) {
    const isOwn = !shared.has(index)
    const last = list.at(-1)
    if (last?.isOwn === isOwn) last.text += letter
    else list.push({ text: letter, isOwn })
  }
  return list
}

/** A value with its own letters marked: by an underline as well as by colour. */
export const marked = (list: readonly Piece[]): Html =>
  html`${list.map(({ text, isOwn }) => (isOwn ? html`<mark class="differs">${text}</mark>` : text))}`

import { parseFragment, type DefaultTreeAdapterTypes } from 'parse5'

/** Signs that are seen by no reader: zero width, directional marks, tags, soft hyphen. */
export const hiddenSigns = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu

/** Letters of other scripts that look like Latin ones (a part of Unicode's confusables.txt). */
const lookalikes: Readonly<Record<string, string>> = {
  а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', х: 'x', у: 'y', і: 'i', ѕ: 's', ј: 'j', һ: 'h', ԁ: 'd', ɡ: 'g', ո: 'n', ν: 'v', ο: 'o', α: 'a', ι: 'i', κ: 'k', ρ: 'p', τ: 't',
  А: 'A', В: 'B', Е: 'E', К: 'K', М: 'M', Н: 'H', О: 'O', Р: 'P', С: 'C', Т: 'T', Х: 'X', І: 'I', Ι: 'I', Ο: 'O', Α: 'A', Ε: 'E', Τ: 'T',
} // prettier-ignore

const lookalike = new RegExp(`[${Object.keys(lookalikes).join('')}]`, 'u')

/** A text as an attacker meant it to be read: compatibility forms folded, hidden signs gone, spaces made one. */
export const readAsMeant = (text: string): string => folded(text).replace(/\s+/g, ' ')

/** The same with its lines. Lookalikes are folded only inside words that also have Latin letters: a Russian mail stays. */
export const folded = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(hiddenSigns, '')
    .replace(/[\p{L}\p{M}]+/gu, (word) =>
      /[a-z]/i.test(word) ? word.replace(/\P{ASCII}/gu, (letter) => lookalikes[letter] ?? letter) : word,
    )

/** How many words of a text are Latin but for letters that only look it. */
export const mixedWords = (text: string): number =>
  (text.match(/[\p{L}\p{M}]+/gu) ?? []).filter((word) => /[a-z]/i.test(word) && lookalike.test(word)).length

/** A piece of a text that says something else than it shows: where it stands, what it says, how it was hidden. */
export type Disguised = { start: number; end: number; says: string; as: string }

/** `marks` must stand in a text at least twice before the pattern is tried: most texts have none. */
type Decoder = { as: string; marks?: RegExp; pattern: RegExp; read: (match: string) => string }

const anyOf = (marks: string): RegExp => new RegExp(String.raw`\b(?:${marks})\b`, 'gi')

/** Words in a row of which at least two are these and none is common English. */
const strange = (marks: string): RegExp => {
  const mark = `(?:${marks})`
  const word = String.raw`(?:(?!(?:the|of|to|and|for|your|you|this|that|with|are|from|in|it|is|on|can|we|please|will|have|not|our|at|me|my)\b)[^\s|]+)`
  return new RegExp(String.raw`(?:${word}[ ]){0,12}\b${mark}(?= )(?: ${word}){0,12}? ${mark}\b(?: ${word}){0,12}`, 'gi')
}

const turned = 'eht|fo|ot|dna|ni|si|rof|ruoy|uoy|siht|taht|htiw|tahw|era|em|ym|lla|tuoba|morf'
const shifted = 'gur|bs|gb|naq|va|vf|sbe|lbhe|lbh|guvf|gung|jvgu|jung|ner|zr|zl|nyy|nobhg|sebz'

const decoders: readonly Decoder[] = [
  { as: 'base64', pattern: /(?<![\w+/=-])[A-Za-z0-9+/_-]{16,}={0,2}(?![\w+/=-])/g, read: (run) => base64(base64(run)) },
  { as: 'hexadecimal', pattern: /\b(?:(?:0x)?[0-9a-f]{2}[\s,]?){12,}/gi, read: (run) => Buffer.from(run.replace(/0x|[\s,]/gi, ''), 'hex').toString('utf8') },
  { as: 'binary', pattern: /(?:\b[01]{8}\b\s?){6,}/g, read: (run) => run.trim().split(/\s+/).map((byte) => String.fromCharCode(Number.parseInt(byte, 2))).join('') },
  { as: 'percent signs', pattern: /(?:[\w-]{0,40}%[0-9a-f]{2}){6,}[\w-]{0,40}/gi, read: (run) => { try { return decodeURIComponent(run) } catch { return '' } } },
  { as: 'tag signs', pattern: /[\u{e0020}-\u{e007e}]{6,}/gu, read: (run) => Array.from(run, (sign) => String.fromCharCode(sign.codePointAt(0)! - 0xe0000)).join('') },
  { as: 'Morse', pattern: /(?:[.\-–—−·]{1,6}[ /|]+){10,}[.\-–—−·]{1,6}/g, read: (run) => fromMorse(run) },
  { as: 'single letters', pattern: /(?:\b\p{L}[ ._*-]{1,4}){8,}\p{L}\b/gu, read: (run) => run.split(/ {2,}/).map((word) => word.replace(/[ ._*-]/g, '')).join(' ') },
  { as: 'reversed letters', marks: anyOf(turned), pattern: strange(turned), read: (run) => Array.from(run).toReversed().join('') },
  { as: 'rot13', marks: anyOf(shifted), pattern: strange(shifted), read: (run) => run.replace(/[a-z]/gi, rotated) },
  { as: 'digits for letters', marks: /\p{L}[013457@$]\p{L}/gu, pattern: /[^\n|.!?]{12,}/g, read: (line) => line.replace(/(?<=\p{L})[013457@$]|[013457@$](?=\p{L})/gu, (sign) => leet[sign] ?? sign) },
] // prettier-ignore

/** What a run of base64 says; other text as it is, so that what was coded twice is read twice. */
const base64 = (text: string): string =>
  /^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(text) ? Buffer.from(text, 'base64').toString('utf8') : text

const leet: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's' }

function rotated(letter: string): string {
  const base = letter < 'a' ? 65 : 97
  return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base)
}

const morse = '.- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..'.split(' ') // prettier-ignore
const fromMorse = (run: string): string =>
  run
    .replace(/[–—−]/g, '-')
    .replaceAll('·', '.')
    .split(/\s*[/|]\s*|\s{2,}/)
    .map((word) =>
      word
        .trim()
        .split(/\s+/)
        .map((sign) => String.fromCharCode(97 + morse.indexOf(sign)))
        .join(''),
    ) // prettier-ignore
    .join(' ')

const common =
  /\b(?:the|a|an|of|to|and|in|is|for|your|you|this|that|with|it|what|how|are|me|my|on|all|het|een|van|naar|der|die|das|und|eine|den|zu|nicht|les|des|une|que|pour|los|con|che|per|non)\b/gi

/** How many of a text's words are the commonest of English and its neighbours, 0 to 1. */
const englishness = (text: string): number =>
  (text.match(common)?.length ?? 0) / Math.max(1, text.split(/\s+/).filter(Boolean).length)

/**
 * What stands in a text in disguise and reads as English once decoded. A line that is English as it stands is not
 * turned round; a run that decodes to noise is none.
 */
export function disguised(text: string): Disguised[] {
  const tried = decoders.filter(({ marks }) => marks === undefined || (text.match(marks)?.length ?? 0) >= 2)
  return tried.flatMap(({ as, pattern, read }) =>
    [...text.matchAll(pattern)].flatMap((match): Disguised[] => {
      const says = readAsMeant(read(match[0])).trim()
      const words = says.split(' ').length
      const readable = /^[\p{L}\p{N}\p{P}\p{S}\s]+$/u.test(says) && words >= 3
      if (!readable || englishness(says) < 0.15 || englishness(match[0]) > englishness(says) / 2) return []
      return [{ start: match.index, end: match.index + match[0].length, says, as }]
    }),
  )
}

type Node = DefaultTreeAdapterTypes.ChildNode

const unseen =
  /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*[01](?:px|pt)?\s*(?:;|$)|opacity\s*:\s*0(?![.\d])|(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|$)|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}/i
const white = /(?<![-\w])color\s*:\s*(?:#f[\da-f]f[\da-f]f[\da-f]|#fff|white|transparent)\b/i
const coloured = /background(?:-color)?\s*:\s*(?!#f[\da-f]f[\da-f]f|#fff|white|transparent|none|inherit|\s)/i

/** White on white, or of no size, or out of sight. White on another colour is a button. */
const isUnseen = (style: string): boolean => unseen.test(style) || (white.test(style) && !coloured.test(style))

/** Attributes whose words a machine reads and few people do. */
const spare = new Set(['alt', 'title', 'aria-label', 'content', 'value', 'placeholder', 'summary'])

/** The words of HTML that a reader does not see: comments, hidden elements, white on white. Empty where there is no markup. */
export const hiddenWords = (html: string): string[] => unshown(html).hidden

/** The words of HTML that stand beside what is shown: in attributes, and for browsers that run no scripts. */
export const asideWords = (html: string): string[] => unshown(html).aside

const told = (list: readonly string[]): string[] =>
  list.map((words) => words.replace(/\s+/g, ' ').trim()).filter((words) => /\p{L}{2}/u.test(words))

function unshown(html: string): { hidden: string[]; aside: string[] } {
  const [hidden, aside]: [string[], string[]] = [[], []]
  if (!/<[a-z!/]/i.test(html)) return { hidden, aside }
  const walk = (node: Node, within: string[] | null): void => {
    if (node.nodeName === '#comment' && 'data' in node) hidden.push(node.data)
    if (node.nodeName === '#text' && 'value' in node) within?.push(node.value)
    if (!('childNodes' in node)) return
    for (const { name, value } of node.attrs) if (spare.has(name)) aside.push(value)
    const own = node.attrs.some(({ name, value }) => name === 'hidden' || (name === 'style' && isUnseen(value)))
    const place = node.nodeName === 'noscript' ? aside : within
    for (const child of node.childNodes) walk(child, own ? hidden : place)
  }
  for (const node of parseFragment(html).childNodes) walk(node, null)
  return { hidden: told(hidden), aside: told(aside) }
}

/** A piece of a Markdown text: characters [start, end) of it, and the headings it stands under, outermost first. */
export type Block = {
  kind: 'paragraph' | 'table' | 'list' | 'code'
  start: number
  end: number
  headings: readonly string[]
}

/** A stretch of text and where it stands. */
export type Span = { text: string; start: number; end: number }

/** A line without its end. */
export type Line = { text: string; start: number; end: number }

/** The blocks of a text that say something, in order: headings give names to what follows, blank lines part. */
export function blocksOf(body: string): Block[] {
  const blocks: Block[] = []
  let headings: { level: number; text: string }[] = []
  let open: Line[] = []
  let fence: string | null = null
  const close = (): void => {
    const block = blockOf(open, headings.map((heading) => heading.text)) // prettier-ignore
    if (block) blocks.push(block)
    open = []
  }
  for (const line of linesOf(body)) {
    const mark = /^ {0,3}(```|~~~)/.exec(line.text)?.[1] ?? null
    const heading = fence === null ? headingOf(line.text) : null
    if (heading) {
      close()
      headings = [...headings.filter((outer) => outer.level < heading.level), heading]
    } else if (fence === null && line.text.trim() === '') close()
    else open.push(line)
    if (mark !== null && (fence === null || fence === mark)) fence = fence === null ? mark : null
  }
  close()
  return blocks
}

/** No heading, sentence or cell is longer: what is, is none, and no pattern is tried on it. */
const longestPhrase = 2000

/** The heading that a line is, with the number of its `#`; null when it is none. */
export function headingOf(line: string): { level: number; text: string } | null {
  if (line.length > longestPhrase) return null
  const found = /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/.exec(line)
  return found && { level: found[1]!.length, text: plainText(found[2]!) }
}

/** The lines of a text, each with where it stands. */
export function linesOf(body: string): Line[] {
  const lines: Line[] = []
  for (let start = 0; start < body.length;) {
    const found = body.indexOf('\n', start)
    const end = found < 0 ? body.length : found
    lines.push({ text: body.slice(start, end), start, end })
    start = end + 1
  }
  return lines
}

function blockOf(lines: readonly Line[], headings: readonly string[]): Block | null {
  const first = lines[0]
  if (!first) return null
  const text = lines.map((line) => line.text).join('\n')
  if (text.trim() === '') return null
  const start = first.start + (text.length - text.trimStart().length)
  return { kind: kindOf(lines), start, end: start + text.trim().length, headings }
}

function kindOf(lines: readonly Line[]): Block['kind'] {
  const first = lines[0]!.text.trimStart()
  if (/^(```|~~~)/.test(first)) return 'code'
  if (first.startsWith('|') && lines.length > 1 && /^[\s|:-]+$/.test(lines[1]!.text)) return 'table'
  return /^([-*+]|\d+[.)])\s/.test(first) ? 'list' : 'paragraph'
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })

/** The sentences of a block, without the blanks around them. */
export function sentencesOf(body: string, block: Block): Span[] {
  const text = body.slice(block.start, block.end)
  return [...segmenter.segment(text)].flatMap(({ segment, index }) => {
    const inner = segment.trim()
    const start = block.start + index + (segment.length - segment.trimStart().length)
    return inner === '' || inner.length > longestPhrase ? [] : [{ text: inner, start, end: start + inner.length }]
  })
}

/** A table: the names of its columns, and its rows, each with where it stands. */
export type Table = Span & { columns: string[]; rows: (Span & { cells: string[] })[] }

export function tableOf(body: string, block: Block): Table {
  const text = body.slice(block.start, block.end)
  const [head, , ...lines] = linesOf(text)
  const rows = lines.map((line) => ({
    text: line.text, start: block.start + line.start, end: block.start + line.end, cells: cellsOf(line.text),
  })) // prettier-ignore
  return { text, start: block.start, end: block.end, columns: cellsOf(head?.text ?? ''), rows }
}

const cellsOf = (line: string): string[] =>
  line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => plainText(cell.replaceAll('\\|', '|')))

/** Inline Markdown as it reads: emphasis, code and links give way to their words. */
export function plainText(text: string): string {
  if (text.length > longestPhrase) return text.trim()
  return text
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .trim()
}

/** Turns character offsets of a text into byte offsets of its UTF-8 form. */
export function byteOffsets(text: string): (character: number) => number {
  const offsets = new Uint32Array(text.length + 1)
  let bytes = 0
  for (let index = 0; index < text.length; index += 1) {
    offsets[index] = bytes
    const code = text.codePointAt(index)!
    const isPair = code > 0xffff
    bytes += isPair ? 4 : code > 0x7ff ? 3 : code > 0x7f ? 2 : 1
    if (isPair) offsets[(index += 1)] = bytes
  }
  offsets[text.length] = bytes
  return (character) => offsets[character]!
}

/** A name as a key: lower-case letters and digits, joined by `-`. */
export const slug = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')

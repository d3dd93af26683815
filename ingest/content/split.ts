import { blocksOf, byteOffsets, type Block } from './markdown.ts'

/** A part of a document to be found and cited: bytes [startByte, endByte) of its body in UTF-8 are exactly its text. */
export type Chunk = { ordinal: number; heading: string; text: string; startByte: number; endByte: number }

const longestCharacters = 1200

/**
 * Splits a Markdown text at headings, then at paragraphs, so that a chunk is about one thing: blocks under one heading
 * stay together up to 1,200 characters. A longer block is split at line ends, at sentence ends, or, where there are
 * none, anywhere but inside a character. The heading is the path of headings: `Workshops › Espresso Basics`.
 */
export function splitDocument(body: string): Chunk[] {
  const bytesAt = byteOffsets(body)
  return grouped(blocksOf(body).flatMap((block) => pieces(body, block))).map(({ start, end, headings }, ordinal) => ({
    ordinal,
    heading: headings.join(' › '),
    text: body.slice(start, end),
    startByte: bytesAt(start),
    endByte: bytesAt(end),
  }))
}

type Piece = Pick<Block, 'start' | 'end' | 'headings'>

function grouped(all: readonly Piece[]): Piece[] {
  const groups: Piece[] = []
  for (const piece of all) {
    const last = groups.at(-1)
    const isNear =
      last?.headings.join('\n') === piece.headings.join('\n') && piece.end - last.start <= longestCharacters
    if (last && isNear) groups[groups.length - 1] = { ...last, end: piece.end }
    else groups.push(piece)
  }
  return groups
}

/** A block in pieces of at most the longest length; most blocks are one. */
function pieces(body: string, { start, end, headings }: Block): Piece[] {
  const found: Piece[] = []
  for (let from = start; from < end;) {
    const to = end - from <= longestCharacters ? end : cutBefore(body, from, from + longestCharacters)
    const text = body.slice(from, to)
    const inner = text.trim()
    const skipped = text.length - text.trimStart().length
    if (inner !== '') found.push({ start: from + skipped, end: from + skipped + inner.length, headings })
    from = to
  }
  return found
}

const ends = [/\n/g, /[.!?…]["”’)]*\s+/g, /\s+/g]

/** The best place to cut in (from, limit]: after a line, else after a sentence, else after a word, else between characters. */
function cutBefore(body: string, from: number, limit: number): number {
  const text = body.slice(from, limit)
  for (const end of ends) {
    const last = [...text.matchAll(end)].at(-1)
    if (last && last.index > text.length / 4) return from + last.index + last[0].length
  }
  return betweenCharacters(body, from, limit)
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const longestCharacter = 64

/** The limit, or where the character begins that goes on beyond it: letters keep their accents, emoji their parts. */
function betweenCharacters(body: string, from: number, limit: number): number {
  const near = Math.max(from, limit - longestCharacter)
  const found = graphemes.segment(body.slice(near, limit + longestCharacter)).containing(limit - near)
  const start = found && found.index > 0 ? near + found.index : limit
  const isInsidePair = body.codePointAt(start - 1)! > 0xffff
  return isInsidePair ? start - 1 : start
}

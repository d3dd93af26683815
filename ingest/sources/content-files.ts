import { readHtml } from '../content/html/read-html.ts'
import { readMarkdown } from '../content/read-markdown.ts'
import { readPdf } from '../content/pdf/read-pdf.ts'
import type { ReadText, Unreadable } from '../content/read-text.ts'
import { readInstant } from '../cleanse/instant.ts'
import { rejected } from '../reading/csv-table.ts'
import { checkEncoding, decode } from '../reading/encoding.ts'
import { gather } from '../reading/lines.ts'
import type { Item, Place, Setting, Source, SourceInput } from '../source.ts'

const kind = 'document'
const megabyte = 1_048_576
/** In bytes: what a document of each format may hold. */
const largest = { text: megabyte, page: 4 * megabyte, pdf: 16 * megabyte }
type Format = keyof typeof largest

/**
 * A file or a folder of texts: Markdown (`.md`), plain text (`.txt`), web pages (`.html`, `.htm`) and PDF; a PDF or a page is known
 * by its first bytes too, whatever its name. Each is a document, known by its path; its body is its text in Markdown,
 * as people read it. Its head (front matter, `meta`, PDF information) may name title, language, date and tags. A file that is
 * gone when the folder is read again ends its document; one that cannot be read is set aside with what to do.
 */
export function contentFiles(): Source {
  return { name: 'content', endings: ['.md', '.html', '.htm', '.pdf', '.txt'], whole: true, anyBytes: true, read: readDocument } // prettier-ignore
}

async function* readDocument(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  const span = gather(0, largest.pdf)
  for await (const chunk of input.bytes) span.add(chunk)
  const { bytes, sha256, length } = span.done()
  const place: Place = { file: input.file, line: 1, offset: 0, length }
  const format = formatOf(input.file, bytes)
  if (bytes === null || length > largest[format]) {
    yield rejected(kind, null, place, tooLarge(format), sha256)
    return
  }
  const read = await readAs(format, bytes)
  if (read.kind === 'unreadable') {
    yield rejected(kind, bytes, place, read)
    return
  }
  const { title, language, date, tags, body } = read
  const validFrom = date === undefined ? null : readInstant(date, ['iso'], setting.zone)
  const canon = {
    is: 'document',
    uri: input.file,
    title: title ?? nameOf(input.file),
    language: (language ?? 'en').toLowerCase().slice(0, 2),
    body,
    tags,
    ...(validFrom === null ? {} : { validFrom }),
  } as const
  yield { is: 'row', kind, externalId: input.file, raw: bytes, place, canon: [canon] }
}

function formatOf(file: string, bytes: Buffer | null): Format {
  const start = bytes?.subarray(0, 1024).toString('latin1') ?? ''
  if (start.includes('%PDF-') || /\.pdf$/i.test(file)) return 'pdf'
  return /\.html?$/i.test(file) || /^(?:\u{EF}\u{BB}\u{BF})?\s*<(?:!doctype html|html)\b/iu.test(start)
    ? 'page'
    : 'text'
}

function tooLarge(format: Format): { reason: string; fix: string } {
  const size = `${largest[format] / megabyte} MB`
  if (format === 'pdf') return { reason: `The PDF is larger than ${size}`, fix: 'Split it into parts, or export it without pictures' } // prettier-ignore
  return { reason: `The document is larger than ${size}`, fix: 'Split it into several' }
}

async function readAs(format: Format, bytes: Buffer): Promise<ReadText | Unreadable> {
  if (format === 'pdf') return bytes.length === 0 ? noText : readPdf(bytes)
  const decoded = decode(bytes, format === 'page' ? encodingOf(bytes) : 'utf-8')
  if (decoded.kind === 'undecodable') return { ...decoded, kind: 'unreadable' }
  if (decoded.text.includes('\0')) return { kind: 'unreadable', reason: 'The document is no text', fix: 'Export it as UTF-8 text, HTML or PDF' } // prettier-ignore
  const text = decoded.text.replace(/^\u{FEFF}/u, '')
  const read = format === 'page' ? readHtml(text) : readMarkdown(text)
  return read.kind === 'text' && read.body.trim() === '' ? noText : read
}

const noText: Unreadable = {
  kind: 'unreadable',
  reason: 'The document has no text',
  fix: 'Write it, or delete the file',
}

/** The encoding that a page names in its first bytes; UTF-8 where it names none that is known. */
function encodingOf(bytes: Buffer): string {
  const named = /<meta[^>]{0,200}?charset\s*=\s*["']?([\w-]{1,40})/i.exec(
    bytes.subarray(0, 4096).toString('latin1'),
  )?.[1]
  if (named === undefined || decode(bytes).kind === 'text') return 'utf-8'
  try {
    checkEncoding(named)
    return named
  } catch {
    return 'utf-8'
  }
}

const nameOf = (file: string): string => file.replace(/^.*\//, '').replace(/\.\w+$/, '').replaceAll(/[-_]+/g, ' ') // prettier-ignore

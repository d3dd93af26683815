import { readInstant } from '../cleanse/instant.ts'
import { cleanText } from '../cleanse/text.ts'
import { decode } from '../reading/encoding.ts'
import { gather } from '../reading/lines.ts'
import { rejected } from '../reading/csv-table.ts'
import type { Item, Place, Setting, Source, SourceInput } from '../source.ts'

const kind = 'document'

/**
 * A folder of Markdown files: each is a document, known by its path. Front matter is optional (`key: value` between two
 * lines of `---`): title, language and date are read, the rest is left alone; the body begins after it. A file that is
 * gone when the folder is read again ends its document.
 */
export function markdownContent(): Source {
  return { name: 'content', endings: ['.md'], whole: true, read: readDocument }
}

async function* readDocument(input: SourceInput, setting: Setting): AsyncGenerator<Item> {
  const span = gather(0)
  for await (const chunk of input.bytes) span.add(chunk)
  const { bytes, sha256, length } = span.done()
  const place: Place = { file: input.file, line: 1, offset: 0, length }
  if (bytes === null) {
    yield rejected(kind, null, place, { reason: 'The document is larger than 1 MB', fix: 'Split it into several' }, sha256) // prettier-ignore
    return
  }
  const decoded = decode(bytes)
  if (decoded.kind === 'undecodable') {
    yield rejected(kind, bytes, place, decoded)
    return
  }
  const { front, body } = parted(decoded.text.replace(/^\u{FEFF}/u, ''))
  if (body.trim() === '') {
    yield rejected(kind, bytes, place, { reason: 'The document has no text', fix: 'Write it, or delete the file' })
    return
  }
  const canon = [{ is: 'document', uri: input.file, ...about(input.file, front, body, setting), body } as const]
  yield { is: 'row', kind, externalId: input.file, raw: bytes, place, canon }
}

function about(file: string, front: ReadonlyMap<string, string>, body: string, setting: Setting) {
  const heading = /^#\s+(.+?)\s*#*\s*$/m.exec(body)?.[1]
  const fileName = file.replace(/^.*\//, '').replace(/\.md$/, '').replaceAll(/[-_]+/g, ' ')
  const date = front.get('date') ?? front.get('updated')
  const validFrom = date === undefined ? undefined : (readInstant(date, ['iso'], setting.zone) ?? undefined)
  return {
    title: cleanText(front.get('title')) ?? cleanText(heading) ?? fileName,
    language: (front.get('language') ?? front.get('lang') ?? 'en').toLowerCase().slice(0, 2),
    ...(validFrom === undefined ? {} : { validFrom }),
  }
}

/** The `key: value` lines of the front matter, and what follows it. */
function parted(text: string): { front: Map<string, string>; body: string } {
  const found = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*\r?\n?/.exec(text)
  if (!found) return { front: new Map(), body: text }
  const pairs = (found[1] ?? '').split(/\r?\n/).flatMap((line): [string, string][] => {
    const pair = /^([\w-]+)\s*:\s*(.*)$/.exec(line)
    return pair ? [[pair[1]!.toLowerCase(), pair[2]!.trim().replace(/^(["'])(.*)\1$/, '$2')]] : []
  })
  return { front: new Map(pairs), body: text.slice(found[0].length) }
}

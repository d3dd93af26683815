import { cleanText } from '../cleanse/text.ts'
import { readFaq } from '../content/read-faq.ts'
import { csvTable, rejected } from '../reading/csv-table.ts'
import { gather } from '../reading/lines.ts'
import type { Item, Place, Source, SourceInput } from '../source.ts'

const kind = 'document'

/**
 * Questions with their answers, CSV: question, answer. A file is one document, in which each question is a heading; it is
 * taken in whole or, where a row of it cannot be read, not at all. An answer may be HTML. A file that is gone from its
 * folder ends its document.
 */
export function faqCsv(): Source {
  return { name: 'faq', endings: ['.csv'], whole: true, read: readQuestions }
}

async function* readQuestions(input: SourceInput): AsyncGenerator<Item> {
  const span = gather(0)
  for await (const chunk of input.bytes) span.add(chunk)
  const { bytes, sha256, length } = span.done()
  const place: Place = { file: input.file, line: 1, offset: 0, length }
  if (bytes === null) {
    yield rejected(kind, null, place, { reason: 'The document is larger than 1 MB', fix: 'Split it into several' }, sha256) // prettier-ignore
    return
  }
  const pairs: { question: string; answer: string }[] = []
  for await (const found of csvTable(
    { file: input.file, bytes: once(bytes) },
    { kind, needed: ['question', 'answer'] },
  )) {
    if (found.is === 'rejected') {
      yield rejected(kind, bytes, { ...place, line: found.place.line ?? 1 }, found)
      return
    }
    if (found.is === 'cells') pairs.push({ question: found.row['question'] ?? '', answer: found.row['answer'] ?? '' })
  }
  const body = readFaq(pairs)
  if (body === '') {
    yield rejected(kind, bytes, place, { reason: 'The file has no question with an answer', fix: 'Fill both columns of a row' }) // prettier-ignore
    return
  }
  const title = cleanText(input.file.replace(/^.*\//, '').replace(/\.\w+$/, '').replaceAll(/[-_]+/g, ' ')) ?? 'Questions' // prettier-ignore
  const canon = [{ is: 'document', uri: input.file, title, language: 'en', body } as const]
  yield { is: 'row', kind, externalId: input.file, raw: bytes, place, canon }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve()
  yield bytes
}

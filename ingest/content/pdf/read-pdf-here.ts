import { getDocumentProxy } from 'unpdf'
import { z } from 'zod'
import { cleanText } from '../../cleanse/text.ts'
import type { ReadText, Unreadable } from '../read-text.ts'
import { layOut, type Page, type Piece } from './layout.ts'

const mostPages = 300
const mostCharacters = 2_000_000
/** Smaller than anybody reads, in points. */
const smallest = 3

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>

/** Reads a PDF in this thread, however long it takes: `readPdf` bounds it. */
export async function readPdfHere(bytes: Uint8Array): Promise<ReadText | Unreadable> {
  const opened = await open(bytes)
  if ('kind' in opened) return opened
  if (opened.numPages > mostPages) {
    return unreadable(`The PDF has ${opened.numPages} pages`, `Split it into parts of at most ${mostPages} pages`)
  }
  const pages: Page[] = []
  let characters = 0
  for (let number = 1; number <= opened.numPages; number += 1) {
    const pieces = await piecesOf(opened, number)
    if (pieces === null)
      return unreadable(`Page ${number} of the PDF is broken`, 'Open it in a reader and export it again')
    characters += pieces.reduce((sum, { text }) => sum + text.length, 0)
    if (characters > mostCharacters) return unreadable('The PDF has more than two million characters', 'Split it into parts') // prettier-ignore
    pages.push({ pieces })
  }
  const body = layOut(pages)
  if (body.trim() === '') return unreadable('The PDF has no text: its pages are pictures', 'Run text recognition (OCR) over the scan and export it as a searchable PDF') // prettier-ignore
  return { kind: 'text', ...(await headOf(opened)), body }
}

const unreadable = (reason: string, fix: string): Unreadable => ({ kind: 'unreadable', reason, fix })

async function open(bytes: Uint8Array): Promise<Pdf | Unreadable> {
  try {
    return await getDocumentProxy(bytes, { verbosity: 0, stopAtErrors: false })
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'PasswordException')
      return unreadable('The PDF is encrypted', 'Save it without a password')
    return unreadable('The PDF is broken', 'Open it in a reader and save or export it again')
  }
}

const item = z.object({
  str: z.string(),
  transform: z.array(z.number()).length(6),
  width: z.number(),
  height: z.number(),
})

/** The text on a page; null for a page that cannot be read. What lies outside the page or is too small to read is no part of it. */
async function piecesOf(pdf: Pdf, number: number): Promise<Piece[] | null> {
  try {
    const page = await pdf.getPage(number)
    const [left = 0, bottom = 0, right = 0, top = 0] = page.view
    const { items } = await page.getTextContent()
    page.cleanup()
    return items.flatMap((one): Piece[] => {
      const read = item.safeParse(one)
      if (!read.success || read.data.str === '') return []
      const { str: text, transform, width } = read.data
      const [x, y] = [transform[4]!, transform[5]!]
      const size = Math.hypot(transform[2]!, transform[3]!)
      const isSeen = x < right && x + width > left && y < top && y > bottom - size && size >= smallest
      return isSeen && Number.isFinite(x + y + width) ? [{ text, x, y, width, size }] : []
    })
  } catch {
    return null
  }
}

const said = z.string().optional().catch(undefined)
const info = z.object({ Title: said, Keywords: said, Language: said, ModDate: said, CreationDate: said })

async function headOf(pdf: Pdf): Promise<Omit<ReadText, 'kind' | 'body'>> {
  const found = await pdf.getMetadata().then(({ info: given }) => info.safeParse(given), () => null) // prettier-ignore
  const { Title, Keywords, Language, ModDate, CreationDate } = found?.success ? found.data : {}
  return {
    title: cleanText(Title),
    language: cleanText(Language),
    date: dateOf(ModDate) ?? dateOf(CreationDate),
    tags: (Keywords ?? '').split(/[,;]/).flatMap((word) => cleanText(word) ?? []).slice(0, 20), // prettier-ignore
  }
}

/** `2025-02-08T12:23:13Z` of `D:20250208122313Z`; an offset as it is written there. */
function dateOf(text: string | undefined): string | undefined {
  const found = /^D:(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(?:(Z)|([+-]\d{2})'?(\d{2}))?/.exec(text ?? '')
  if (!found) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', zulu, offset, offsetMinutes = '00'] = found
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${offset ? `${offset}:${offsetMinutes}` : (zulu ?? '')}`
}

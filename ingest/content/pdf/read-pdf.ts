import { Worker } from 'node:worker_threads'
import type { ReadText, Unreadable } from '../read-text.ts'

/** How long a PDF may take to be read, and how much memory. */
export type PdfBounds = { timeoutMs: number; megabytes: number }
const usual: PdfBounds = { timeoutMs: 30_000, megabytes: 512 }

/**
 * Reads the text of a PDF: its title, language, date, keywords, and its text as Markdown with headings, paragraphs and
 * tables; offsets of chunks and facts are bytes of that text, not of the file. At most 300 pages and two million
 * characters, 30 seconds and 512 MB, in a thread of its own that is ended beyond them. What is encrypted, scanned, broken or
 * too large says so, with what to do.
 */
export function readPdf(bytes: Uint8Array, bounds: PdfBounds = usual): Promise<ReadText | Unreadable> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('pdf-worker.ts', import.meta.url), {
      workerData: Uint8Array.from(bytes),
      resourceLimits: { maxOldGenerationSizeMb: bounds.megabytes },
      stdout: true,
      stderr: true,
    })
    const end = (result: ReadText | Unreadable): void => {
      clearTimeout(timer)
      resolve(result)
      void worker.terminate()
    }
    const timer = setTimeout(() => end(tooMuch(`takes longer than ${bounds.timeoutMs / 1000} seconds to read`)), bounds.timeoutMs) // prettier-ignore
    worker.once('message', end)
    worker.once('error', () => end(tooMuch(`cannot be read in ${bounds.megabytes} MB of memory`)))
    worker.once('exit', () => end({ kind: 'unreadable', reason: 'The PDF stopped its reader', fix: again }))
  })
}

const again = 'Open it in a reader and export it again, or in parts, or save its text as Markdown'
const tooMuch = (what: string): Unreadable => ({ kind: 'unreadable', reason: `The PDF ${what}`, fix: again })

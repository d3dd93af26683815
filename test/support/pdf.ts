/** A line of text on a page: its left end and base line in points, and its size. */
export type PdfLine = { text: string; x?: number; y: number; size?: number }

/** A PDF of A4 pages with these lines in Helvetica, written by hand so that tests need no writer of PDFs. */
export function pdfOf(pages: readonly (readonly PdfLine[])[], info: Readonly<Record<string, string>> = {}): Buffer {
  const objects: string[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${pages.map((_, index) => `${5 + index * 2} 0 R`).join(' ')}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    `<< ${Object.entries(info).map(([name, value]) => `/${name} (${escaped(value)})`).join(' ')} >>`,
  ] // prettier-ignore
  for (const [index, lines] of pages.entries()) {
    const stream = lines
      .map(({ text, x = 72, y, size = 11 }) => `BT /F1 ${size} Tf 1 0 0 1 ${x} ${y} Tm (${escaped(text)}) Tj ET`)
      .join('\n')
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${6 + index * 2} 0 R >>`,
      `<< /Length ${Buffer.byteLength(stream, 'latin1')} >>\nstream\n${stream}\nendstream`,
    )
  }
  return assembled(objects)
}

const escaped = (text: string): string =>
  text
    .replaceAll('€', '\u0080')
    .replaceAll('•', '\u0095')
    .replaceAll(/[\\()]/g, String.raw`\$&`)

function assembled(objects: readonly string[]): Buffer {
  let text = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const at = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return at
  })
  const start = text.length
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`
  text += offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n${start}\n%%EOF\n`
  return Buffer.from(text, 'latin1')
}

const plain = /^[!-~]+(?: [!-~]+)*$/

/** A name or a word as people should see it: NFKC, single blanks, no control characters. Undefined when nothing is left. */
export function cleanText(text: string | null | undefined): string | undefined {
  // Most texts are so already: nothing to normalise, and single blanks between words.
  if (typeof text === 'string' && plain.test(text)) return text
  const clean = (text ?? '')
    .normalize('NFKC')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return clean === '' ? undefined : clean
}

/** Splits `Anna de Vries` into what is given and what is inherited: the first word, and the rest. */
export function splitName(full: string | null | undefined): { givenName?: string; familyName?: string } {
  const clean = cleanText(full)
  if (clean === undefined) return {}
  const [first = '', ...rest] = clean.split(' ')
  return rest.length === 0 ? { givenName: first } : { givenName: first, familyName: rest.join(' ') }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', euro: '€' }

/** The words of a piece of HTML, blocks apart by line breaks. */
export function textOfHtml(html: string): string {
  return html
    .replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/gi, '')
    .replaceAll(/<br\s*\/?>|<\/(p|div|li|h[1-6]|tr)>/gi, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(?:#(\d+)|#x([\da-f]+)|([a-z]+));/gi, character)
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n[\s]*/g, '\n')
    .trim()
}

function character(found: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return entities[name.toLowerCase()] ?? found
  const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : found
}

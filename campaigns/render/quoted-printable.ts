import { remembered } from './remembered.ts'

const softBreak = '=\r\n'
/** A line holds 76 characters, its closing `=` among them. */
const room = 75
const asItIs = /^[!-\-/-<>-~][ -<>-~]*$/
const visible = /^[ -~]*$/
const special = /=|[^\t -~]+/g

/**
 * Text in quoted-printable (RFC 2045 § 6.7), made to be put together from pieces encoded apart: each begins on a line of
 * its own and ends with a line break, a soft one unless the text ends a line itself. No line begins with a dot, so that
 * none has to be doubled for SMTP.
 */
export function quotedPrintable(text: string): string {
  if (asItIs.test(text)) return (text.length <= room ? text : broken(text)) + softBreak
  return text.length > longestKept ? encodedText(text) : kept(text)
}

function encodedText(text: string): string {
  const lines = text.split(/\r\n?|\n/)
  const open = lines.pop() ?? ''
  return lines.map((line) => `${broken(withoutOpenEnd(encoded(line)))}\r\n`).join('') + (open === '' ? '' : broken(encoded(open)) + softBreak) // prettier-ignore
}

const encoded = (line: string): string =>
  visible.test(line) ? line.replaceAll('=', '=3D') : line.replace(special, codesOf)

function codesOf(characters: string): string {
  let codes = ''
  for (const byte of Buffer.from(characters)) codes += `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return codes
}

/** A space or tab that ends a line could be lost on the way. */
const withoutOpenEnd = (line: string): string => line.replace(/[ \t]$/, (end) => (end === ' ' ? '=20' : '=09'))

/** One encoded line as lines that fit. */
function broken(line: string): string {
  let out = ''
  let rest = line
  for (;;) {
    if (rest.startsWith('.')) rest = `=2E${rest.slice(1)}`
    if (rest.length <= room) return out + rest
    // The three signs of a code stay together.
    const end = rest[room - 1] === '=' ? room - 1 : rest[room - 2] === '=' ? room - 2 : room
    out += rest.slice(0, end) + softBreak
    rest = rest.slice(end)
  }
}

/** Names and towns are the same for many people: their form is kept. */
const longestKept = 60
const kept = remembered(encodedText)

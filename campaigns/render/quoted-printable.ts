const hex = Array.from({ length: 256 }, (_, byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
/** Each byte as it may stand in a line: as itself, or as `=XX`. */
const written = hex.map((code, byte) =>
  byte === 9 || (byte >= 32 && byte <= 126 && byte !== 61) ? String.fromCodePoint(byte) : code,
)
const [lineEnd, dot, softBreak] = [10, 46, '=\r\n']
/** A line holds 76 characters, its closing `=` among them. */
const room = 75
const oneLine = /^[!-\-/-<>-~][ -<>-~]{0,74}$/

/**
 * Text in quoted-printable (RFC 2045 § 6.7), made to be put together from pieces encoded apart: each begins on a line of
 * its own and ends with a line break, a soft one unless the text ends a line itself. No line begins with a dot, so that
 * none has to be doubled for SMTP.
 */
export function quotedPrintable(text: string): string {
  if (oneLine.test(text)) return text + softBreak
  let [out, line] = ['', '']
  for (const byte of Buffer.from(text.replace(/\r\n?/g, '\n'))) {
    if (byte === lineEnd) {
      out += `${withoutOpenEnd(line)}\r\n`
      line = ''
      continue
    }
    let token = written[byte]!
    if (line.length + token.length > room) {
      out += line + softBreak
      line = ''
    }
    if (byte === dot && line === '') token = hex[dot]!
    line += token
  }
  return line === '' ? out : out + line + softBreak
}

/** A space or tab that ends a line could be lost on the way. */
function withoutOpenEnd(line: string): string {
  if (!line.endsWith(' ') && !line.endsWith('\t')) return line
  const [rest, last] = [line.slice(0, -1), hex[line.codePointAt(line.length - 1)!]!]
  return rest.length + last.length > room + 1 ? rest + softBreak + last : rest + last
}

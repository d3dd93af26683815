/** One reply of the server: its code, and what it says, lines joined by spaces. */
export type Reply = { code: number; text: string }

/** What came is no SMTP: nothing that follows on this connection can be trusted. */
export class ProtocolError extends Error {
  override name = 'ProtocolError'
}

const longestLine = 4_096
const mostLines = 128
/** A code, and behind it a sign and what is said, or nothing. */
const shape = /^[2-5]\d\d(?:[ -]|$)/

/** Takes bytes as they come and gives the replies that are whole (RFC 5321 § 4.2). Throws ProtocolError. */
export function replyReader(): (text: string) => Reply[] {
  let rest = ''
  let lines: string[] = []
  return (text) => {
    rest += text
    const replies: Reply[] = []
    let from = 0
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      const line = rest.slice(from, rest[end - 1] === '\r' ? end - 1 : end)
      from = end + 1
      if (!shape.test(line)) throw new ProtocolError(`The server said what is no SMTP reply: ${line.slice(0, 80)}`)
      const said = line.slice(4)
      const isLast = line[3] !== '-'
      if (lines.length > 0 || !isLast) lines.push(said)
      if (lines.length > mostLines) throw new ProtocolError('The server gave a reply without end')
      if (!isLast) continue
      replies.push({ code: Number(line.slice(0, 3)), text: lines.length === 0 ? said : lines.join('\n') })
      lines = []
    }
    rest = rest.slice(from)
    if (rest.length > longestLine) throw new ProtocolError('The server gave a line without end')
    return replies
  }
}

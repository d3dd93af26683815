import { sha256 } from '#kernel/crypto.ts'
import { writtenAddress } from '../address.ts'
import type { Parts } from '../bytes.ts'
import type { Message } from '../channel.ts'
import { mailboxHeader, oneLine, textHeader } from './header-text.ts'
import { quotedPrintable } from './quoted-printable.ts'
import type { Pieces } from './slots.ts'

/** A message as MIME, encoded but for what is each person's own: see `fillMime`. */
export type CompiledMime = {
  /** From and Reply-To. */
  sender: string
  /** From the first header of MIME to the end: what everybody gets alike, and the slots of both bodies. */
  body: readonly (Buffer | BodySlot)[]
}

type BodySlot = { of: 'text' | 'html'; slot: number }

type Sender = Pick<Message, 'from' | 'replyTo'>

/**
 * Encodes what everybody gets alike, once for a content (RFC 2045, 2046): text and HTML as alternatives, both in
 * quoted-printable, whose pieces can be encoded apart from each other.
 */
export function compileMime(parts: { text: Pieces; html: Pieces }, sender: Sender): CompiledMime {
  // `=_` cannot stand in quoted-printable, so no body can hold the boundary.
  const boundary = `=_${sha256(JSON.stringify(parts)).slice(0, 32)}`
  const part = (type: string): string =>
    `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`
  const head = `MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="${boundary}"\r\n\r\n`
  return {
    sender:
      mailboxHeader('From', sender.from) +
      (sender.replyTo === null ? '' : mailboxHeader('Reply-To', { name: '', address: sender.replyTo })),
    body: merged([
      head + part('text/plain'),
      ...encoded('text', parts.text),
      `\r\n${part('text/html')}`,
      ...encoded('html', parts.html),
      `\r\n--${boundary}--\r\n`,
    ]),
  }
}

/** What stands side by side is one piece. */
function merged(pieces: readonly (string | BodySlot)[]): CompiledMime['body'] {
  const body: (Buffer | BodySlot)[] = []
  let text = ''
  for (const piece of [...pieces, null]) {
    if (typeof piece === 'string') text += piece
    else {
      if (text !== '') body.push(Buffer.from(text))
      if (piece !== null) body.push(piece)
      text = ''
    }
  }
  return body
}

/** The end of the last piece is the end of the body: no soft break stands there. */
const encoded = (of: BodySlot['of'], pieces: Pieces): (string | BodySlot)[] =>
  pieces.map((piece, place) => {
    if (typeof piece !== 'string') return { of, slot: piece }
    return place === pieces.length - 1 ? quotedPrintable(piece).replace(/=\r\n$/, '') : quotedPrintable(piece)
  })

/**
 * One person's message as MIME, but for its Date: ASCII (but for an address that is not), lines ended by CRLF, none of
 * which begins with a dot. `valueOf` says what stands in a slot of a body.
 */
export function fillMime(
  { sender, body }: CompiledMime,
  own: Pick<Message, 'messageId' | 'to' | 'subject' | 'headers'>,
  valueOf: (of: BodySlot['of'], slot: number) => string,
): Parts {
  let head = `Message-ID: ${own.messageId}\r\n${sender}To: ${writtenAddress(own.to)}\r\n${textHeader('Subject', own.subject)}`
  for (const [name, value] of Object.entries(own.headers)) head += `${name}: ${oneLine(value)}\r\n`
  return [head, ...body.map((piece) => ('slot' in piece ? quotedPrintable(valueOf(piece.of, piece.slot)) : piece))]
}

/** A message as MIME that was not compiled ahead. */
export const mimeOf = (message: Message): Parts =>
  fillMime(compileMime({ text: [message.text], html: [message.html] }, message), message, () => '')

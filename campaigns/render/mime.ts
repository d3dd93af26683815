import { sha256 } from '#kernel/crypto.ts'
import { writtenAddress } from '../address.ts'
import type { Message } from '../channel.ts'
import { mailboxHeader, oneLine, textHeader } from './header-text.ts'
import { quotedPrintable } from './quoted-printable.ts'
import type { Pieces } from './slots.ts'

/** A message as MIME, encoded but for what is each person's own: see `fillMime`. */
export type CompiledMime = {
  /** From and Reply-To. */
  sender: string
  /** What stands before, between and after the two bodies. */
  frame: readonly [string, string, string]
  text: Pieces
  html: Pieces
}

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
    frame: [head + part('text/plain'), `\r\n${part('text/html')}`, `\r\n--${boundary}--\r\n`],
    text: encoded(parts.text),
    html: encoded(parts.html),
  }
}

/** The end of the last piece is the end of the body: no soft break stands there. */
const encoded = (pieces: Pieces): Pieces =>
  pieces.map((piece, place) => {
    if (typeof piece !== 'string') return piece
    return place === pieces.length - 1 ? quotedPrintable(piece).replace(/=\r\n$/, '') : quotedPrintable(piece)
  })

/**
 * One person's message as MIME, but for its Date: ASCII (but for an address that is not), lines ended by CRLF, none of
 * which begins with a dot. `text` and `html` say what stands in a slot of each body.
 */
export function fillMime(
  { sender, frame, text, html }: CompiledMime,
  own: Pick<Message, 'messageId' | 'to' | 'subject' | 'headers'>,
  slots: { text: (slot: number) => string; html: (slot: number) => string },
): string {
  let mime = `Message-ID: ${own.messageId}\r\n${sender}To: ${writtenAddress(own.to)}\r\n${textHeader('Subject', own.subject)}`
  for (const [name, value] of Object.entries(own.headers)) mime += `${name}: ${oneLine(value)}\r\n`
  mime += frame[0]
  for (const piece of text) mime += typeof piece === 'string' ? piece : quotedPrintable(slots.text(piece))
  mime += frame[1]
  for (const piece of html) mime += typeof piece === 'string' ? piece : quotedPrintable(slots.html(piece))
  return mime + frame[2]
}

const nothing = { text: () => '', html: () => '' }

/** A message as MIME that was not compiled ahead. */
export const mimeOf = (message: Message): string =>
  fillMime(compileMime({ text: [message.text], html: [message.html] }, message), message, nothing)

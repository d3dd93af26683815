import fc from 'fast-check'
import { createTransport } from 'nodemailer'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { mailboxHeader, textHeader } from '#campaigns/render/header-text.ts'
import { mimeOf } from '#campaigns/render/mime.ts'
import { aMessage } from './a-mail.ts'

describe('a message as MIME', () => {
  it('has no line of encoded words longer than RFC 2047 allows (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (text) => {
        const name = { name: text, address: 'a@example.com' }
        for (const header of [textHeader('Subject', text), mailboxHeader('Reply-To', name)])
          for (const line of header.split('\r\n'))
            if (line.includes('=?UTF-8?')) expect(line.length).toBeLessThanOrEqual(76)
      }),
    )
  })

  const transport = createTransport({ streamTransport: true, buffer: true })
  const read = async (source: string | Uint8Array) => {
    const { subject, html, text, headers, from, to, replyTo, messageId } = await PostalMime.parse(source)
    const names = headers.map(({ key }) => key).filter((key) => !['date', 'content-type', 'content-transfer-encoding'].includes(key)) // prettier-ignore
    const list = headers.filter(({ key }) => key.startsWith('list-'))
    const lines = (body: string | undefined) => body?.replaceAll('\r\n', '\n').trimEnd()
    return {
      subject,
      html: lines(html),
      text: lines(text),
      from,
      to,
      replyTo,
      messageId,
      list,
      names: names.toSorted(),
    }
  }
  const nasty = fc.string({
    unit: fc.oneof(
      fc.constantFrom(' ', '.', '=', '\t', '"', '<', '&', '?', '_', '-', 'é', '😀', 'ש', 'م', '漢', '\n.', '\n', '\r\n'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    ),
    maxLength: 120,
  }) // prettier-ignore
  const wellFormed = (text: string) => text.toWellFormed().replace(/[\p{Cc}\u2028\u2029\uFEFF]/gu, (c) => (c === '\n' || c === '\r' || c === '\t' ? c : '')) // prettier-ignore

  it('keeps a text that looks like an encoded word as the text it is', async () => {
    const word = '=?utf-8?q?x?='
    const { from, subject } = await read(
      mimeOf(aMessage(1, { subject: word, from: { name: word, address: 'a@b.example' } })).join(''),
    )
    expect({ from: from?.name, subject }).toEqual({ from: word, subject: word })
  })

  it('says what nodemailer makes of it, whatever the texts are (property)', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, nasty, async (name, subject, text, html) => {
        const line = (said: string): string => wellFormed(said).replace(/\s+/g, ' ').trim()
        const message = aMessage(1, {
          from: { name: line(name).slice(0, 60).toWellFormed().trim(), address: 'hello@example.com' },
          replyTo: 'desk@example.com',
          subject: line(`x ${subject} x`),
          text: `${wellFormed(text)}\nend`,
          html: `<p>${wellFormed(html)}</p>`,
          headers: {
            'List-Unsubscribe': `<https://mail.example/u/${'a'.repeat(80)}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          },
        })
        const source = mimeOf(message).join('')
        expect(source).toMatch(/^[\t\r\n -~]*$/)
        expect(source).not.toMatch(/^\./m)
        expect(source.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
        const [head = '', body = ''] = source.split(/\r\n\r\n([^]*)/)
        expect(Math.max(...head.split('\r\n').map((one) => one.length))).toBeLessThanOrEqual(998)
        expect(Math.max(...body.split('\r\n').map((one) => one.length))).toBeLessThanOrEqual(76)
        const theirs = await transport.sendMail({ ...message, messageId: message.messageId, replyTo: 'desk@example.com', to: { name: '', address: message.to } }) // prettier-ignore
        expect(await read(source)).toEqual(await read(theirs.message as Buffer))
      }),
      { numRuns: 300 },
    )
  })
})

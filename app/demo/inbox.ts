import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import type { Inbox, InboxItem, InboxMessage } from '#dashboards/inbox.ts'

/** An SMTP server on loopback that keeps what it receives as .eml files, and the inbox that shows them. */
export type LocalInbox = Inbox & { smtpUrl: string; close: () => Promise<void> }

const largestBytes = 10 * 1024 * 1024

/** An answer somebody wrote in the inbox: to which message, with which subject. */
export type Reply = { inReplyTo: string; subject: string }

/**
 * Starts the inbox on a free loopback port; mail from an earlier run is still there. An answer to one of our messages
 * is handed to `onReply` when it has arrived over SMTP, as a mailbox would.
 */
export async function openInbox(folder: string, onReply: (reply: Reply) => Promise<void>): Promise<LocalInbox> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: largestBytes,
    onData: (stream, _session, done) => {
      collect(stream)
        .then((raw) => receive(folder, raw, onReply))
        .then(() => done(), done)
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  server.on('error', () => {})
  const { port } = server.server.address() as AddressInfo
  const smtpUrl = `smtp://127.0.0.1:${port}`
  return {
    smtpUrl,
    list: () => listMail(folder),
    read: (id) => readMail(folder, id),
    reply: (id, text) => answer(folder, smtpUrl, id, text),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) if (Buffer.isBuffer(part)) parts.push(part)
  return Buffer.concat(parts)
}

async function receive(folder: string, raw: Buffer, onReply: (reply: Reply) => Promise<void>): Promise<void> {
  const email = await PostalMime.parse(raw)
  if (email.inReplyTo) return onReply({ inReplyTo: email.inReplyTo, subject: email.subject ?? '' })
  await keep(folder, raw)
}

/** Writes back as the reader would: from their address, over SMTP, naming the message it answers. */
async function answer(folder: string, smtpUrl: string, id: string, text: string): Promise<void> {
  const mail = await readMail(folder, id)
  if (!mail) return
  const messageId = mail.headers.find(({ name }) => name.toLowerCase() === 'message-id')?.value ?? ''
  const transport = createTransport(smtpUrl)
  await transport.sendMail({ from: mail.to, to: mail.from, subject: `Re: ${mail.subject}`, text, inReplyTo: messageId })
  transport.close()
}

/** Each arrival is a file of its own, two equal ones too; written under another name first, so that none is ever half. */
async function keep(folder: string, raw: Buffer): Promise<void> {
  const name = `${randomBytes(12).toString('hex')}.eml`
  await writeFile(join(folder, `.${name}`), raw)
  await rename(join(folder, `.${name}`), join(folder, name))
}

async function listMail(folder: string): Promise<InboxItem[]> {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{24}\.eml$/.test(name))
  const messages = await Promise.all(names.map((name) => parse(folder, name)))
  return messages.toSorted((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime())
}

async function readMail(folder: string, id: string): Promise<InboxMessage | null> {
  if (!/^[0-9a-f]{24}$/.test(id)) return null
  const names = await readdir(folder)
  return names.includes(`${id}.eml`) ? parse(folder, `${id}.eml`) : null
}

async function parse(folder: string, name: string): Promise<InboxMessage> {
  const path = join(folder, name)
  const email: Email = await PostalMime.parse(await readFile(path))
  const { mtime } = await stat(path)
  return {
    id: name.replace('.eml', ''),
    to: (email.to ?? []).map((address) => address.address ?? '').join(', '),
    from: email.from?.address ?? '',
    subject: email.subject ?? '',
    receivedAt: mtime,
    html: email.html ?? '',
    text: email.text ?? '',
    headers: email.headers.map(({ originalKey, value }) => ({ name: originalKey, value })),
  }
}

import { open, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, messageOf, UsageError } from '#kernel/errors.ts'
import type { Mailbox, Mark } from './mailbox.ts'

const marks: Readonly<Record<Mark, string>> = { done: ':2,S', unread: ':2,', flagged: ':2,F' }

/** A Maildir folder: what a mail server laid into `new/` goes on to `cur/`, marked as a mail program would. */
export function maildir(folder: string): Mailbox {
  return {
    name: folder,
    read: async ({ most, maxBytes }, take) => {
      for (const name of (await waitingIn(folder)).slice(0, most)) {
        const bytes = await readUpTo(join(folder, 'new', name), maxBytes + 1)
        const mark = bytes && (await take({ bytes, cut: bytes.length > maxBytes }))
        if (mark) await move(folder, name, mark)
      }
    },
    answers: async () => {
      try {
        return { kind: 'answers', waiting: (await waitingIn(folder)).length }
      } catch (fault) {
        return { kind: 'silent', why: messageOf(fault) }
      }
    },
  }
}

async function waitingIn(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'new')).catch((fault: unknown) => {
    if (codeOf(fault) === 'ENOENT')
      throw new UsageError(`${folder} is no Maildir: it needs the folders new and cur`, { cause: fault })
    throw fault
  })
  return names.filter((one) => !one.startsWith('.')).toSorted()
}

async function readUpTo(path: string, most: number): Promise<Uint8Array | null> {
  const file = await open(path).catch((fault: unknown) => {
    // Somebody else took it meanwhile.
    if (codeOf(fault) === 'ENOENT') return null
    throw fault
  })
  if (!file) return null
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(Math.min(size, most))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function move(folder: string, name: string, mark: Mark): Promise<void> {
  const marked = `${name.replace(/:2,.*$/, '')}${marks[mark]}`
  await rename(join(folder, 'new', name), join(folder, 'cur', marked)).catch((fault: unknown) => {
    if (codeOf(fault) !== 'ENOENT') throw fault
  })
}

import { open, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, UsageError } from '#kernel/errors.ts'

/** A mail that waits in a mailbox folder. `bytes` holds at most one more than asked for, so that too long a mail shows. */
export type WaitingMail = { name: string; bytes: Uint8Array }

/** `done`: nobody need read it; `unread`: a person should; `flagged`: a person must. */
export type Mark = 'done' | 'unread' | 'flagged'

const marks: Readonly<Record<Mark, string>> = { done: ':2,S', unread: ':2,', flagged: ':2,F' }

/** The next mails of a Maildir folder (`new/`), oldest first, as a mail server delivers them there. */
export async function waitingMails(folder: string, input: { most: number; maxBytes: number }): Promise<WaitingMail[]> {
  const names = await readdir(join(folder, 'new')).catch((fault: unknown) => {
    if (codeOf(fault) === 'ENOENT')
      throw new UsageError(`${folder} is no Maildir: it needs the folders new and cur`, { cause: fault })
    throw fault
  })
  const mails: WaitingMail[] = []
  for (const name of names
    .filter((one) => !one.startsWith('.'))
    .toSorted()
    .slice(0, input.most)) {
    const bytes = await readUpTo(join(folder, 'new', name), input.maxBytes + 1)
    if (bytes) mails.push({ name, bytes })
  }
  return mails
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

/** Moves a mail that was looked at to `cur/`, as a mail program would see it. */
export async function markMail(folder: string, name: string, mark: Mark): Promise<void> {
  await rename(join(folder, 'new', name), join(folder, 'cur', `${name.replace(/:2,.*$/, '')}${marks[mark]}`)).catch(
    (fault: unknown) => {
      if (codeOf(fault) !== 'ENOENT') throw fault
    },
  )
}

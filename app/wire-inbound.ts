import { resolve } from 'node:path'
import { insertTaken, selectTaken } from '#campaigns/queries/inbound.ts'
import type { Mailbox } from '#ingest/reading/mailbox.ts'
import { maildir } from '#ingest/reading/maildir.ts'
import { imapMailbox } from '#ingest/sources/imap/mailbox.ts'
import { imapServerOf } from '#ingest/sources/imap/server.ts'
import type { Config } from '#kernel/config.ts'
import type { Db } from '#kernel/db.ts'

/** The mailboxes that reports and complaints come to, by the way they are read. */
export type Mailboxes = { readonly maildir: Mailbox | null; readonly imap: Mailbox | null }

export function mailboxesOf({ INBOUND_MAILDIR, INBOUND_IMAP_URL, from }: Config, db: Db): Mailboxes {
  return {
    maildir: INBOUND_MAILDIR === undefined ? null : maildir(resolve(from, INBOUND_MAILDIR)),
    imap:
      INBOUND_IMAP_URL === undefined
        ? null
        : imapMailbox(imapServerOf(INBOUND_IMAP_URL), {
            among: (mailbox, mails) => selectTaken(db, mailbox, mails),
            keep: (mailbox, mail) => insertTaken(db, mailbox, mail),
          }),
  }
}

/** What the mailboxes say now, in words. */
export async function mailboxHealth({ maildir: folder, imap }: Mailboxes): Promise<string> {
  const said: string[] = []
  for (const mailbox of [folder, imap]) {
    if (mailbox === null) continue
    const told = await mailbox.answers()
    said.push(told.kind === 'answers' ? `${mailbox.name} answers, ${told.waiting} waiting` : `${mailbox.name}: ${told.why}`) // prettier-ignore
  }
  return said.join('; ') || 'none: set INBOUND_MAILDIR or INBOUND_IMAP_URL'
}

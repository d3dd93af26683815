import { longestMail } from '#ingest/mail-report.ts'
import { markMail, waitingMails, type Mark } from '#ingest/reading/maildir.ts'
import { messageOf } from '#kernel/errors.ts'
import type { Log } from '#kernel/log.ts'
import { takeMail, type InboundSettings, type TakenMail } from './inbound.ts'

/** How many mails of a folder came to what. `faults`: those that could not be looked at and wait on. */
export type FolderReport = Record<TakenMail['kind'] | 'faults', number>

const most = 500

const marks: Readonly<Record<TakenMail['kind'], Mark>> = {
  recorded: 'done',
  ignored: 'done',
  known: 'done',
  quarantined: 'flagged',
  'for-a-person': 'unread',
}

/**
 * Takes what waits in a mailbox folder (Maildir), at most 500 mails at a time. What was dealt with is marked as read, what is
 * in quarantine flagged, what a person should answer left unread. A mail is marked after it was taken: one that a killed
 * process had taken is known when it is looked at again.
 */
export async function takeFolder(deps: InboundSettings & { log: Log }, folder: string): Promise<FolderReport> {
  const report: FolderReport = { recorded: 0, ignored: 0, quarantined: 0, 'for-a-person': 0, known: 0, faults: 0 }
  for (const { name, bytes } of await waitingMails(folder, { most, maxBytes: longestMail })) {
    try {
      const { kind } = await takeMail(deps, bytes)
      report[kind] += 1
      await markMail(folder, name, marks[kind])
    } catch (fault) {
      report.faults += 1
      deps.log.error({ fault: messageOf(fault) }, 'a mail could not be taken; the next round tries again')
    }
  }
  return report
}

import { longestMail } from '#ingest/mail-report.ts'
import type { Mailbox, Mark } from '#ingest/reading/mailbox.ts'
import { messageOf } from '#kernel/errors.ts'
import type { Log } from '#kernel/log.ts'
import { takeMail, type InboundSettings, type TakenMail } from './inbound.ts'
import { selectLooks, upsertLook, type MailboxLook, type MailOutcome } from '../queries/inbound.ts'

/** How many mails of a mailbox came to what. `faults`: those that could not be looked at and wait on. */
export type MailboxReport = Record<TakenMail['kind'] | 'faults', number>

const most = 500

const marks: Readonly<Record<MailOutcome, Mark>> = {
  recorded: 'done',
  ignored: 'done',
  quarantined: 'flagged',
  'for-a-person': 'unread',
}

/**
 * Takes what waits in a mailbox, at most 500 mails at a time. What was dealt with is marked as read, what is in quarantine
 * flagged, what a person should answer left unread: also where it came before, and is known. Whether it could be looked
 * through is noted.
 */
export async function takeMailbox(deps: InboundSettings & { log: Log }, mailbox: Mailbox): Promise<MailboxReport> {
  const noted = (fault: string | null) => upsertLook(deps.db, { mailbox: mailbox.name, fault }, deps.clock())
  try {
    const report = await takeAll(deps, mailbox)
    await noted(null)
    return report
  } catch (fault) {
    await noted(messageOf(fault))
    throw fault
  }
}

async function takeAll(deps: InboundSettings & { log: Log }, mailbox: Mailbox): Promise<MailboxReport> {
  const report: MailboxReport = { recorded: 0, ignored: 0, quarantined: 0, 'for-a-person': 0, known: 0, faults: 0 }
  await mailbox.read({ most, maxBytes: longestMail }, async ({ bytes, cut }) => {
    try {
      const { kind, outcome } = await takeMail(deps, bytes, cut)
      report[kind] += 1
      return marks[outcome]
    } catch (fault) {
      report.faults += 1
      deps.log.error({ fault: messageOf(fault) }, 'a mail could not be taken; the next round tries again')
      return null
    }
  })
  return report
}

const weekMs = 7 * 24 * 3_600_000

/** How the mailboxes that were looked through in these seven days stood the last time. */
export const mailboxLooks = ({ db, clock }: Pick<InboundSettings, 'db' | 'clock'>): Promise<MailboxLook[]> =>
  selectLooks(db, new Date(clock().getTime() - weekMs))

import { selectLastHeard } from '../../queries/deliverability-evidence.ts'
import { selectLastMails, selectLooks } from '../../queries/inbound.ts'
import { pass, unknown, warn, type Finding } from '../finding.ts'
import type { Point, Subject } from '../point.ts'

const dayMs = 24 * 3_600_000
const enrol = 'Enrol at Yahoo CFL and Microsoft JMRP with an address whose mail comes in here.'

/** Complaints reach us: a provider that tells of them was heard lately, or the mail that tells of them is read. */
export const complaintFeeds: Point = {
  id: 'complaint-feeds',
  what: 'Complaints and bounces are heard of',
  outside: true,
  run: (subject) => (subject.outlet.kind === 'resend' ? ofResend(subject) : ofReports(subject)),
}

async function ofResend({ db, clock, webhooks }: Subject): Promise<Finding> {
  if (!webhooks.includes('resend'))
    return unknown('Resend tells nobody here of complaints and bounces.', 'Set RESEND_WEBHOOK_SECRET.')
  const heard = await selectLastHeard(db, { channel: 'email', since: new Date(clock().getTime() - 30 * dayMs) })
  if (heard && clock().getTime() - heard.getTime() <= dayMs)
    return pass(`Resend was last heard at ${heard.toISOString()}.`)
  return unknown(
    heard ? `Resend was last heard at ${heard.toISOString()}.` : 'Resend has told nothing yet.',
    'Send yourself a message, and wait for its delivery to be told.',
  )
}

/** A mailbox that is read says nothing of who sends there: only a report that came does. */
async function ofReports({ db, clock }: Subject): Promise<Finding> {
  const at = clock().getTime()
  const looks = await selectLooks(db, new Date(at - dayMs))
  const broken = looks.find(({ fault }) => fault !== null)
  if (broken)
    return unknown(`${broken.mailbox} is not read: ${broken.fault}.`, 'Mend the mailbox that reports come to.')
  const { mail, complaint } = await selectLastMails(db, new Date(at - 90 * dayMs))
  if (looks.length === 0 && mail === null)
    return unknown('No mail with reports is read here.', `Set INBOUND_MAILDIR or INBOUND_IMAP_URL, or pipe mail in. ${enrol}`) // prettier-ignore
  if (complaint) return pass(`The last complaint by mail was taken at ${complaint.toISOString()}.`)
  return warn('Reports by mail are read; none told of a complaint in 90 days, so nobody may send them.', enrol)
}

import { mailboxLooks, takeMailbox } from '#campaigns/heard/inbound-mailbox.ts'
import { inboundCounts, takeMail } from '#campaigns/heard/inbound.ts'
import { longestMail } from '#ingest/mail-report.ts'
import type { Mailbox } from '#ingest/reading/mailbox.ts'
import { maildir } from '#ingest/reading/maildir.ts'
import { UsageError } from '#kernel/errors.ts'
import { answer, exit, pathOf, type Call, type Verb } from '../verb.ts'
import { inboundOf, withHouse, type House } from '../wire.ts'

export const inbound: Verb = {
  name: 'inbound',
  about: 'Take delivery reports and complaints that come by mail: one on standard input, or a mailbox',
  usage: ['inbound [--json] < MAIL', 'inbound --maildir FOLDER [--json]', 'inbound --imap [--json]', 'inbound status [--json]'], // prettier-ignore
  takes: 1,
  options: { maildir: { type: 'string' }, imap: { type: 'boolean' } },
  explains: {
    maildir: 'a Maildir folder, looked through once; INBOUND_MAILDIR is looked through every minute',
    imap: 'the mailbox of INBOUND_IMAP_URL, looked through once and not only every minute',
  },
  run: (call) => {
    const [first] = call.positionals
    if (first !== undefined && first !== 'status') throw new UsageError('inbound reads a mail from standard input: millrace inbound < MAIL') // prettier-ignore
    if (first === 'status') return tellCounts(call)
    const folder = call.text('maildir')
    if (folder !== undefined) return takeAll(call, () => maildir(pathOf(call, folder)))
    if (!call.flag('imap')) return takeOne(call)
    if (call.config.INBOUND_IMAP_URL === undefined) throw new UsageError('Set INBOUND_IMAP_URL: imaps://user:password@host/FOLDER') // prettier-ignore
    return takeAll(call, ({ mailboxes }) => mailboxes.imap!)
  },
}

/** One mail, as a mail server pipes it. What is quarantined ends with 3; only a fault (1) is worth another try. */
async function takeOne(call: Call): Promise<number> {
  if (process.stdin.isTTY) throw new UsageError('Pipe the mail in: millrace inbound < MAIL')
  const bytes = await standardInput()
  return withHouse(call.config, async (house) => {
    const taken = await takeMail(inboundOf(house), bytes)
    answer(call, taken, [`${taken.kind}: ${taken.what}`])
    return taken.kind === 'quarantined' ? exit.quarantined : exit.done
  })
}

/** Standard input up to one byte more than is looked at; the rest is read and dropped, so that the writer can end. */
async function standardInput(): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    const kept = chunk.subarray(0, Math.max(longestMail + 1 - length, 0))
    length += kept.length
    if (kept.length > 0) chunks.push(kept)
  }
  return Buffer.concat(chunks)
}

const takeAll = (call: Call, mailboxIn: (house: House) => Mailbox): Promise<number> =>
  withHouse(call.config, async (house) => {
    const report = await takeMailbox({ ...inboundOf(house), log: house.log }, mailboxIn(house))
    const told = Object.entries(report).filter(([, count]) => count > 0)
    answer(call, report, [told.map(([kind, count]) => `${count} ${kind}`).join(', ') || 'No mail waits'])
    if (report.faults > 0) return exit.fault
    return report.quarantined > 0 ? exit.quarantined : exit.done
  })

const tellCounts = (call: Call): Promise<number> =>
  withHouse(call.config, async (house) => {
    const counts = await inboundCounts(house)
    const mailboxes = await mailboxLooks(house)
    answer(call, { counts, mailboxes }, [
      ...(counts.length === 0 ? ['No mail came in these seven days'] : counts.map((one) => `${one.count} ${one.outcome}: ${one.what}`)),
      ...mailboxes.map(({ mailbox, lookedAt, fault }) => `${mailbox}, looked through ${lookedAt.toISOString()}: ${fault ?? 'all is well'}`),
    ]) // prettier-ignore
    return exit.done
  })

import type { Clock } from '#kernel/clock.ts'
import { sha256 } from '#kernel/crypto.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { parseId, type Hash } from '#kernel/ids.ts'
import { sealedColumns, sealPayload, storeKeys } from '#kernel/keys.ts'
import { longestMail, type InboundMail, type Opening, type ReadMail, type ReturnedMessage, type RecipientReport } from '#ingest/mail-report.ts' // prettier-ignore
import { readLink } from '../render/links.ts'
import { writtenAddress } from '../address.ts'
import { blamedByReport } from '../smtp/refusals.ts'
import { applyProviderEvent, type ProviderEvent } from './provider-events.ts'
import { linkedRow, unsubscribeBy } from './reader-events.ts'
import { countMails, insertMail, selectAddress, type MailOutcome } from '../queries/inbound.ts'
import { selectByProviderId, selectWay, type LedgerRow } from '../queries/ledger-rows.ts'

export type InboundSettings = {
  db: Db
  clock: Clock
  linksKey: Uint8Array
  /** Seals what goes to quarantine. */
  recordsKey: Uint8Array
  readMail: ReadMail
}

/** What became of a mail. `known`: the same bytes came before, and count once; `outcome` is what they come to. */
export type TakenMail = { kind: MailOutcome | 'known'; what: string; outcome: MailOutcome }

type Verdict =
  | { kind: 'recorded'; what: string; row: LedgerRow; event: ProviderEvent; at: Date; forAPerson?: boolean }
  | { kind: 'recorded'; what: 'unsubscribed'; row: LedgerRow; event: null; forAPerson?: never }
  | { kind: Exclude<MailOutcome, 'recorded'>; what: string }

/**
 * Takes one mail that came in: a delivery report or a complaint moves its ledger row, and suppresses the address in the
 * same transaction; a signed token unsubscribes whom it was written to; an absence is ignored; an answer is noted and left
 * for a person, as is any other mail. A report that
 * knows no message of ours, or names somebody else than it went to, changes nothing and is quarantined.
 * @param cut whether these bytes are only its beginning, since it is too long to be looked at
 */
export async function takeMail(
  deps: InboundSettings,
  bytes: Uint8Array,
  cut = bytes.length > longestMail,
): Promise<TakenMail> {
  const mail: InboundMail = cut ? { kind: 'unreadable', why: `it is longer than ${longestMail / 1_000_000} MB` } : await deps.readMail(bytes) // prettier-ignore
  const verdict = await judgeMail(deps, mail)
  const digest = sha256(bytes)
  return deps.db.transaction(async (tx) => {
    const outcome = verdict.kind === 'recorded' && verdict.forAPerson ? 'for-a-person' : verdict.kind
    const isNews = await note(tx, deps, { digest, bytes, verdict, outcome })
    if (isNews && verdict.kind === 'recorded') await apply(tx, deps.clock, verdict)
    return { kind: isNews ? outcome : 'known', what: verdict.what, outcome }
  })
}

const apply = (tx: Tx, clock: Clock, verdict: Extract<Verdict, { kind: 'recorded' }>): Promise<unknown> =>
  verdict.event === null
    ? unsubscribeBy(tx, clock, { row: verdict.row, how: 'mail' })
    : applyProviderEvent(tx, clock, verdict)

const keptBytes = 256_000

async function note(
  tx: Tx,
  deps: InboundSettings,
  mail: { digest: Hash; bytes: Uint8Array; verdict: Verdict; outcome: MailOutcome },
): Promise<boolean> {
  const { digest, bytes, verdict, outcome } = mail
  const sealed =
    outcome === 'quarantined' ? sealPayload(deps.recordsKey, deps.clock, bytes.subarray(0, keptBytes)) : null
  if (sealed) await storeKeys(tx, deps.clock, sealedColumns([sealed]))
  const deliveryId = verdict.kind === 'recorded' ? verdict.row.id : null
  return insertMail(tx, { sha256: digest, outcome, what: verdict.what, deliveryId, sealed }, deps.clock())
}

async function judgeMail(deps: InboundSettings, mail: InboundMail): Promise<Verdict> {
  const leaving = 'firstLine' in mail ? await judgeLeaving(deps, mail) : null
  if (leaving) return leaving
  switch (mail.kind) {
    case 'delivery-status':
      return judgeStatus(deps, mail)
    case 'feedback':
      return judgeFeedback(deps, mail)
    case 'answer':
      return judgeAnswer(deps, mail)
    case 'automatic':
      return { kind: 'ignored', what: mail.what }
    case 'unreadable':
      return quarantined(mail.why)
    case 'other':
      break
  }
  return { kind: 'for-a-person', what: 'no report' }
}

/**
 * A mail that List-Unsubscribe asked for: its subject, or its first line, is the token and no more. Anywhere else it may be
 * a link in a message that is quoted. Whoever holds it may leave by it, as by the link.
 */
async function judgeLeaving(deps: InboundSettings, { subject, firstLine }: Opening): Promise<Verdict | null> {
  for (const token of [subject, firstLine]) {
    const row = await linkedRow(deps, token.trim(), 'unsubscribe')
    if (row) return { kind: 'recorded', what: 'unsubscribed', row, event: null }
  }
  return null
}

const quarantined = (what: string): Verdict => ({ kind: 'quarantined', what })
const unknownMessage = quarantined('a report on no message of ours')
const wrongRecipient = quarantined('a report on somebody else than the message went to')

type Report<Kind extends InboundMail['kind']> = Extract<InboundMail, { kind: Kind }>

async function judgeStatus(deps: InboundSettings, mail: Report<'delivery-status'>): Promise<Verdict> {
  const found = await findMessage(deps, mail.about)
  if (!found) return unknownMessage
  const report = mail.recipients.find(({ addresses }) => addresses.map(asSent).includes(found.address))
  if (!report) return wrongRecipient
  const event = eventOf(report)
  if (!event) return { kind: 'ignored', what: `${report.action}: on its way` }
  const what = event.kind === 'bounced' && !event.permanent ? 'deferred' : event.kind
  return { kind: 'recorded', what, row: found.row, event, at: notAfter(mail.reportedAt, deps.clock()) }
}

/**
 * What a report means: of final failures only those that blame the address say that it is dead. A full mailbox, a policy,
 * a sender that was not believed or a time that ran out ends this message alone.
 */
function eventOf(report: RecipientReport): ProviderEvent | null {
  const { action, status, diagnostic } = report
  const why = `${status} ${diagnostic}`.trim()
  if (action === 'delayed') return { kind: 'bounced', permanent: false, why }
  if (action === 'delivered') return { kind: 'delivered' }
  if (action !== 'failed') return null
  return blamedByReport(report) === 'reader' ? { kind: 'bounced', permanent: true, why } : { kind: 'failed', why }
}

/** Feedback that tells of no complaint (RFC 6430, RFC 6591). */
const noComplaints: readonly string[] = ['not-spam', 'auth-failure']

async function judgeFeedback(deps: InboundSettings, mail: Report<'feedback'>): Promise<Verdict> {
  if (noComplaints.includes(mail.type)) return { kind: 'ignored', what: 'feedback that is no complaint' }
  const found = await findMessage(deps, mail.about)
  if (!found) return unknownMessage
  if (mail.addresses.length > 0 && !mail.addresses.map(asSent).includes(found.address)) return wrongRecipient
  const at = notAfter(mail.reportedAt, deps.clock())
  return { kind: 'recorded', what: 'complained', row: found.row, event: { kind: 'complained' }, at }
}

/** An answer counts where it is from whom the message went to; a person reads it in any case. */
async function judgeAnswer(deps: InboundSettings, mail: Report<'answer'>): Promise<Verdict> {
  for (const messageId of mail.to) {
    const found = await findMessage(deps, { messageId, envelopeId: null, unsubscribe: null })
    if (!found || found.address !== asSent(mail.from)) continue
    const event: ProviderEvent = { kind: 'replied', subject: mail.subject }
    return { kind: 'recorded', what: 'replied', row: found.row, event, at: deps.clock(), forAPerson: true }
  }
  return { kind: 'for-a-person', what: 'no report' }
}

const left: ReadonlySet<string> = new Set([
  'sending',
  'sent',
  'delivered',
  'bounced',
  'complained',
  'failed',
  'unknown',
])

/**
 * The message a report is about: by our own signed link in its header, which nobody else can make; by the id of its
 * envelope; or by its Message-ID, which only its reader can know. Addresses that encode who it went to are not needed.
 * `address`: who it went to, as sent.
 */
async function findMessage(
  deps: InboundSettings,
  about: ReturnedMessage,
): Promise<{ row: LedgerRow; address: string } | null> {
  const deliveryId = signedId(deps.linksKey, about.unsubscribe) ?? parseId<'delivery'>(about.envelopeId ?? undefined)
  const byId = deliveryId && (await selectWay(deps.db, deliveryId, 'email'))
  const row = byId || (about.messageId !== null && (await selectByProviderId(deps.db, about.messageId)))
  if (!row || row.channel !== 'email' || !left.has(row.state)) return null
  const address = await selectAddress(deps.db, row.identifierId)
  return address === null ? null : { row, address: asSent(address) }
}

/** An address as servers wrote it on the way: its domain in ASCII. */
const asSent = (address: string): string => writtenAddress(address).toLowerCase()

function signedId(key: Uint8Array, header: string | null) {
  for (const [token] of (header ?? '').slice(0, 4_000).matchAll(/u[0-9a-f]{32}_[\w-]{21,22}/g)) {
    const link = readLink(key, token)
    if (link) return link.deliveryId
  }
  return null
}

/** When a report says it was written, unless that is still to come. */
const notAfter = (reported: Date | null, now: Date): Date => (reported && reported < now ? reported : now)

const weekMs = 7 * 24 * 3_600_000

/** What came in these seven days, counted. */
export const inboundCounts = (deps: Pick<InboundSettings, 'db' | 'clock'>) =>
  countMails(deps.db, new Date(deps.clock().getTime() - weekMs))
